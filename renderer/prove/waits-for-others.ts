import type { EnrollmentState } from '../../shared/enrollment-state.ts';

/** Nothing is left for the person to prove: others have to agree. */
export function waitsForOthers(enrollment: EnrollmentState): boolean {
  if (enrollment.step !== 'proving') return false;
  const open = enrollment.authorizations.filter(({ status }) => status === 'pending');
  return open.length > 0 && open.every(({ approval }) => approval !== undefined);
}
