import type { TimelineEntry } from '../../shared/enrollment-state.ts';
import { useNow } from '../clock.ts';
import { Icon } from '../ui/icon.tsx';
import { useWords } from '../words.ts';
import { completeTimeline, elapsedSeconds } from './timeline.ts';
import './progress.css';

interface TimelineListProps {
  readonly timeline: readonly TimelineEntry[];
  /** The enrolment goes on; otherwise the active step is the one where it stands still. */
  readonly running: boolean;
}

/** The steps of an enrolment, with what is happening now and how long each took. */
export function TimelineList({ timeline, running }: TimelineListProps) {
  const { say } = useWords();
  const entries = completeTimeline(timeline);
  const active = entries.find(({ status }) => status === 'active');
  return (
    <>
      <p className="visually-hidden" role="status">
        {running && active !== undefined && say(`step.${active.step}`)}
      </p>
      <ol className="timeline-list" aria-label={say('progress.steps')}>
        {entries.map((entry, index) => (
          <TimelineStep key={entry.step} entry={entry} number={index + 1} running={running} />
        ))}
      </ol>
    </>
  );
}

interface TimelineStepProps {
  readonly entry: TimelineEntry;
  readonly number: number;
  readonly running: boolean;
}

function TimelineStep({ entry, number, running }: TimelineStepProps) {
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
        <p className="timeline-name breakable">{say(`step.${entry.step}`)}</p>
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
