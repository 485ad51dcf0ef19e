import type { Handlers } from '../../../shared/ipc-contract.ts';
import type { Enrollments } from '../../enrollment/enrollments.ts';
import { withoutUndefined } from './without-undefined.ts';

export type EnrollmentRoom = Pick<
  Enrollments,
  'start' | 'answerOtp' | 'claimRecord' | 'cancel' | 'resume' | 'dismiss'
>;

export function enrollmentHandlers(enrollments: EnrollmentRoom) {
  return {
    start: (request) => enrollments.start(withoutUndefined(request)),
    async answerOtp(answer) {
      await enrollments.answerOtp(answer);
    },
    async claimRecord(claim) {
      await enrollments.claimRecord(claim);
    },
    async cancel({ enrollmentId }) {
      await enrollments.cancel(enrollmentId);
    },
    async resume({ enrollmentId }) {
      await enrollments.resume(enrollmentId);
    },
    async dismiss({ enrollmentId }) {
      await enrollments.dismiss(enrollmentId);
    },
  } satisfies Handlers['enrollment'];
}
