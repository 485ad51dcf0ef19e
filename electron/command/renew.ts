import type { KeyPlaceChoice } from '../../shared/ipc-requests.ts';
import type { Failure } from '../../shared/failure.ts';
import { certificateIdentifier } from '../certificates/certificate-identifier.ts';
import { retire } from '../credentials/retirement.ts';
import { isEnded } from '../enrollment/enrollment-state.ts';
import type { House } from '../house.ts';
import { renewIfDue } from '../renewal/renew-if-due.ts';
import type { CredentialRecord } from '../wallet/credential-store.ts';
import type { EnrollmentRecord } from '../wallet/enrollment-journal.ts';
import { CommandError } from './command-error.ts';
import type { ProofType, RenewCommand } from './command-line.ts';
import { EnrollmentWatch } from './enrollment-watch.ts';
import { exitCodes, type Outcome } from './exit-code.ts';
import { follow } from './follow-enrollment.ts';
import { GivenCodes } from './given-codes.ts';
import { pinFrom, type GivenPin } from './given-pin.ts';
import { outcomeOf } from './outcome.ts';
import { assertThere, goOnInstalling } from './install-wish.ts';
import { inHouse, type CommandRooms } from './rooms.ts';
import type { SecretLines } from './secret-lines.ts';
import { failureSentence } from './sentences.ts';

interface Renewing {
  readonly house: House;
  readonly rooms: CommandRooms;
  readonly pin: GivenPin;
  readonly codes: Pick<SecretLines, 'next'> | null;
  readonly proof: ProofType | undefined;
}

/** What became of one credential. */
interface Renewed {
  readonly credentialId: string;
  readonly outcome: 'renewed' | 'not-due' | Exclude<Outcome, 'done'>;
  readonly successor?: { readonly credentialId: string; readonly notAfter: string };
  /** The one before is gone; otherwise it stays, because somewhere nothing took its place. */
  readonly isRetired?: boolean;
  readonly sentence?: string;
  readonly failure?: Failure;
}

/** `countersign renew`: a new key and a new certificate, proven by the one from before, which then goes. */
export async function renew(command: RenewCommand, rooms: CommandRooms): Promise<Outcome> {
  const { pinFd, otpFd, proof, acceptFinalTry, installs, which } = command;
  const pin = pinFrom({ pinFd, acceptFinalTry }, rooms);
  const codes = otpFd === undefined ? null : rooms.linesOf(otpFd);
  try {
    const house = rooms.openHouse({ askPin: pin.ask, installs });
    return await inHouse(house, async () => {
      assertThere(installs, house);
      await goOnInstalling(house, (entry, words) => rooms.output.progress(entry, words));
      const renewing = { house, rooms, pin, codes, proof };
      const results =
        which === 'due' ? await allDue(renewing) : [await one(which.credentialId, renewing)];
      return report(results, rooms);
    });
  } finally {
    pin.close();
  }
}

function one(credentialId: string, renewing: Renewing): Promise<Renewed> {
  const record = renewing.house.wallet.credentials.find(credentialId);
  if (record === undefined) throw new CommandError('not-found', 'no such credential');
  return attempt(record, renewing, renewOne);
}

/** One after the other: one that fails keeps none of the others from being renewed. */
async function allDue(renewing: Renewing): Promise<readonly Renewed[]> {
  const results: Renewed[] = [];
  for (const record of renewing.house.wallet.credentials.list()) {
    if (record.status === 'active') results.push(await ifDue(record, renewing));
  }
  return results;
}

/** By the wallet's own schedule (RFC 9773): the CA is asked first, and says when; else the time of the offer counts. */
async function ifDue(record: CredentialRecord, renewing: Renewing): Promise<Renewed> {
  const { house, rooms } = renewing;
  if (hasSuccessor(record, house)) return attempt(record, renewing, makeWay);
  const results: Renewed[] = [];
  const { id, notAfter, issuedAt, renewal, renewalHeldUntil, chain, directoryUrl } = record;
  await renewIfDue(
    {
      ...{ id, directoryUrl, fallback: renewal },
      certificateIdentifier: certificateIdentifier(chain),
      ...{ notAfter: new Date(notAfter), issuedAt: new Date(issuedAt) },
      ...(renewalHeldUntil !== undefined && { heldUntil: new Date(renewalHeldUntil) }),
    },
    {
      ask: (signal) => house.credentials.renewalInfo(id, signal),
      renew: async () => {
        const renewed = await attempt(record, renewing, renewOne);
        results.push(renewed);
        return retryTimeOf(renewed);
      },
      hold: (until) => holdRenewal(id, until, house),
      now: rooms.now,
      // A CA that cannot be asked now is followed by the time that the offer names.
      report: () => undefined,
    },
    rooms.signal,
  );
  return results[0] ?? { credentialId: record.id, outcome: 'not-due' };
}

/** When the CA wants to be asked again, as far as it said. */
function retryTimeOf({ failure }: Renewed): Date | undefined {
  const problem = failure !== undefined && 'problem' in failure ? failure.problem : undefined;
  return problem?.retryAt === undefined ? undefined : new Date(problem.retryAt);
}

/** For the next run: a timer starts each of them anew. */
function holdRenewal(credentialId: string, until: Date, { wallet }: House): void {
  const record = wallet.credentials.find(credentialId);
  if (record === undefined) return;
  wallet.credentials.save({ ...record, renewalHeldUntil: until.toISOString() });
}

type Work = (record: CredentialRecord, renewing: Renewing) => Promise<Renewed>;

async function attempt(record: CredentialRecord, renewing: Renewing, work: Work): Promise<Renewed> {
  const { signal, output, toFailure } = renewing.rooms;
  const { id: credentialId } = record;
  try {
    return await work(record, renewing);
  } catch (error) {
    if (signal.aborted) return { credentialId, outcome: 'cancelled' };
    const failure = error instanceof CommandError ? error.failure : toFailure(error);
    const outcome = error instanceof CommandError ? error.outcome : outcomeOf(failure ?? internal);
    const sentence =
      error instanceof CommandError ? error.message : failureSentence(failure ?? internal);
    const told = { credentialId, outcome, sentence, ...(failure && { failure }) };
    output.progress({ event: 'not-renewed', ...told }, `${credentialId}: ${sentence}`);
    return told;
  }
}

const internal: Failure = { code: 'internal' };

/** It was renewed before, and stays only because somewhere its successor has not taken its place. */
const hasSuccessor = ({ successorId }: CredentialRecord, { wallet }: House): boolean =>
  successorId !== undefined && wallet.credentials.find(successorId)?.status === 'active';

/** Another order would change nothing about that; perhaps somebody has put the successor there since. */
async function makeWay(
  { id, successorId = id }: CredentialRecord,
  { house }: Renewing,
): Promise<Renewed> {
  if (!(await retire(id, successorId, house))) return { credentialId: id, outcome: 'not-due' };
  return renewedAs(id, successorId, { house, isRetired: true });
}

async function renewOne(record: CredentialRecord, renewing: Renewing): Promise<Renewed> {
  const { house, rooms, codes, proof } = renewing;
  const { id } = record;
  using watch = new EnrollmentWatch(house.enrollments);
  const enrollmentId = await begin(record, renewing);
  const byCode = codes !== null;
  const answers = {
    ...{ codes: new GivenCodes(codes), byCode, proof, renews: true },
    certificate: byCode && proof !== 'cert-01' ? undefined : id,
  };
  // Others may take a day to approve it: the next run goes on.
  const ended = await follow(watch.of(enrollmentId), { house, rooms, answers, noWait: true });
  if (ended === 'cancelled' || ended === 'waiting') return { credentialId: id, outcome: ended };
  const isRetired = await retire(id, ended.credentialId, house);
  const renewed = await renewedAs(id, ended.credentialId, { house, isRetired });
  await house.enrollments.dismiss(enrollmentId);
  return renewed;
}

async function renewedAs(
  credentialId: string,
  successorId: string,
  { house, isRetired }: { readonly house: House; readonly isRetired: boolean },
): Promise<Renewed> {
  const { notAfter } = await house.credentials.detail(successorId);
  const successor = { credentialId: successorId, notAfter };
  return { credentialId, outcome: 'renewed', successor, isRetired };
}

/**
 * A renewal that stopped on its way goes on: a timer would otherwise begin one beside the other for as long as the CA is
 * away. Of those that failed only the last is left to be seen.
 */
async function begin(record: CredentialRecord, renewing: Renewing): Promise<string> {
  const { house, rooms, pin } = renewing;
  const { organizationId, offerId, id, key } = record;
  const { enrollments, wallet } = house;
  const earlier = wallet.enrollments.list().filter(({ plan }) => plan.renews?.credentialId === id);
  const unfinished = earlier.find((each) => isUnfinished(each, house));
  for (const each of earlier)
    if (isEnded(each) && each !== unfinished) await enrollments.dismiss(each.id);
  if (unfinished !== undefined) {
    const { token } = unfinished.plan.key;
    if (token !== undefined) pin.bindTo(token);
    await enrollments.resume(unfinished.id);
    return unfinished.id;
  }
  const { enrollmentId } = await enrollments.start({
    ...{ organizationId, offerId, renews: id, keyType: key.type },
    keyPlace: await placeOf(record, renewing),
  });
  rooms.output.progress(
    { event: 'started', enrollmentId, credentialId: id },
    `Enrolment ${enrollmentId}, for what follows ${id}.`,
  );
  return enrollmentId;
}

/** Also one that was finished elsewhere, in the wallet's window: its predecessor is still to go. */
const isUnfinished = (record: EnrollmentRecord, { wallet }: House): boolean =>
  !isEnded(record) ||
  (record.state === 'done' && wallet.credentials.find(record.credentialId)?.status === 'active');

/** Where the key was before; the token has to be there. */
async function placeOf(
  { key }: CredentialRecord,
  { house, pin }: Renewing,
): Promise<KeyPlaceChoice> {
  const { place, token } = key;
  if (token === undefined) return { in: place === 'os' ? 'os' : 'software' };
  await house.tokens.watch();
  const tokenId = house.tokens.tokenIdOf(token);
  if (tokenId === null)
    throw new CommandError('not-found', 'the token of the credential is not plugged in');
  pin.bindTo(token);
  return { in: 'token', tokenId };
}

function report(results: readonly Renewed[], { output, now }: CommandRooms): Outcome {
  output.result(
    { version: 1, at: now().toISOString(), credentials: results },
    results.length === 0 ? ['The wallet has no credentials.'] : results.map(lineOf),
  );
  // The first that did not come about; that nothing was due is no failure.
  const failed = results.map(({ outcome }) => outcome).filter(isFailure);
  return failed[0] ?? 'done';
}

const isFailure = (outcome: Renewed['outcome']): outcome is Exclude<Outcome, 'done'> =>
  outcome !== 'renewed' && outcome !== 'not-due' && outcome in exitCodes;

function lineOf({ credentialId, outcome, successor, isRetired }: Renewed): string {
  if (successor === undefined) return `${credentialId}: ${outcome}`;
  const before = isRetired === true ? 'the one before is gone' : 'the one before stays';
  return `${credentialId}: renewed as ${successor.credentialId}, valid until ${successor.notAfter}; ${before}`;
}
