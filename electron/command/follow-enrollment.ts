import type { EnrollmentState } from '../../shared/enrollment-state.ts';
import type { House } from '../house.ts';
import { answerChallenge, type Answers } from './answer-challenge.ts';
import { AwaitingApproval, onlyAwaits } from './awaiting-approval.ts';
import { CommandError } from './command-error.ts';
import type { EnrollmentWatch } from './enrollment-watch.ts';
import { outcomeOf } from './outcome.ts';
import type { CommandRooms } from './rooms.ts';
import { failureSentence } from './sentences.ts';

export interface Following {
  readonly house: House;
  readonly rooms: CommandRooms;
  readonly answers: Answers;
  /** What only others can go on with is left waiting. */
  readonly noWait?: boolean | undefined;
}

type Watched = ReturnType<EnrollmentWatch['of']>;
type EndedWell = Extract<EnrollmentState, { step: 'done' }>;

/**
 * Until it has ended, or cannot go on by itself; `waiting`: others have to approve it, and that is not waited for. Throws `CommandError`
 * for other ends that are not good.
 */
export async function follow(
  watched: Watched,
  following: Following,
): Promise<EndedWell | 'cancelled' | 'waiting'> {
  const { house, rooms } = following;
  const enrollmentId = watched.latest?.enrollmentId ?? '';
  try {
    return concluded(await steps(watched, following));
  } catch (error) {
    // Whatever was begun at the CA and on a token is taken back.
    if (rooms.signal.aborted || error instanceof CommandError) await takeBack(enrollmentId, house);
    throw error;
  }
}

async function steps(watched: Watched, following: Following): Promise<EnrollmentState> {
  const { signal, output } = following.rooms;
  const awaiting = new AwaitingApproval(output);
  let told = '';
  for (;;) {
    signal.throwIfAborted();
    const state = watched.latest;
    if (state === undefined) throw new CommandError('not-found', 'no such enrolment');
    const at = 'at' in state ? state.at : state.step;
    if (at !== told) output.progress({ event: 'step', step: at }, `${at} …`);
    told = at;
    if (['done', 'failed', 'cancelled', 'interrupted'].includes(state.step)) return state;
    const isAsked = state.step === 'proving' && !state.sending;
    if (state.step === 'proving') awaiting.tell(state);
    if (isAsked && onlyAwaits(state) !== undefined) {
      if (following.noWait === true) return state;
      await watched.change(signal);
    } else if (isAsked) {
      await answerChallenge(state, watched, following);
    } else {
      await watched.change(signal);
    }
  }
}

async function takeBack(enrollmentId: string, { enrollments }: House): Promise<void> {
  const state = enrollments.states().find((each) => each.enrollmentId === enrollmentId);
  if (state?.step === 'working' || state?.step === 'proving' || state?.step === 'installing') {
    await enrollments.cancel(enrollmentId);
  }
}

function concluded(state: EnrollmentState): EndedWell | 'cancelled' | 'waiting' {
  switch (state.step) {
    case 'done':
      return state;
    case 'failed': {
      const { failure } = state;
      throw new CommandError(outcomeOf(failure), failureSentence(failure), { failure });
    }
    case 'interrupted': {
      const { failure = { code: 'internal' }, enrollmentId } = state;
      const outcome = outcomeOf(failure) === 'failed' ? 'interrupted' : outcomeOf(failure);
      const next = `It can go on: countersign enroll --resume ${enrollmentId}`;
      throw new CommandError(outcome, `${failureSentence(failure)} ${next}`, { failure });
    }
    case 'proving':
      return 'waiting';
    default:
      return 'cancelled';
  }
}
