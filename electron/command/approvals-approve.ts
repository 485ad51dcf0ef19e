import { setTimeout as delay } from 'node:timers/promises';
import type { CertificateCandidate, RegisteredKeyView } from '../../shared/enrollment-state.ts';
import type { ApprovalRequest } from '../../shared/models/approval.ts';
import type { House } from '../house.ts';
import { unlessAborted } from './abort.ts';
import type { ApproveAct } from './approvals-command-line.ts';
import { documentLines } from './approvals-document.ts';
import { placeOf, type ApprovalPlace } from './approvals-places.ts';
import { receiptLine, receiptShown } from './approvals-shown.ts';
import { CommandError } from './command-error.ts';
import type { Outcome } from './exit-code.ts';
import { pinFrom, type GivenPin } from './given-pin.ts';
import { inHouse, type CommandRooms } from './rooms.ts';
import { failureSentence } from './sentences.ts';

type Room = Pick<House, 'approvals' | 'organizations' | 'wallet'>;

/** How the request is answered. */
type Chosen = {
  readonly challengeId: string;
  /** A token's label. */
  readonly token: string | undefined;
  readonly words: string;
} & (
  | { readonly by: 'certificate'; readonly candidateId: string; readonly credentialId?: string }
  | { readonly by: 'key'; readonly thumbprint: string }
);

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
    `Digest: ${digest}`,
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
  chosen: Chosen,
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
async function choose(
  request: ApprovalRequest,
  act: ApproveAct,
  {
    approvals,
    signal,
    patience,
  }: Pick<Room, 'approvals'> & Pick<CommandRooms, 'signal'> & { readonly patience: Patience },
): Promise<Chosen> {
  const { organizationId, approvalId, digest } = request;
  let current = request;
  for (let waited = 0; ; waited += patience.between) {
    const [only, ...others] = waysOf(current).filter((way) => isMeant(way, act));
    if (only !== undefined && others.length === 0) return only;
    if (only !== undefined) throw ambiguous([only, ...others]);
    if (waited >= patience.whole) throw nothingSigns(current, act);
    await delay(patience.between, undefined, { signal });
    current = await unlessAborted(approvals.open({ organizationId, approvalId }), signal);
    if (current.digest !== digest) throw refused('changed');
  }
}

function isMeant(way: Chosen, { certificate, key }: ApproveAct): boolean {
  if (certificate !== undefined) {
    return way.by === 'certificate' && [way.candidateId, way.credentialId].includes(certificate);
  }
  return key === undefined || (way.by === 'key' && way.thumbprint === key);
}

function waysOf({ challenges }: ApprovalRequest): readonly Chosen[] {
  return challenges
    .filter(({ status }) => status === 'pending')
    .flatMap((challenge): readonly Chosen[] => {
      const { challengeId } = challenge;
      if (challenge.kind === 'certificate') {
        return challenge.candidates
          .filter(({ hindrance }) => hindrance === undefined)
          .map((candidate) => byCertificate(challengeId, candidate));
      }
      if (challenge.kind !== 'passkey') return [];
      return challenge.keys.map((key) => byKey(challengeId, key));
    });
}

function byCertificate(
  challengeId: string,
  { candidateId, credentialId, subject, token }: CertificateCandidate,
): Chosen {
  return {
    ...{ by: 'certificate', challengeId, candidateId, token },
    ...(credentialId !== undefined && { credentialId }),
    words: `the certificate ${credentialId ?? candidateId} of ${subject}`,
  };
}

const byKey = (challengeId: string, { thumbprint, token }: RegisteredKeyView): Chosen => ({
  ...{ by: 'key', challengeId, thumbprint, token },
  words: `the registered key ${thumbprint}`,
});

function ambiguous(ways: readonly Chosen[]): CommandError {
  const which = ways.map(({ words }) => words).join(' or ');
  return new CommandError('not-found', `say by --certificate or --key which signs: ${which}`);
}

function nothingSigns(
  { challenges }: ApprovalRequest,
  { certificate, key }: ApproveAct,
): CommandError {
  if (certificate !== undefined || key !== undefined) {
    return new CommandError(
      'not-found',
      'nothing that the CA accepts is called so, and can sign now',
    );
  }
  const isForScreens = challenges.some(
    ({ kind, status }) => kind === 'passkey' && status === 'pending',
  );
  const instead = isForScreens
    ? '; passkeys are for screens: approve it in the desktop wallet'
    : '';
  return new CommandError(
    'not-found',
    `no certificate or key that the CA accepts can sign now${instead}`,
  );
}

function refused(reason: 'changed' | 'not-permitted'): CommandError {
  const failure = { code: 'approval', reason } as const;
  return new CommandError('failed', failureSentence(failure), { failure });
}
