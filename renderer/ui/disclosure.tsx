import type { ReactNode } from 'react';
import { Icon } from './icon.tsx';
import './disclosure.css';

interface DisclosureProps {
  readonly label: string;
  readonly children: ReactNode;
  /** A longer name, where the same words occur again and again. */
  readonly name?: string;
  /** What a heading would be: bigger, and a line of its own in a list of them. */
  readonly look?: 'plain' | 'row';
  /** Called each time it opens, for what is asked for only then. */
  readonly onOpen?: () => void;
}

/** What most people never need to see, one press away. */
export function Disclosure({ label, children, name, look = 'plain', onOpen }: DisclosureProps) {
  return (
    <details
      className={`disclosure disclosure-${look}`}
      onToggle={onOpen && (({ currentTarget }) => currentTarget.open && onOpen())}
    >
      <summary aria-label={name}>
        <Icon name="chevron" size={16} />
        {label}
      </summary>
      <div className="disclosure-body">{children}</div>
    </details>
  );
}
