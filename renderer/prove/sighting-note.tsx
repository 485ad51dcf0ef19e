import type { RecordSighting } from '../../shared/enrollment-state.ts';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { useWords } from '../words.ts';

interface SightingNoteProps {
  readonly sighting: RecordSighting;
  readonly host: string;
  /** Lets the CA look, although nobody could be asked from here. */
  readonly onTrust: () => void;
}

/** What the name servers said about a record, and what to make of it. */
export function SightingNote({ sighting, host, onTrust }: SightingNoteProps) {
  const { say, time } = useWords();
  const { seen, at } = sighting;
  return (
    <Banner
      announced
      tone={seen === 'other' || seen === 'unknown' ? 'warning' : 'note'}
      title={say(`prove.record.seen.${seen}`)}
      icon={seen === 'record' ? 'check' : seen === 'other' ? 'warning' : 'clock'}
      actions={
        seen === 'unknown' ? (
          <Button onPress={onTrust}>{say('prove.record.trust', { host })}</Button>
        ) : undefined
      }
    >
      <p>{say(`prove.record.seen.${seen}.text`, { time: time(at), host })}</p>
      {seen === 'other' && (
        <ul className="record-values">
          {sighting.values.map((value) => (
            <li key={value}>
              <code>{value}</code>
            </li>
          ))}
        </ul>
      )}
    </Banner>
  );
}
