import type { KeyPlaceChoice } from '../../shared/ipc-contract.ts';
import type { Failure } from '../../shared/failure.ts';
import { certificateIdentifier } from '../certificates/certificate-identifier.ts';
import { retire } from '../credentials/retirement.ts';
import type { House } from '../house.ts';
import { renewIfDue } from '../renewal/renew-if-due.ts';
import type { CredentialRecord } from '../wallet/credential-store.ts';
import { CommandError } from './command-error.ts';
import type { RenewCommand } from './command-line.ts';
import { EnrollmentWatch } from './enrollment-watch.ts';
import { exitCodes, type Outcome } from './exit-code.ts';
import { follow } from './follow-enrollment.ts';
import { pinFrom, type GivenPin } from './given-pin.ts';
import { outcomeOf } from './outcome.ts';
import { inHouse, type CommandRooms } from './rooms.ts';
import type { SecretLines } from './secret-lines.ts';
import { failureSentence } from './sentences.ts';

interface Renewing {
  readonly house: House;
  readonly rooms: CommandRooms;
  readonly pin: GivenPin;
  readonly codes: Pick<SecretLines, 'next'> | null;
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
  const { pinFd, otpFd, acceptFinalTry, installs, which } = command;
  const pin = pinFrom({ pinFd, acceptFinalTry }, rooms);
  const codes = otpFd === undefined ? null : rooms.linesOf(otpFd);
  try {
    const house = rooms.openHouse({ askPin: pin.ask, installs });
    return await inHouse(house, async () => {
      const renewing = { house, rooms, pin, codes };
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
  return attempt(record, renewing);
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
  const results: Renewed[] = [];
  const { id, notAfter, issuedAt, renewal, chain, directoryUrl } = record;
  await renewIfDue(
    {
      ...{ id, directoryUrl, fallback: renewal },
      certificateIdentifier: certificateIdentifier(chain),
      ...{ notAfter: new Date(notAfter), issuedAt: new Date(issuedAt) },
    },
    {
      ask: (signal) => house.credentials.renewalInfo(id, signal),
      renew: async () => {
        results.push(await attempt(record, renewing));
      },
      now: rooms.now,
      // A CA that cannot be asked now is followed by the time that the offer names.
      report: () => undefined,
    },
    rooms.signal,
  );
  return results[0] ?? { credentialId: record.id, outcome: 'not-due' };
}

async function attempt(record: CredentialRecord, renewing: Renewing): Promise<Renewed> {
  const { signal, output, toFailure } = renewing.rooms;
  const { id: credentialId } = record;
  try {
    return await successorOf(record, renewing);
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

async function successorOf(record: CredentialRecord, renewing: Renewing): Promise<Renewed> {
  const { house, rooms, codes } = renewing;
  const { organizationId, offerId, id, key } = record;
  using watch = new EnrollmentWatch(house.enrollments);
  const { enrollmentId } = await house.enrollments.start({
    ...{ organizationId, offerId, renews: id, keyType: key.type },
    keyPlace: await placeOf(record, renewing),
  });
  rooms.output.progress(
    { event: 'started', enrollmentId, credentialId: id },
    `Enrolment ${enrollmentId}, for what follows ${id}.`,
  );
  const answers = { codes, certificate: codes === null ? id : undefined };
  const ended = await follow(watch.of(enrollmentId), { house, rooms, answers });
  if (ended === null) return { credentialId: id, outcome: 'cancelled' };
  const isRetired = await retire(id, ended.credentialId, house);
  const { notAfter } = await house.credentials.detail(ended.credentialId);
  await house.enrollments.dismiss(enrollmentId);
  const successor = { credentialId: ended.credentialId, notAfter };
  return { credentialId: id, outcome: 'renewed', successor, isRetired };
}

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
