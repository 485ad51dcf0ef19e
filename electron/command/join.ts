import { timingSafeEqual } from 'node:crypto';
import { resolve } from 'node:path';
import type { House } from '../house.ts';
import { organizationView } from '../organizations/organization-view.ts';
import type { Preview } from '../organizations/previews.ts';
import { CommandError } from './command-error.ts';
import type { JoinCommand } from './command-line.ts';
import type { Outcome } from './exit-code.ts';
import { inEnglish } from './localized.ts';
import { inHouse, type CommandRooms } from './rooms.ts';
import { LineTooLong } from './secret-lines.ts';

/** `countersign join`. A link carries no trust: somebody vouches already, or the fingerprint is the one that was given. */
export async function join(command: JoinCommand, rooms: CommandRooms): Promise<Outcome> {
  const from = command.from === '-' ? await fromStandardInput(rooms) : command.from;
  return inHouse(rooms.openHouse({}), async (house): Promise<Outcome> => {
    const preview = await opened(from, house);
    const { organization, vouchedBy } = trusted(preview, command);
    if (preview.replacesInvitation && !command.replaceInvitation) {
      const what = 'an earlier invitation was not used yet; --replace-invitation gives it up';
      throw new CommandError('failed', what);
    }
    const { previewId } = preview;
    const { replaceInvitation } = command;
    const { organizationId } = await house.previews.accept({
      ...{ previewId, wordsMatch: true, replaceInvitation },
    });
    const name = inEnglish(organization.name);
    const offers = organization.offers.map(({ id, name: text }) => ({ id, name: inEnglish(text) }));
    const { directoryUrl: directory, signer } = organization;
    rooms.output.result(
      {
        ...{ version: 1, organization: { id: organizationId, name, directory, offers } },
        ...{ fingerprint: signer.hex, vouchedBy: vouchedBy?.by ?? 'fingerprint' },
      },
      [
        `Joined ${name} as ${organizationId}. It offers:`,
        ...offers.map((offer) => `  ${offer.id}: ${offer.name}`),
      ],
    );
    return 'done';
  });
}

/** Octets of a link. */
const longestLink = 8192;

async function fromStandardInput({ linesOf }: CommandRooms): Promise<string> {
  const line = await lineOf(linesOf(0, longestLink));
  if (line === null) throw new CommandError('usage', 'there is no link on standard input');
  const link = Buffer.from(line).toString('utf8').trim();
  line.fill(0);
  if (link === '') throw new CommandError('usage', 'that is no link');
  return link;
}

async function lineOf(lines: ReturnType<CommandRooms['linesOf']>): Promise<Uint8Array | null> {
  try {
    return await lines.next();
  } catch (error) {
    if (!(error instanceof LineTooLong)) throw error;
    throw new CommandError('usage', 'that is longer than any link', { cause: error });
  }
}

async function opened(from: string, { previews }: House): Promise<Preview> {
  if (/^(countersign|https):/i.test(from)) await previews.openLink(from);
  else await previews.openFile(resolve(from));
  const { state } = previews;
  if (state?.status === 'ready') return state.preview;
  throw state?.status === 'failed' ? state.error : new CommandError('failed', 'nothing was opened');
}

/** Throws unless somebody vouches or the fingerprint fits; one that was given and does not fit counts against all. */
function trusted({ verified, vouchedBy }: Preview, { fingerprint }: JoinCommand) {
  const organization = organizationView(verified);
  const { hex, words } = organization.signer;
  if (fingerprint !== undefined && !isSame(fingerprint, hex)) {
    throw new CommandError('not-trusted', `somebody else has signed this: ${hex}`);
  }
  if (fingerprint === undefined && vouchedBy === null) {
    const shown = `${hex} (${words.join(' ')})`;
    const what = `nobody vouches for this organisation. Its signer’s fingerprint is ${shown}`;
    const next =
      'Compare it with the one that you were given by another way, and give that one by --fingerprint';
    throw new CommandError('not-trusted', `${what}. ${next}`);
  }
  return { organization, vouchedBy };
}

const isSame = (one: string, other: string): boolean =>
  one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
