import { type ActivityEntry } from '../../shared/models/credential.ts';
import { Disclosure } from '../ui/disclosure.tsx';
import { Card } from '../ui/page.tsx';
import { useWords } from '../words.ts';
import { detailInWords } from './history-detail.ts';

/** More than these are out of the way: what happened lately is what people look for. */
const shownAtOnce = 8;

/** What was done with the credential, latest first. */
export function History({ history }: { readonly history: readonly ActivityEntry[] }) {
  const { say } = useWords();
  if (history.length === 0) return null;
  const latestFirst = history.toSorted((one, other) => Date.parse(other.at) - Date.parse(one.at));
  const earlier = latestFirst.slice(shownAtOnce);
  return (
    <Card>
      <h2>{say('history.title')}</h2>
      <Entries entries={latestFirst.slice(0, shownAtOnce)} />
      {earlier.length > 0 && (
        <Disclosure label={say('history.earlier', { count: earlier.length })}>
          <Entries entries={earlier} />
        </Disclosure>
      )}
    </Card>
  );
}

function Entries({ entries }: { readonly entries: readonly ActivityEntry[] }) {
  const words = useWords();
  const { say, dateTime } = words;
  return (
    <ul className="history">
      {entries.map(({ at, event, detail }) => (
        <li key={`${at} ${event} ${detail ?? ''}`}>
          <time dateTime={at}>{dateTime(at)}</time>
          <span className="breakable">
            {say(`event.${event}`)}
            {detail !== undefined && (
              <span className="quiet"> · {detailInWords(detail, words)}</span>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}
