import type { Handlers } from '../../../shared/ipc-contract.ts';
import type { Enrollments } from '../../enrollment/enrollments.ts';
import { withoutUndefined } from './without-undefined.ts';

export type EnrollmentRoom = Pick<
  Enrollments,
  'start' | 'remind' | 'message' | 'answer' | 'stopAnswering' | 'cancel' | 'resume' | 'dismiss'
>;

export function enrollmentHandlers(enrollments: EnrollmentRoom) {
  return {
    start: (request) => enrollments.start(withoutUndefined(request)),
    async remind({ enrollmentId }) {
      await enrollments.remind(enrollmentId);
    },
    async message({ enrollmentId, text }) {
      await enrollments.message(enrollmentId, text);
    },
    async answer(request) {
      await enrollments.answer(request);
    },
    async stopAnswering(request) {
      await enrollments.stopAnswering(request);
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
