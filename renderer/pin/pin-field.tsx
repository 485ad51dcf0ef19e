import type { Ref } from 'react';
import { Field } from '../ui/field.tsx';
import { useWords } from '../words.ts';
import type { PinFault } from './octets.ts';

interface PinFieldProps {
  readonly ref: Ref<HTMLInputElement>;
  readonly label: string;
  readonly hint?: string | undefined;
  readonly fault: PinFault | undefined;
  /** In place of the fault's own words. */
  readonly error?: string | undefined;
  readonly limits: { readonly min: number; readonly max: number };
  readonly readOnly: boolean;
}

/** A field for a PIN or PUK: hidden, remembered by nobody, and never in React's hands. */
export function PinField({ ref, label, hint, fault, error, limits, readOnly }: PinFieldProps) {
  const { say } = useWords();
  const count = fault === 'long' ? limits.max : limits.min;
  return (
    <Field
      ref={ref}
      type="password"
      look="pin-input"
      label={label}
      hint={hint}
      autoComplete="off"
      spellCheck={false}
      maxLength={255}
      readOnly={readOnly}
      error={error ?? (fault === undefined ? undefined : say(`pin.fault.${fault}`, { count }))}
    />
  );
}
