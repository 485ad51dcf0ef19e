import { useId } from 'react';
import { CopyButton } from './copy-button.tsx';
import './copyable.css';

interface CopyableProps {
  readonly label: string;
  readonly text: string;
  /** What the button copies, in words. */
  readonly copyName: string;
}

/** A text to be read, selected or copied, and not to be changed. */
export function Copyable({ label, text, copyName }: CopyableProps) {
  const id = useId();
  return (
    <div className="copyable">
      <p className="copyable-label quiet small breakable" id={id}>
        {label}
      </p>
      <CopyButton text={text} name={copyName} />
      <pre className="copyable-text" role="group" tabIndex={0} aria-labelledby={id} dir="ltr">
        {text}
      </pre>
    </div>
  );
}
