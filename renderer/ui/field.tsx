import { useId, type ComponentProps, type ReactNode } from 'react';
import { Icon } from './icon.tsx';
import './field.css';

type Native = Pick<
  ComponentProps<'input'>,
  | 'ref'
  | 'type'
  | 'name'
  | 'value'
  | 'defaultValue'
  | 'placeholder'
  | 'autoComplete'
  | 'autoFocus'
  | 'inputMode'
  | 'spellCheck'
  | 'readOnly'
  | 'maxLength'
  | 'min'
  | 'max'
>;

interface FieldProps extends Native {
  readonly label: string;
  /** Only for assistive technology, where a heading says it already. */
  readonly labelHidden?: boolean;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
  readonly onText?: (text: string) => void;
  /** Ids of further texts that belong to the field. */
  readonly describedBy?: string | undefined;
  readonly look?: string;
  /** What belongs beside the input, on its line. */
  readonly beside?: ReactNode;
}

/** One line of text with its label, its hint and what is wrong with it. */
export function Field({
  label,
  labelHidden = false,
  hint,
  error,
  onText,
  describedBy,
  look,
  beside,
  ...native
}: FieldProps) {
  const id = useId();
  const hintId = hint === undefined ? undefined : `${id}-hint`;
  const errorId = error === undefined ? undefined : `${id}-error`;
  const described = [errorId, hintId, describedBy].filter((part) => part !== undefined).join(' ');
  return (
    <div className="field">
      {!labelHidden && (
        <label className="field-label" htmlFor={id}>
          {label}
        </label>
      )}
      <div className="field-line">
        <input
          {...native}
          id={id}
          aria-label={labelHidden ? label : undefined}
          className={look === undefined ? 'field-input' : `field-input ${look}`}
          aria-invalid={error === undefined ? undefined : true}
          aria-describedby={described === '' ? undefined : described}
          onChange={onText === undefined ? undefined : (event) => onText(event.currentTarget.value)}
        />
        {beside}
      </div>
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
