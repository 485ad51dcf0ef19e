import type { EnrollmentState } from '../../shared/enrollment-state.ts';
import type { Enrollments } from '../enrollment/enrollments.ts';
import { unlessAborted } from './abort.ts';

/** The states of one enrolment, for who follows it from step to step. */
export class EnrollmentWatch implements Disposable {
  readonly #enrollments: Pick<Enrollments, 'states'>;
  readonly #stop: () => void;
  #change = Promise.withResolvers<undefined>();

  /** Made before the enrolment starts, so that no state is missed. */
  constructor(enrollments: Pick<Enrollments, 'states' | 'subscribe'>) {
    this.#enrollments = enrollments;
    this.#stop = enrollments.subscribe(() => {
      this.#change.resolve(undefined);
      this.#change = Promise.withResolvers();
    });
  }

  of(enrollmentId: string) {
    const latest = (): EnrollmentState | undefined =>
      this.#enrollments.states().find((each) => each.enrollmentId === enrollmentId);
    return {
      get latest() {
        return latest();
      },
      /** Resolves when something has changed since it was called. */
      change: (signal: AbortSignal): Promise<undefined> =>
        unlessAborted(this.#change.promise, signal),
    };
  }

  [Symbol.dispose](): void {
    this.#stop();
  }
}
