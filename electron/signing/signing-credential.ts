import { X509Certificate, type KeyObject } from 'node:crypto';
import { endianness } from 'node:os';
import type { KeyPlace, KeyType } from '../../shared/models/enrollment-profile.ts';
import type { TokenView } from '../../shared/models/token.ts';
import { readChain } from '../certificates/pem.ts';
import { exportCredential } from '../credentials/export.ts';
import { pkcs11Uri } from '../install/pkcs11-uri.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import type { TokenAccess, TokenReference } from '../pkcs11/token-access.ts';
import type { Platform } from '../platform/platform.ts';
import type { CredentialRecord } from '../wallet/credential-store.ts';

/** What programs of others are told of a credential. Holds no PIN and no key. */
export interface SigningCredential {
  readonly id: string;
  readonly system: Platform['name'];
  readonly keyType: KeyType;
  readonly place: KeyPlace;
  readonly publicKey: KeyObject;
  /** SHA-1 of the certificate, by which stores of systems know it. */
  readonly thumbprint: string;
  /** It lies in the system's store, which asks for what it needs by itself. */
  readonly isInSystemStore: boolean;
  /** What certificate and issuers are called when the person saves them. */
  readonly certificateFile: string;
  /** RFC 3161. */
  readonly timestampUrl?: string;
  readonly token?: SigningToken;
}

export interface SigningToken {
  readonly reference: TokenReference;
  readonly modulePath: string;
  /** RFC 7512, of the private key and of the certificate. */
  readonly keyUri: string;
  readonly certificateUri: string;
  /** CKA_ID, lower-case hex. */
  readonly keyId: string;
  /** CK_SLOT_ID, decimal; absent while it is not plugged in. */
  readonly slot?: string;
  /** What the certificate beside the key is called there. */
  readonly certificateLabel: string;
  /** No other certificate there is called so; `false` where it is not known. */
  readonly isLabelUnique: boolean;
  readonly isTpm: boolean;
  /** Each signature wants the PIN anew. */
  readonly wantsPinEachTime: boolean;
}

export interface CredentialSight {
  readonly keys: Pick<KeyRing, 'onToken' | 'exportPkcs8'>;
  readonly tokens: Pick<TokenAccess, 'modules' | 'tokenIdOf' | 'lockOf'>;
  readonly platform: Pick<Platform, 'name'>;
}

const systemStores: readonly string[] = ['windows-store', 'keychain'];

/** Looks at the token where it is plugged in and somebody has looked for tokens before; asks for no PIN. */
export async function signingCredential(
  record: CredentialRecord,
  sight: CredentialSight,
): Promise<SigningCredential> {
  const [leaf = ''] = readChain(record.chain);
  const certificate = new X509Certificate(leaf);
  const { type: keyType, place } = record.key;
  const { keys, platform } = sight;
  const file = await exportCredential(record, { credentialId: record.id, format: 'pem' }, keys);
  const token = await tokenOf(record, certificate, sight);
  return {
    ...{ id: record.id, system: platform.name, keyType, place, publicKey: certificate.publicKey },
    thumbprint: certificate.fingerprint.replaceAll(':', ''),
    isInSystemStore:
      place === 'os' || record.installations.some(({ target }) => systemStores.includes(target)),
    certificateFile: file.suggestedName,
    ...(record.timestamp && { timestampUrl: record.timestamp.url }),
    ...(token && { token }),
  };
}

async function tokenOf(
  { key, subject }: CredentialRecord,
  { fingerprint256 }: X509Certificate,
  { keys, tokens }: CredentialSight,
): Promise<SigningToken | undefined> {
  const found = keys.onToken(key.id);
  if (found === null) return undefined;
  const { token: reference, id: keyId } = found.key;
  const fingerprint = fingerprint256.replaceAll(':', '').toLowerCase();
  const tokenId = tokens.tokenIdOf(reference);
  const view = tokenId === null ? undefined : viewOf(tokenId, tokens);
  const beside = view?.certificates.find((each) => each.fingerprint === fingerprint);
  const named = { token: reference, keyId };
  return {
    ...{ reference, keyId, modulePath: reference.modulePath },
    ...{ keyUri: pkcs11Uri(named, 'private'), certificateUri: pkcs11Uri(named, 'cert') },
    ...(view && { slot: await slotOf(reference, tokens) }),
    certificateLabel: beside?.label ?? subject,
    isLabelUnique: view?.certificates.filter(({ label }) => label === beside?.label).length === 1,
    isTpm: key.place === 'tpm' || view?.kind === 'tpm',
    wantsPinEachTime:
      view?.keys.some((each) => each.keyId === keyId && each.alwaysAuthenticate) ?? false,
  };
}

function viewOf(tokenId: string, { modules }: Pick<TokenAccess, 'modules'>): TokenView | undefined {
  return modules
    .flatMap(({ readers }) => readers.flatMap(({ token }) => token ?? []))
    .find((token) => token.tokenId === tokenId);
}

async function slotOf(
  reference: TokenReference,
  tokens: CredentialSight['tokens'],
): Promise<string> {
  const { sighting } = await tokens.lockOf(reference);
  const octets = Buffer.from(sighting.slot, 'hex');
  // CK_SLOT_ID as it lies in memory.
  if (endianness() === 'LE') octets.reverse();
  return BigInt(`0x${octets.toString('hex')}`).toString();
}
