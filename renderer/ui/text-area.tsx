import { useId, type Ref } from 'react';
import { Icon } from './icon.tsx';
import './field.css';

interface TextAreaProps {
  readonly ref?: Ref<HTMLTextAreaElement>;
  readonly label: string;
  /** Only for assistive technology, where what stands above says it already. */
  readonly labelHidden?: boolean;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
  readonly value: string;
  readonly maxLength: number;
  readonly onText: (text: string) => void;
}

/** Some sentences, with their label, their hint and what is wrong with them. */
export function TextArea(props: TextAreaProps) {
  const { label, labelHidden = false, hint, error, onText, ...native } = props;
  const id = useId();
  const hintId = hint === undefined ? undefined : `${id}-hint`;
  const errorId = error === undefined ? undefined : `${id}-error`;
  const described = [errorId, hintId].filter((part) => part !== undefined).join(' ');
  return (
    <div className="field">
      {!labelHidden && (
        <label className="field-label" htmlFor={id}>
          {label}
        </label>
      )}
      <textarea
        {...native}
        id={id}
        rows={2}
        className="field-input field-text"
        aria-label={labelHidden ? label : undefined}
        aria-invalid={error === undefined ? undefined : true}
        aria-describedby={described === '' ? undefined : described}
        onChange={(event) => onText(event.currentTarget.value)}
      />
      {hint !== undefined && (
        <p className="field-hint" id={hintId}>
          {hint}
        </p>
      )}
      {error !== undefined && (
        <p className="field-error" id={errorId} role="alert">
          <Icon name="warning" size={18} />
          <span>{error}</span>
        </p>
      )}
    </div>
  );
}
