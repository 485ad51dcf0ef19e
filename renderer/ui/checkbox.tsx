import type { ReactNode } from 'react';
import './checkbox.css';

interface CheckboxProps {
  readonly checked: boolean;
  readonly onCheck: (checked: boolean) => void;
  readonly children: ReactNode;
}

/** Something that the person agrees to, or does not. */
export function Checkbox({ checked, onCheck, children }: CheckboxProps) {
  return (
    <label className="checkbox">
      <input
        type="checkbox"
        checked={checked}
        onChange={(event) => onCheck(event.currentTarget.checked)}
      />
      <span>{children}</span>
    </label>
  );
}
