import { setTimeout as delay } from 'node:timers/promises';
import type {
  ChallengeView,
  CodeChallengeView,
  EnrollmentState,
} from '../../shared/enrollment-state.ts';
import type { House } from '../house.ts';
import { unlessAborted } from './abort.ts';
import { CommandError } from './command-error.ts';
import type { GivenCodes } from './given-codes.ts';
import type { CommandRooms } from './rooms.ts';
import { failureSentence } from './sentences.ts';

interface Answering {
  readonly house: House;
  readonly rooms: CommandRooms;
  readonly codes: GivenCodes;
}

type Proving = Pick<Extract<EnrollmentState, { step: 'proving' }>, 'enrollmentId' | 'caHost'>;

/** Answers a challenge that waits for a code with the next line. One call is at most one attempt at the CA. */
export async function answerWithCode(
  { enrollmentId, caHost: host }: Proving,
  challenge: CodeChallengeView,
  { house, rooms, codes }: Answering,
): Promise<void> {
  const { signal, output } = rooms;
  const { challengeId, type, lastFailure, digits, prompt, display } = challenge;
  if (lastFailure !== undefined) {
    codes.refuse();
    output.progress({ event: 'code-refused', failure: lastFailure }, failureSentence(lastFailure));
    await untilAllowed(challenge, rooms);
  }
  output.progress(
    { event: 'code-needed', host, type, digits, prompt, display },
    `A code for ${host} is needed${prompt === undefined ? '' : ` (${prompt})`}.${keyedIn(challenge)}`,
  );
  const line = await unlessAborted(codes.next(), signal);
  if (line === null) {
    const failure = lastFailure === undefined ? {} : { failure: lastFailure };
    throw new CommandError('not-unlocked', codes.missing, failure);
  }
  try {
    const otp = Buffer.from(line).toString('utf8').trim();
    await house.enrollments.answer({ enrollmentId, challengeId, answer: { by: 'code', otp } });
  } finally {
    line.fill(0);
  }
}

function keyedIn({ display, warning }: CodeChallengeView): string {
  const shown = display === undefined ? '' : ` Key this into your device: ${display}`;
  return warning === undefined ? shown : `${shown} The CA sent no random value with it.`;
}

export const isPendingCode = (challenge: ChallengeView): challenge is CodeChallengeView =>
  challenge.kind === 'code' && challenge.status === 'pending';

/** Milliseconds that a code is worth waiting for. */
const patience = 15 * 60_000;

/** A CA that wants to be left alone would not look at the next code. */
async function untilAllowed(
  { lastFailure }: CodeChallengeView,
  rooms: CommandRooms,
): Promise<void> {
  if (lastFailure?.code !== 'acme-problem') return;
  const { retryAt } = lastFailure.problem;
  if (retryAt === undefined) return;
  const wait = Date.parse(retryAt) - rooms.now().getTime();
  if (wait > patience) throw new CommandError('failed', failureSentence(lastFailure));
  if (wait > 0) await delay(wait, undefined, { signal: rooms.signal });
}
