import { Icon } from './icon.tsx';
import './verdict-list.css';

const signs = { pass: 'check', note: 'info', fail: 'cross' } as const;

export interface Verdict {
  readonly id: string;
  readonly status: keyof typeof signs;
  readonly text: string;
  readonly cure?: string | undefined;
}

interface VerdictListProps {
  readonly verdicts: readonly Verdict[];
  /** What each sign says, for those who do not see it. */
  readonly words: Readonly<Record<Verdict['status'], string>>;
}

/** What was found, each with a sign, and with a cure where there is one. */
export function VerdictList({ verdicts, words }: VerdictListProps) {
  return (
    <ul className="verdicts">
      {verdicts.map(({ id, status, text, cure }) => (
        <li key={id} className={`verdict verdict-${status}`}>
          <Icon name={signs[status]} size={18} />
          <div>
            <p className="breakable">
              <span className="visually-hidden">{words[status]} </span>
              {text}
            </p>
            {cure !== undefined && <p className="quiet breakable">{cure}</p>}
          </div>
        </li>
      ))}
    </ul>
  );
}
