import { basename } from 'node:path';
import type { SigningTool } from '../../shared/models/signing.ts';
import { readDetails } from '../certificates/certificate-details.ts';
import { anyExtendedKeyUsage } from '../certificates/extended-key-usage.ts';
import { derOf, pemText, readChain } from '../certificates/pem.ts';
import { CredentialError } from '../credentials/credential-error.ts';
import { keyUse, loginOwner } from '../credentials/key-use.ts';
import type { KeyRing, KeyUse } from '../keys/key-ring.ts';
import type { TokenAccess } from '../pkcs11/token-access.ts';
import type { Platform } from '../platform/platform.ts';
import type { CredentialRecord } from '../wallet/credential-store.ts';
import type { Wallet } from '../wallet/wallet.ts';
import { runnablePrograms } from './programs.ts';
import { assertFree, type FileToSign } from './signed-file.ts';
import { signingCredential, type SigningCredential } from './signing-credential.ts';
import { SigningError } from './signing-error.ts';
import { fileObstacleOf, obstacleOf } from './signing-program.ts';
import { signFile, type ProgramSurroundings, type RunnableProgram } from './signing-run.ts';

export interface ProgramsToSign {
  readonly tool: SigningTool;
  readonly credentialId: string;
  readonly files: readonly FileToSign[];
  /** In place of the server that the organisation names; `none`: no timestamp. */
  readonly timestamp?: string;
  /** The key is in software and lent to the program as a file, for once. */
  readonly lendsKey?: true;
  readonly signal: AbortSignal;
  readonly signed: (file: SignedProgram) => void;
}

export interface SignedProgram extends FileToSign {
  /** SHA-256, hex. */
  readonly digest: string;
}

export interface SigningRooms {
  readonly wallet: Pick<Wallet, 'credentials' | 'organizations' | 'activity'>;
  readonly keys: Pick<KeyRing, 'onToken' | 'exportPkcs8' | 'lendPin' | 'checkModule' | 'rest'>;
  readonly tokens: Pick<TokenAccess, 'modules' | 'tokenIdOf' | 'lockOf' | 'watch' | 'findKey'>;
  readonly platform: Pick<Platform, 'name' | 'homeDirectory'>;
  readonly surroundings: Omit<ProgramSurroundings, 'home'>;
  readonly now: () => Date;
}

/**
 * Has a program of others sign files, one after the other, for one PIN. The first that fails ends it; `signed` has heard of those
 * before it. Rejects with `SigningError`, `CredentialError`, `TokenError`, `ModuleError`, and what the signal was
 * aborted with.
 */
export async function signPrograms(wish: ProgramsToSign, rooms: SigningRooms): Promise<void> {
  const { wallet, keys, tokens } = rooms;
  const record = signerRecord(wish.credentialId, rooms);
  const program = runnablePrograms.find((each) => each.program.tool === wish.tool);
  if (program === undefined) throw new SigningError('tool-missing', wish.tool);
  if (record.key.token !== undefined) await tokens.watch();
  const credential = withTimestamp(await signingCredential(record, rooms), wish);
  for (const { destination } of wish.files) await assertFree(destination);
  if (wish.lendsKey === true) {
    await signByLentKey({ ...wish, program, record, credential }, rooms);
    return;
  }
  const obstacle = obstacleOf(program.program, credential);
  if (obstacle !== undefined) throw new SigningError('obstacle', wish.tool, { obstacle });
  // The programs load it into their own processes.
  await keys.checkModule(record.key.id);
  const { organizationId, id: purpose } = record;
  const reason = 'sign-program';
  const use = keyUse(wallet, { organizationId, purpose, reason, signal: wish.signal });
  try {
    await withPin(credential, { record, use }, rooms, async (pin) => {
      await assertOnePin(program, credential, rooms);
      await signAll({ ...wish, program, record, credential }, pin, rooms);
    });
  } finally {
    await keys.rest(loginOwner(organizationId, purpose));
  }
}

interface Unlocked {
  readonly pin: Uint8Array | null;
  readonly hasPinPad: boolean;
  readonly lentKey?: Uint8Array;
}

async function signByLentKey(signing: Signing, rooms: SigningRooms): Promise<void> {
  const { program, record, credential, tool } = signing;
  const obstacle = fileObstacleOf(program.program, credential);
  if (obstacle !== undefined || program.signByFile === undefined) {
    throw new SigningError('obstacle', tool, { obstacle: obstacle ?? 'key-in-software' });
  }
  const lentKey = await rooms.keys.exportPkcs8(record.key.id);
  try {
    await signAll(signing, { pin: null, hasPinPad: false, lentKey }, rooms);
  } finally {
    lentKey.fill(0);
  }
}

/** A token without a login has no PIN to be asked for. */
async function withPin(
  { token }: SigningCredential,
  { record, use }: { readonly record: CredentialRecord; readonly use: KeyUse },
  { keys, tokens }: SigningRooms,
  work: (unlocked: Unlocked) => Promise<void>,
): Promise<void> {
  if (token === undefined) throw new SigningError('obstacle', '', { obstacle: 'key-in-software' });
  const { login } = await tokens.lockOf(token.reference);
  if (login === 'none') return work({ pin: null, hasPinPad: false });
  return keys.lendPin(record.key.id, use, (pin) => work({ pin, hasPinPad: pin === null }));
}

/** Many tokens, PIV cards among them, show only who has logged in that a key wants the PIN for each signature. */
async function assertOnePin(
  { program }: RunnableProgram,
  { token, ...credential }: SigningCredential,
  { tokens }: SigningRooms,
): Promise<void> {
  if (token === undefined) return;
  const found = await tokens.findKey({ token: token.reference, id: token.keyId });
  if (found === null || found === 'incomplete') return;
  const known = { ...token, wantsPinEachTime: found.alwaysAuthenticate };
  const obstacle = obstacleOf(program, { ...credential, token: known });
  if (obstacle !== undefined) throw new SigningError('obstacle', program.tool, { obstacle });
}

interface Signing extends ProgramsToSign {
  readonly program: RunnableProgram;
  readonly record: CredentialRecord;
  readonly credential: SigningCredential;
}

async function signAll(signing: Signing, unlocked: Unlocked, rooms: SigningRooms): Promise<void> {
  const { files, program, record, credential, signal, signed } = signing;
  const chain = record.chain;
  const wish = { program, credential, chain, ...rootsFor(signing, rooms), ...unlocked, signal };
  const home = rooms.platform.homeDirectory;
  for (const file of files) {
    signal.throwIfAborted();
    const digest = await signFile(file, wish, { ...rooms.surroundings, home });
    remember(record, `${signing.tool} · ${basename(file.destination)} (SHA-256 ${digest})`, rooms);
    signed({ ...file, digest });
  }
}

function remember(record: CredentialRecord, detail: string, { wallet }: SigningRooms): void {
  const { id: credentialId, organizationId } = record;
  wallet.activity.append({ event: 'program-signed', organizationId, credentialId, detail });
}

function withTimestamp(
  { timestampUrl, ...credential }: SigningCredential,
  { timestamp = timestampUrl }: ProgramsToSign,
): SigningCredential {
  if (timestamp === undefined || timestamp === 'none') return credential;
  return { ...credential, timestampUrl: timestamp };
}

/** Those of the organisation; a timestamp server of the person's own is one that this computer trusts. */
function rootsFor({ record, timestamp }: Signing, { wallet }: SigningRooms) {
  const own = wallet.organizations.find(record.organizationId)?.profile.roots ?? [];
  const named = record.timestamp?.roots ?? own;
  const isNamed = timestamp === undefined || timestamp === record.timestamp?.url;
  const pem = (der: string): string => pemText(Buffer.from(der, 'base64'));
  // A server that answers for the organisation's own roots has its TLS certificate from there, too.
  const isOwn = isNamed && record.timestamp?.roots === undefined;
  return {
    roots: own.map(pem),
    timestampRoots: isNamed ? named.map(pem) : [],
    serverRoots: isOwn ? own.map(pem) : [],
  };
}

const codeSigning = '1.3.6.1.5.5.7.3.3';

/** Throws `CredentialError` and `SigningError`. */
function signerRecord(credentialId: string, { wallet, now }: SigningRooms): CredentialRecord {
  const record = wallet.credentials.find(credentialId);
  if (record === undefined) throw new CredentialError({ code: 'not-found' }, 'signing a program');
  const [leaf = ''] = readChain(record.chain);
  const { extendedKeyUsages } = readDetails(derOf(leaf));
  const isAllowed = extendedKeyUsages.some((usage) =>
    [codeSigning, anyExtendedKeyUsage].includes(usage),
  );
  if (record.purpose !== 'codeSigning' || !isAllowed) throw new SigningError('not-for-programs');
  const at = now().getTime();
  const isNow = Date.parse(record.notBefore) <= at && at <= Date.parse(record.notAfter);
  if (record.status !== 'active' || !isNow) throw new SigningError('not-valid-now');
  return record;
}
