import type { KeyPlace, KeyType } from '../../shared/models/enrollment-profile.ts';
import type { TimelineEntry } from '../../shared/enrollment-state.ts';
import { useNow } from '../clock.ts';
import { Icon } from '../ui/icon.tsx';
import { useWords, type MessageId } from '../words.ts';
import { completeTimeline, elapsedSeconds, keyHint, stepName } from './timeline.ts';
import './progress.css';

interface TimelineListProps {
  readonly timeline: readonly TimelineEntry[];
  /** The enrolment goes on; otherwise the active step is the one where it stands still. */
  readonly running: boolean;
  readonly keyType?: KeyType | undefined;
  readonly keyPlace?: KeyPlace | undefined;
}

/** The steps of an enrolment, with what is happening now and how long each took. */
export function TimelineList({ timeline, running, keyType, keyPlace }: TimelineListProps) {
  const { say } = useWords();
  const entries = completeTimeline(timeline);
  const active = entries.find(({ status }) => status === 'active');
  return (
    <>
      <p className="visually-hidden" role="status">
        {running && active !== undefined && say(stepName(active.step, keyPlace))}
      </p>
      <ol className="timeline-list" aria-label={say('progress.steps')}>
        {entries.map((entry, index) => (
          <TimelineStep
            key={entry.step}
            entry={entry}
            number={index + 1}
            running={running}
            keyPlace={keyPlace}
            hint={entry.step === 'key' ? keyHint(keyPlace, keyType) : undefined}
          />
        ))}
      </ol>
    </>
  );
}

interface TimelineStepProps {
  readonly entry: TimelineEntry;
  readonly number: number;
  readonly running: boolean;
  readonly keyPlace: KeyPlace | undefined;
  /** What there is to know while the step goes on. */
  readonly hint: MessageId | undefined;
}

function TimelineStep({ entry, number, running, keyPlace, hint }: TimelineStepProps) {
  const { say } = useWords();
  const status = entry.status === 'active' && !running ? 'paused' : entry.status;
  return (
    <li
      className={`timeline-step timeline-${status}`}
      aria-current={status === 'active' ? 'step' : undefined}
    >
      <span className="timeline-sign" aria-hidden="true">
        <Sign status={status} number={number} />
      </span>
      <div className="timeline-text">
        <p className="timeline-name breakable">{say(stepName(entry.step, keyPlace))}</p>
        {status === 'active' && hint !== undefined && <p className="small quiet">{say(hint)}</p>}
        <p className="visually-hidden">{say(`progress.status.${status}`)}</p>
      </div>
      {status !== 'paused' && <Elapsed entry={entry} />}
    </li>
  );
}

const signs = { done: 'check', failed: 'cross', paused: 'pause' } as const;

interface SignProps {
  readonly status: TimelineEntry['status'] | 'paused';
  readonly number: number;
}

function Sign({ status, number }: SignProps) {
  if (status === 'pending' || status === 'active') return <>{number}</>;
  return <Icon name={signs[status]} size={16} />;
}

function Elapsed({ entry }: { readonly entry: TimelineEntry }) {
  const { say, duration } = useWords();
  const seconds = elapsedSeconds(entry, useNow(1000));
  if (seconds === undefined) return null;
  return (
    <span className="timeline-time">
      {seconds === 0 && entry.status === 'done' ? say('progress.instant') : duration(seconds)}
    </span>
  );
}
