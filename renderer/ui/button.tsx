import type { ReactNode, Ref } from 'react';
import './button.css';

interface ButtonProps {
  readonly children: ReactNode;
  readonly onPress?: () => void;
  readonly tone?: 'primary' | 'plain' | 'quiet' | 'link' | 'danger';
  readonly size?: 'normal' | 'small' | 'large';
  readonly type?: 'button' | 'submit';
  /** Id of the form that it submits, where it stands outside of it. */
  readonly form?: string;
  /** Stays reachable by keyboard, says that it is off, and does nothing. */
  readonly off?: boolean;
  /** Pressed while off: for what says why, and leads there. */
  readonly onOff?: (() => void) | undefined;
  readonly busy?: boolean;
  /** Leads to where the person is already. */
  readonly current?: boolean;
  /** A longer name, for a list in which the same words occur again and again. */
  readonly name?: string;
  readonly describedBy?: string | undefined;
  /** Whether what it shows and hides is shown. */
  readonly expanded?: boolean;
  readonly ref?: Ref<HTMLButtonElement>;
}

/** A button that is never taken away from under the keyboard: off is `aria-disabled`. */
export function Button({
  children,
  onPress,
  tone = 'plain',
  size = 'normal',
  type = 'button',
  form,
  off = false,
  onOff,
  busy = false,
  current = false,
  name,
  describedBy,
  expanded,
  ref,
}: ButtonProps) {
  const inert = off || busy;
  return (
    <button
      ref={ref}
      type={type}
      form={form}
      className={`button button-${tone} button-${size}`}
      aria-disabled={inert || undefined}
      aria-busy={busy || undefined}
      aria-current={current ? 'page' : undefined}
      aria-label={name}
      aria-describedby={describedBy}
      aria-expanded={expanded}
      onClick={(event) => {
        if (inert) event.preventDefault();
        else onPress?.();
        if (off && !busy) onOff?.();
      }}
    >
      {children}
    </button>
  );
}
