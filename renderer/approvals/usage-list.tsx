import { isolated } from '../bidi.ts';
import { Icon } from '../ui/icon.tsx';
import { useWords } from '../words.ts';
import { usageKind, usageName, usageText } from './usage-words.ts';

/** What whoever has the certificate can do with it, and what that means for others. */
export function UsageList({ usages }: { readonly usages: readonly string[] }) {
  const { say } = useWords();
  const told = usages.map((oid) => ({ oid, kind: usageKind(oid) }));
  return (
    <ul className="approval-usages">
      {told.map(({ oid, kind }) => (
        <li key={oid}>
          <Icon name={kind === 'other' ? 'warning' : 'check'} size={18} />
          <span>
            <strong>{say(usageName(kind), { oid: isolated(oid) })}</strong>
            <span className="quiet">{say(usageText(kind))}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}
