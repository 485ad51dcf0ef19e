import type { ReactNode } from 'react';
import { Icon } from './icon.tsx';
import './disclosure.css';

/** What most people never need to see, one press away. */
export function Disclosure({
  label,
  children,
}: {
  readonly label: string;
  readonly children: ReactNode;
}) {
  return (
    <details className="disclosure">
      <summary>
        <Icon name="chevron" size={16} />
        {label}
      </summary>
      <div className="disclosure-body">{children}</div>
    </details>
  );
}
