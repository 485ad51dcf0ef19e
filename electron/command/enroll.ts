import type { CredentialOffer } from '../../shared/models/enrollment-profile.ts';
import { isAbort } from './abort.ts';
import type { Answers } from './answer-challenge.ts';
import type { House } from '../house.ts';
import { CommandError } from './command-error.ts';
import type { EnrollCommand, EnrollWish } from './command-line.ts';
import { EnrollmentWatch } from './enrollment-watch.ts';
import type { Outcome } from './exit-code.ts';
import { follow } from './follow-enrollment.ts';
import { GivenCodes } from './given-codes.ts';
import { pinFrom, type GivenPin } from './given-pin.ts';
import { assertThere, goOnInstalling } from './install-wish.ts';
import { chosenPlace, namingTokens, type ChosenPlace } from './key-place.ts';
import { inHouse, type CommandRooms } from './rooms.ts';
import { showCredential } from './show-credential.ts';

/** `countersign enroll`: the wallet's own flow, with descriptors in place of a person at the page. */
export async function enroll(command: EnrollCommand, rooms: CommandRooms): Promise<Outcome> {
  const { pinFd, otpFd, certificate, proof, acceptFinalTry, installs } = command;
  const pin = pinFrom({ pinFd, acceptFinalTry }, rooms);
  const codes = new GivenCodes(otpFd === undefined ? null : rooms.linesOf(otpFd));
  const answers = { codes, byCode: otpFd !== undefined, certificate, proof };
  try {
    const house = rooms.openHouse({ askPin: pin.ask, installs });
    return await inHouse(house, async () => {
      assertThere(installs, house);
      await goOnInstalling(house, (entry, words) => rooms.output.progress(entry, words));
      return enrollIn(house, command, rooms, { pin, answers });
    });
  } finally {
    pin.close();
  }
}

async function enrollIn(
  house: House,
  { wish, noWait }: EnrollCommand,
  rooms: CommandRooms,
  { pin, answers }: { readonly pin: GivenPin; readonly answers: Answers },
): Promise<Outcome> {
  const { enrollments } = house;
  using watch = new EnrollmentWatch(enrollments);
  const enrollmentId = await ('resume' in wish
    ? resume(wish.resume, house, pin)
    : start(wish, house, pin));
  rooms.output.progress({ event: 'started', enrollmentId }, `Enrolment ${enrollmentId}.`);
  try {
    const ended = await follow(watch.of(enrollmentId), { house, rooms, answers, noWait });
    if (ended === 'cancelled') return ended;
    if (ended === 'waiting') {
      const next = `It waits for others: countersign enroll --resume ${enrollmentId} goes on.`;
      rooms.output.progress({ event: 'left-waiting', enrollmentId }, next);
      return ended;
    }
    await showCredential(ended, house, rooms.output);
    await house.enrollments.dismiss(enrollmentId);
    return 'done';
  } catch (error) {
    if (rooms.signal.aborted && isAbort(error)) return 'cancelled';
    throw error;
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
  const { organizationId, offerId, email, keyType, reason } = wish;
  const offer = offerIn(house, wish);
  const place = await chosenPlace(wish, house);
  if (place?.token !== undefined) pin.bindTo(place.token);
  assertOffered(place, offer);
  const request = {
    ...{ organizationId, offerId },
    ...(email !== undefined && { email }),
    ...(keyType !== undefined && { keyType }),
    ...(reason !== undefined && { reason }),
    ...(place !== undefined && { keyPlace: place.keyPlace }),
  };
  try {
    return (await house.enrollments.start(request)).enrollmentId;
  } catch (error) {
    throw place === undefined ? namingTokens(error, offer.key, house) : error;
  }
}

/** Of tokens the reason is told by what is found on each; throws `CommandError` `not-found` for the other places. */
function assertOffered(place: ChosenPlace | undefined, { key }: CredentialOffer): void {
  const wanted = place?.keyPlace.in ?? 'token';
  if (wanted === 'token' || key.places.includes(wanted)) return;
  const places = key.places.join(', ');
  throw new CommandError('not-found', `the key for that offer may not be there, but in: ${places}`);
}

/** Throws `CommandError` `not-found`. */
export function offerIn(
  { organizations }: Pick<House, 'organizations'>,
  { organizationId, offerId }: Pick<EnrollWish, 'organizationId' | 'offerId'>,
): CredentialOffer {
  const organization = organizations.find(organizationId);
  if (organization === undefined) {
    throw noneSuch(
      'no such organisation was joined',
      organizations.list().map(({ id }) => id),
    );
  }
  const offers = organization.profile.credentials;
  const offer = offers.find(({ id }) => id === offerId);
  if (offer !== undefined) return offer;
  throw noneSuch(
    'the organisation has no such offer',
    offers.map(({ id }) => id),
  );
}

/** With what there is, for ids are nothing that people keep in mind. */
function noneSuch(sentence: string, there: readonly string[]): CommandError {
  return new CommandError(
    'not-found',
    there.length === 0 ? sentence : `${sentence}; there is ${there.join(', ')}`,
  );
}
