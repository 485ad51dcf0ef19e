import { setTimeout as delay } from 'node:timers/promises';
import type { ApprovalRequest } from '../../shared/models/approval.ts';
import type { House } from '../house.ts';
import { unlessAborted } from './abort.ts';
import type { ApproveAct } from './approvals-command-line.ts';
import { digestLines, documentLines } from './approvals-document.ts';
import { placeOf, type ApprovalPlace } from './approvals-places.ts';
import { receiptLine, receiptShown } from './approvals-shown.ts';
import { nothingSigns, wayMeant, type Way } from './approvals-way.ts';
import { CommandError } from './command-error.ts';
import type { Outcome } from './exit-code.ts';
import { pinFrom, type GivenPin } from './given-pin.ts';
import { inHouse, type CommandRooms } from './rooms.ts';
import { failureSentence } from './sentences.ts';

type Room = Pick<House, 'approvals' | 'organizations' | 'wallet'>;

/** Characters of the digest that somebody at a terminal types. */
const typedLength = 8;
/** Drivers start, and cards are read; milliseconds. */
const usualPatience = { whole: 20_000, between: 1000 };
type Patience = typeof usualPatience;

/** `countersign approvals approve`: shows the whole document, has its digest confirmed, and signs. */
export async function approve(
  act: ApproveAct,
  rooms: CommandRooms,
  patience = usualPatience,
): Promise<Outcome> {
  const { pinFd, acceptFinalTry } = act;
  const pin = pinFrom({ pinFd, acceptFinalTry }, rooms);
  try {
    const house = rooms.openHouse({ askPin: pin.ask });
    return await inHouse(house, () => approveIn(house, act, rooms, { pin, patience }));
  } catch (error) {
    if (rooms.signal.aborted) throw new CommandError('cancelled', 'stopped', { cause: error });
    throw error;
  } finally {
    pin.close();
  }
}

async function approveIn(
  house: Room,
  act: ApproveAct,
  rooms: CommandRooms,
  { pin, patience }: { readonly pin: GivenPin; readonly patience: Patience },
): Promise<Outcome> {
  const place = placeOf(act, house);
  bind(pin, act.certificate, house);
  const request = await unlessAborted(house.approvals.open(place), rooms.signal);
  const { document, digest, mayDecide } = request;
  rooms.output.progress({ event: 'document', document, digest }, [
    'What would be approved:',
    ...documentLines(document),
    ...digestLines(digest),
  ]);
  if (!mayDecide) throw refused('not-permitted');
  await confirm(digest, act, rooms);
  const chosen = await choose(request, act, { ...house, ...rooms, patience });
  bind(pin, chosen.by === 'certificate' ? chosen.credentialId : undefined, house);
  const receipt = await answer({ ...place, digest }, chosen, house, rooms);
  rooms.output.result({ version: 1, told: rooms.now().toISOString(), ...receiptShown(receipt) }, [
    receiptLine(receipt),
  ]);
  return 'done';
}

/** Nothing is signed that was not read: the digest is of what was shown above, or of what the script was told. */
async function confirm(digest: string, act: ApproveAct, rooms: CommandRooms): Promise<void> {
  if (act.digest !== undefined) {
    if (act.digest !== digest) throw refused('changed');
    return;
  }
  const { typedInSight, output, signal } = rooms;
  if (typedInSight === undefined) {
    throw new CommandError('usage', 'where nobody sits at a terminal, --digest says what was read');
  }
  const first = digest.slice(0, typedLength);
  output.progress(
    { event: 'digest-needed', characters: typedLength },
    `To approve this, type the first ${typedLength} characters of the digest, and Enter.`,
  );
  const line = await unlessAborted(typedInSight.next(), signal);
  const typed = Buffer.from(line ?? [])
    .toString('utf8')
    .trim();
  if (typed !== first && typed !== digest) {
    throw new CommandError('failed', 'that is not how the digest begins; nothing was signed');
  }
}

async function answer(
  wish: ApprovalPlace & { readonly digest: string },
  chosen: Way,
  { approvals }: Room,
  { output, signal }: CommandRooms,
) {
  const { challengeId, by, words } = chosen;
  output.progress({ event: 'approving', by, with: words }, `It is signed with ${words}.`);
  const { organizationId, approvalId } = wish;
  const stop = (): void => void approvals.stopApproving({ organizationId, approvalId });
  signal.addEventListener('abort', stop, { once: true });
  try {
    signal.throwIfAborted();
    return await approvals.approve({
      ...{ ...wish, challengeId },
      answer:
        chosen.by === 'certificate'
          ? { by: 'certificate', candidateId: chosen.candidateId }
          : { by: 'key', thumbprint: chosen.thumbprint },
    });
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** The PIN that was given is the PIN of the token that signs, and not of one that has the account's key. */
function bind(pin: GivenPin, credentialId: string | undefined, { wallet }: Room): void {
  const credential = credentialId === undefined ? undefined : wallet.credentials.find(credentialId);
  if (credential?.key.token !== undefined) pin.bindTo(credential.key.token);
}

/** What was named, or the only thing that can sign; waits a while for tokens. */
async function choose(request: ApprovalRequest, act: ApproveAct, choosing: Choosing): Promise<Way> {
  const { approvals, wallet, signal, patience } = choosing;
  const { organizationId, approvalId, digest } = request;
  const ownerOf = (id: string): string | undefined => wallet.credentials.find(id)?.organizationId;
  let current = request;
  for (let waited = 0; ; waited += patience.between) {
    const way = wayMeant(current, act, ownerOf);
    if (way !== undefined) return way;
    if (waited >= patience.whole) throw nothingSigns(current, act);
    await delay(patience.between, undefined, { signal });
    current = await unlessAborted(approvals.open({ organizationId, approvalId }), signal);
    if (current.digest !== digest) throw refused('changed');
  }
}

interface Choosing extends Pick<Room, 'approvals' | 'wallet'>, Pick<CommandRooms, 'signal'> {
  readonly patience: Patience;
}

function refused(reason: 'changed' | 'not-permitted'): CommandError {
  const failure = { code: 'approval', reason } as const;
  return new CommandError('failed', failureSentence(failure), { failure });
}
