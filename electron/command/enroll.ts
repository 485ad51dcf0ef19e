import type { EnrollmentState } from '../../shared/enrollment-state.ts';
import { isAbort } from './abort.ts';
import type { House } from '../house.ts';
import { CommandError } from './command-error.ts';
import type { EnrollCommand } from './command-line.ts';
import { EnrollmentWatch } from './enrollment-watch.ts';
import type { Outcome } from './exit-code.ts';
import { GivenPin } from './given-pin.ts';
import { chosenPlace } from './key-place.ts';
import { answerWithCode } from './one-time-code.ts';
import { outcomeOf } from './outcome.ts';
import { inHouse, type CommandRooms } from './rooms.ts';
import { failureSentence } from './sentences.ts';
import { showCredential } from './show-credential.ts';
import type { SecretLines } from './secret-lines.ts';

type Codes = Pick<SecretLines, 'next'> | null;

/** `countersign enroll`: the wallet's own flow, with descriptors in place of a person at the page. */
export async function enroll(command: EnrollCommand, rooms: CommandRooms): Promise<Outcome> {
  const { pinFd, otpFd, acceptFinalTry, installs } = command;
  const pin = new GivenPin({
    lines: pinFd === undefined ? null : rooms.linesOf(pinFd),
    acceptFinalTry,
    sayPinPad: ({ token }) =>
      rooms.output.progress(
        { event: 'pin-pad', reader: token.reader },
        `Type the PIN on the reader ${token.reader}.`,
      ),
  });
  const codes = otpFd === undefined ? null : rooms.linesOf(otpFd);
  try {
    const house = rooms.openHouse({ askPin: pin.ask, installs });
    return await inHouse(house, () => enrollIn(house, command, rooms, { pin, codes }));
  } finally {
    pin.close();
  }
}

async function enrollIn(
  house: House,
  { wish }: EnrollCommand,
  rooms: CommandRooms,
  { pin, codes }: { readonly pin: GivenPin; readonly codes: Codes },
): Promise<Outcome> {
  const { enrollments } = house;
  using watch = new EnrollmentWatch(enrollments);
  const enrollmentId = await ('resume' in wish
    ? resume(wish.resume, house, pin)
    : start(wish, house, pin));
  rooms.output.progress({ event: 'started', enrollmentId }, `Enrolment ${enrollmentId}.`);
  try {
    const ended = await follow(watch.of(enrollmentId), house, rooms, codes);
    return await conclude(ended, house, rooms);
  } catch (error) {
    // Whatever was begun at the CA and on a token is taken back.
    if (rooms.signal.aborted || error instanceof CommandError) await takeBack(enrollmentId, house);
    if (rooms.signal.aborted && isAbort(error)) return 'cancelled';
    throw error;
  }
}

async function takeBack(enrollmentId: string, { enrollments }: House): Promise<void> {
  const state = enrollments.states().find((each) => each.enrollmentId === enrollmentId);
  if (state?.step === 'working' || state?.step === 'proving' || state?.step === 'installing') {
    await enrollments.cancel(enrollmentId);
  }
}

async function resume(
  enrollmentId: string,
  { wallet, enrollments }: House,
  pin: GivenPin,
): Promise<string> {
  const token = wallet.enrollments.find(enrollmentId)?.plan.key.token;
  if (token !== undefined) pin.bindTo(token);
  await enrollments.resume(enrollmentId);
  return enrollmentId;
}

async function start(
  wish: Exclude<EnrollCommand['wish'], { resume: string }>,
  house: House,
  pin: GivenPin,
): Promise<string> {
  const { organizationId, offerId, email, keyType } = wish;
  const organization = house.organizations.find(organizationId);
  if (organization === undefined)
    throw new CommandError('not-found', 'no such organisation was joined');
  if (!organization.profile.credentials.some(({ id }) => id === offerId)) {
    throw new CommandError('not-found', 'the organisation has no such offer');
  }
  const place = await chosenPlace(wish, house);
  if (place?.token !== undefined) pin.bindTo(place.token);
  const { enrollmentId } = await house.enrollments.start({
    ...{ organizationId, offerId },
    ...(email !== undefined && { email }),
    ...(keyType !== undefined && { keyType }),
    ...(place !== undefined && { keyPlace: place.keyPlace }),
  });
  return enrollmentId;
}

/** Until it has ended, or cannot go on by itself. */
async function follow(
  watch: ReturnType<EnrollmentWatch['of']>,
  house: House,
  rooms: CommandRooms,
  codes: Codes,
): Promise<EnrollmentState> {
  const { signal, output } = rooms;
  let told = '';
  for (;;) {
    signal.throwIfAborted();
    const state = watch.latest;
    if (state === undefined) throw new CommandError('not-found', 'no such enrolment');
    const at = 'at' in state ? state.at : state.step;
    if (at !== told) output.progress({ event: 'step', step: at }, `${at} …`);
    told = at;
    if (['done', 'failed', 'cancelled', 'interrupted'].includes(state.step)) return state;
    if (state.step === 'proving' && !state.sending) {
      await answerWithCode(state, { house, rooms, codes });
    } else {
      await watch.change(signal);
    }
  }
}

async function conclude(
  state: EnrollmentState,
  house: House,
  rooms: CommandRooms,
): Promise<Outcome> {
  const { enrollmentId } = state;
  switch (state.step) {
    case 'done':
      await showCredential(state, house, rooms.output);
      await house.enrollments.dismiss(enrollmentId);
      return 'done';
    case 'failed': {
      const { failure } = state;
      const outcome = outcomeOf(failure);
      throw new CommandError(outcome, failureSentence(failure), { failure });
    }
    case 'interrupted': {
      const { failure = { code: 'internal' } } = state;
      const outcome = outcomeOf(failure) === 'failed' ? 'interrupted' : outcomeOf(failure);
      const next = `It can go on: countersign enroll --resume ${enrollmentId}`;
      throw new CommandError(outcome, `${failureSentence(failure)} ${next}`, { failure });
    }
    default:
      return 'cancelled';
  }
}
