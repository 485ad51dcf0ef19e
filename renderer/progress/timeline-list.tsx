import type { TimelineEntry } from '../../shared/enrollment-state.ts';
import { useNow } from '../clock.ts';
import { Icon } from '../ui/icon.tsx';
import { useWords } from '../words.ts';
import { completeTimeline, elapsedSeconds } from './timeline.ts';
import './progress.css';

interface TimelineListProps {
  readonly timeline: readonly TimelineEntry[];
  readonly caHost: string;
}

/** The steps of an enrolment, with what is happening now and how long each took. */
export function TimelineList({ timeline, caHost }: TimelineListProps) {
  const { say } = useWords();
  const entries = completeTimeline(timeline);
  const active = entries.find(({ status }) => status === 'active');
  return (
    <>
      <p className="visually-hidden" role="status">
        {active !== undefined && say(`step.${active.step}`, { host: caHost })}
      </p>
      <ol className="timeline-list" aria-label={say('progress.steps')}>
        {entries.map((entry, index) => (
          <TimelineStep key={entry.step} entry={entry} number={index + 1} caHost={caHost} />
        ))}
      </ol>
    </>
  );
}

interface TimelineStepProps {
  readonly entry: TimelineEntry;
  readonly number: number;
  readonly caHost: string;
}

function TimelineStep({ entry, number, caHost }: TimelineStepProps) {
  const { say } = useWords();
  return (
    <li
      className={`timeline-step timeline-${entry.status}`}
      aria-current={entry.status === 'active' ? 'step' : undefined}
    >
      <span className="timeline-sign" aria-hidden="true">
        <Sign status={entry.status} number={number} />
      </span>
      <div className="timeline-text">
        <p className="timeline-name breakable">{say(`step.${entry.step}`, { host: caHost })}</p>
        <p className="visually-hidden">{say(`progress.status.${entry.status}`)}</p>
      </div>
      {entry.startedAt !== undefined && <Elapsed entry={entry} />}
    </li>
  );
}

function Sign({ status, number }: { status: TimelineEntry['status']; number: number }) {
  if (status === 'done') return <Icon name="check" size={16} />;
  if (status === 'failed') return <Icon name="cross" size={16} />;
  return <>{number}</>;
}

function Elapsed({ entry }: { readonly entry: TimelineEntry }) {
  const { say, duration } = useWords();
  const seconds = elapsedSeconds(entry, useNow(1000)) ?? 0;
  return (
    <span className="timeline-time">
      {seconds === 0 && entry.status === 'done' ? say('progress.instant') : duration(seconds)}
    </span>
  );
}
