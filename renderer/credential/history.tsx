import type { ActivityEntry } from '../../shared/models/credential.ts';
import { Card } from '../ui/page.tsx';
import { useWords } from '../words.ts';

/** What was done with the credential, latest first. */
export function History({ history }: { readonly history: readonly ActivityEntry[] }) {
  const { say, dateTime } = useWords();
  if (history.length === 0) return null;
  const latestFirst = history.toSorted((one, other) => Date.parse(other.at) - Date.parse(one.at));
  return (
    <Card>
      <h2>{say('history.title')}</h2>
      <ul className="history">
        {latestFirst.map(({ at, event, detail }) => (
          <li key={`${at} ${event} ${detail ?? ''}`}>
            <time dateTime={at}>{dateTime(at)}</time>
            <span className="breakable">
              {say(`event.${event}`)}
              {detail !== undefined && <span className="quiet"> · {detail}</span>}
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
