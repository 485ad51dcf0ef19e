import type { KeyPlace, KeyType } from '../../shared/models/enrollment-profile.ts';
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

/** What a step is called; that of the key says where it is made. */
export function stepName(step: EnrollmentStep, place: KeyPlace | undefined) {
  if (step === 'key' && (place === 'token' || place === 'tpm')) return `step.key.${place}` as const;
  return `step.${step}` as const;
}

/** Why making a key takes as long as it does. A card needs up to a minute to find the primes of an RSA key. */
export function keyHint(place: KeyPlace | undefined, type: KeyType | undefined) {
  if (place !== 'token' && place !== 'tpm') return undefined;
  if (type?.startsWith('RSA') === true) return 'step.key.rsa';
  return place === 'token' ? 'step.key.stay' : undefined;
}
