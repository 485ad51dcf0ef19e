import {
  enrollmentSteps,
  type EnrollmentStep,
  type TimelineEntry,
} from '../../shared/enrollment-state.ts';

/** Every step in its order, those that main has not mentioned yet as pending. */
export function completeTimeline(timeline: readonly TimelineEntry[]): readonly TimelineEntry[] {
  return enrollmentSteps.map(
    (step) => timeline.find((entry) => entry.step === step) ?? { step, status: 'pending' },
  );
}

/** Whole seconds that a step has taken so far; undefined before it starts. */
export function elapsedSeconds(entry: TimelineEntry, now: number): number | undefined {
  if (entry.startedAt === undefined) return undefined;
  const end = entry.endedAt === undefined ? now : Date.parse(entry.endedAt);
  return Math.max(0, Math.floor((end - Date.parse(entry.startedAt)) / 1000));
}

/** Behind the proof, the credential is on its way. */
export function isAfterProof(step: EnrollmentStep): boolean {
  return enrollmentSteps.indexOf(step) > enrollmentSteps.indexOf('prove');
}
