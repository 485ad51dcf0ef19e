import { installTargets, type ActivityEntry } from '../../shared/models/credential.ts';
import { Card } from '../ui/page.tsx';
import { useWords, type Words } from '../words.ts';

/** What was done with the credential, latest first. */
export function History({ history }: { readonly history: readonly ActivityEntry[] }) {
  const words = useWords();
  const { say, dateTime } = words;
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
              {detail !== undefined && (
                <span className="quiet"> · {detailInWords(detail, words)}</span>
              )}
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

/** Places have names; hosts and programs are what they are. */
function detailInWords(detail: string, { say }: Words): string {
  const target = installTargets.find((known) => known === detail);
  return target === undefined ? detail : say(`target.${target}.name`);
}
