import { Icon } from './icon.tsx';
import './badge.css';

const signs = { good: 'check', warning: 'clock', danger: 'cross' } as const;
export type BadgeTone = keyof typeof signs;

/** A state in a word or two, told by a sign and by colour as well. */
export function Badge({ tone, children }: { readonly tone: BadgeTone; readonly children: string }) {
  return (
    <span className={`badge badge-${tone}`}>
      <Icon name={signs[tone]} size={14} />
      {children}
    </span>
  );
}
