import type { CredentialOffer } from '../../shared/models/enrollment-profile.ts';
import type { EnrollmentState } from '../../shared/enrollment-state.ts';
import type { House } from '../house.ts';
import { currentPlatform } from '../platform/current.ts';
import { assertFree } from '../signing/signed-file.ts';
import { SigningError } from '../signing/signing-error.ts';
import { signPrograms, type SignedProgram } from '../signing/sign-programs.ts';
import { CommandError } from './command-error.ts';
import { offerIn } from './enroll.ts';
import { EnrollmentWatch } from './enrollment-watch.ts';
import type { Outcome } from './exit-code.ts';
import { follow } from './follow-enrollment.ts';
import { GivenCodes } from './given-codes.ts';
import { inHouse, type CommandRooms } from './rooms.ts';
import type { SignOnceCommand } from './sign-command-line.ts';
import { filesOf, lineOf, lines, shownOf, surroundings, toldSigning } from './sign.ts';

const tool = 'osslsigncode';

/**
 * `countersign sign --once`: a certificate for this run alone, under what others have agreed to beforehand. Its key, the certificate
 * and the record are thrown away whatever comes of it; what a kill leaves, the next start throws away.
 */
export async function signOnce(command: SignOnceCommand, rooms: CommandRooms): Promise<Outcome> {
  const files = filesOf(command);
  const signed: SignedProgram[] = [];
  try {
    const house = rooms.openHouse({ installs: false });
    return await inHouse<Outcome>(house, async () => {
      const offer = offerIn(house, command);
      assertFits(command, offer);
      // One certificate fewer would be the price of finding it out later.
      for (const { destination } of files) await assertFree(destination);
      const { organizationId, offerId, asks } = command;
      using watch = new EnrollmentWatch(house.enrollments);
      const { enrollmentId } = await house.enrollments.start({
        ...{ organizationId, offerId, once: true, keyPlace: { in: 'software' }, ...asks },
      });
      try {
        const credentialId = await issued(watch, enrollmentId, { house, rooms });
        if (credentialId === undefined) return 'cancelled';
        await signPrograms(
          {
            ...{ tool, credentialId, files, lendsKey: true, signal: rooms.signal },
            signed: (each) => signed.push(each),
            ...(command.timestamp !== undefined && { timestamp: command.timestamp }),
          },
          {
            ...{ ...house, platform: currentPlatform(), now: rooms.now },
            surroundings: surroundings(),
          },
        );
      } finally {
        await house.enrollments.discard(enrollmentId);
      }
      const at = rooms.now().toISOString();
      const shown = signed.map(shownOf);
      rooms.output.result({ version: 1, at, with: tool, files: shown }, lines(signed));
      return 'done';
    });
  } catch (error) {
    for (const each of signed) {
      rooms.output.progress({ event: 'signed', ...shownOf(each) }, lineOf(each));
    }
    if (rooms.signal.aborted) throw new CommandError('cancelled', 'stopped', { cause: error });
    throw error instanceof SigningError ? toldSigning(error, tool) : error;
  }
}

function assertFits({ timestamp }: SignOnceCommand, offer: CredentialOffer): void {
  if (!offer.key.places.includes('software')) {
    throw new CommandError('failed', 'a key of this offer is made for good, and not in software');
  }
  // Without one, nothing that it signs outlives the certificate, which has minutes to live.
  if (timestamp !== undefined || offer.timestamp !== undefined) return;
  const sentence = 'the offer names no timestamp server: say one by --timestamp, or none';
  throw new CommandError('usage', sentence);
}

/** The id of its credential; undefined: it was cancelled. */
async function issued(
  watch: EnrollmentWatch,
  enrollmentId: string,
  { house, rooms }: { readonly house: House; readonly rooms: CommandRooms },
): Promise<string | undefined> {
  const watched = watch.of(enrollmentId);
  const answers = { codes: new GivenCodes(null), byCode: false };
  try {
    const ended = await follow(watched, { house, rooms, answers });
    return typeof ended === 'string' ? undefined : ended.credentialId;
  } catch (error) {
    const state = watched.latest;
    throw error instanceof CommandError && state !== undefined ? explained(error, state) : error;
  }
}

/** A CA cannot know that nobody wanted to ask; it says what its order lacks. */
function explained(error: CommandError, state: EnrollmentState): CommandError {
  const { failure } = error;
  const at = 'at' in state ? state.at : state.step;
  if (failure?.code !== 'acme-problem') return error;
  const type = failure.problem.type.replace('urn:ietf:params:acme:error:', '');
  const isNotCovered = at === 'order' && type === 'malformed';
  const isSpent = at === 'issue' && type === 'unauthorized';
  if (!isNotCovered && !isSpent) return error;
  const why = isSpent
    ? 'what was agreed beforehand was used up or withdrawn in this moment'
    : 'nobody has agreed beforehand, or all certificates that were agreed to are used up';
  const next = 'an approver can propose more; --wait asks for this one';
  const said = failure.problem.detail === '' ? '' : ` (${failure.problem.detail})`;
  return new CommandError('not-approved', `${why}: ${next}${said}`, { failure, cause: error });
}
