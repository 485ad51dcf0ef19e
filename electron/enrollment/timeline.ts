import {
  enrollmentSteps,
  type EnrollmentStep,
  type TimelineEntry,
} from '../../shared/enrollment-state.ts';

type Timeline = readonly TimelineEntry[];

export const untouched: Timeline = enrollmentSteps.map((step) => ({ step, status: 'pending' }));

/** A step that is begun again after an interruption keeps the time at which it was begun first. */
export function begin(timeline: Timeline, step: EnrollmentStep, at: string): Timeline {
  return change(timeline, step, ({ startedAt }) => ({
    step,
    status: 'active',
    startedAt: startedAt ?? at,
  }));
}

export function complete(timeline: Timeline, step: EnrollmentStep, at: string): Timeline {
  return change(timeline, step, ({ startedAt }) => ({
    step,
    status: 'done',
    startedAt: startedAt ?? at,
    endedAt: at,
  }));
}

export function fail(timeline: Timeline, step: EnrollmentStep, at: string): Timeline {
  return change(timeline, step, ({ startedAt }) => ({
    step,
    status: 'failed',
    startedAt: startedAt ?? at,
    endedAt: at,
  }));
}

/** Nothing is active any more; what was begun waits to be begun again. */
export function suspend(timeline: Timeline): Timeline {
  return timeline.map((entry) =>
    entry.status === 'active' ? { ...entry, status: 'pending' } : entry,
  );
}

function change(
  timeline: Timeline,
  step: EnrollmentStep,
  to: (entry: TimelineEntry) => TimelineEntry,
): Timeline {
  return timeline.map((entry) => (entry.step === step ? to(entry) : entry));
}
