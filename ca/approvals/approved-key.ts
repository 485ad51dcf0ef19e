import { createHash, createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { thumbprintOf, weaknessOf } from '../account-key.ts';
import { isBase64Url } from '../jws.ts';
import { Problem } from '../problems.ts';
import type { ApprovalPolicy, Profile } from '../profiles.ts';
import type { State } from '../state.ts';
import { publicKeyInfoOf } from '../x509/public-key-info.ts';
import { keyAlgorithms, keyPlaces } from './document.ts';
import type { ApprovedKey } from './document.ts';
import { readMembers, readText } from './texts.ts';

const members = ['spki', 'place', 'token', 'neverExtractable', 'local'] as const;
const tokenWords = { minimum: 0, maximum: 64 };

/** Reads `key` of `approval` in an order (docs/approvals.md §3). Throws `malformed`, or `unauthorized` for a key that the profile does not take. */
export function readApprovedKey(
  value: unknown,
  profile: Profile & { readonly approval: ApprovalPolicy },
  state: State,
): ApprovedKey {
  const given = readMembers(value, 'The "key" of "approval"', members);
  const publicKey = readPublicKey(given.spki, state);
  const { place, neverExtractable, local } = given;
  const known = keyPlaces.find((one) => one === place);
  if (known === undefined || typeof neverExtractable !== 'boolean' || typeof local !== 'boolean') {
    const detail = 'The "key" must have a known "place", and say "neverExtractable" and "local".';
    throw new Problem('malformed', detail);
  }
  const key = {
    ...{ spkiSha256: spkiDigest(publicKey), algorithm: algorithmOf(publicKey), place: known },
    ...(given.token === undefined ? {} : { token: readToken(given.token) }),
    ...{ neverExtractable, local },
  };
  if (profile.approval.key === 'hardware' && !isOnHardware(key)) {
    const detail =
      'The profile takes keys alone that were made on a token or TPM and never leave it.';
    throw new Problem('unauthorized', detail);
  }
  return key;
}

/** base64url(SHA-256(SubjectPublicKeyInfo)), of the one form that it has. */
export function spkiDigest(key: KeyObject): string {
  return createHash('sha256').update(publicKeyInfoOf(key)).digest('base64url');
}

function isOnHardware({ place, neverExtractable, local }: ApprovedKey): boolean {
  return (place === 'token' || place === 'tpm') && neverExtractable && local;
}

function readPublicKey(value: unknown, { accounts }: State): KeyObject {
  if (typeof value !== 'string' || value === '' || !isBase64Url(value)) {
    throw new Problem('malformed', 'The "key" has no base64url "spki".');
  }
  const bytes = Buffer.from(value, 'base64url');
  const key = importKey(bytes);
  // The digest that approvers see is of these octets.
  if (!publicKeyInfoOf(key).equals(bytes)) {
    throw new Problem('malformed', 'The "spki" is not in the form of RFC 5480, 3279 or 8410.');
  }
  const weakness = weaknessOf(key);
  if (weakness !== undefined) throw new Problem('malformed', weakness);
  if (accounts.findByThumbprint(thumbprintOf(key)) !== undefined) {
    // RFC 8555 §11.1.
    throw new Problem('malformed', 'The "spki" is the key of an account.');
  }
  return key;
}

function importKey(bytes: Buffer): KeyObject {
  try {
    const key = createPublicKey({ key: bytes, format: 'der', type: 'spki' });
    if (['ec', 'rsa', 'ed25519'].includes(key.asymmetricKeyType ?? '')) return key;
  } catch (cause) {
    throw new Problem('malformed', 'The "spki" cannot be read.', { cause });
  }
  throw new Problem('malformed', 'The "spki" is of a kind of key that is not certified here.');
}

function algorithmOf(key: KeyObject): ApprovedKey['algorithm'] {
  const { namedCurve = '', modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  const curve = { prime256v1: 'P-256', secp384r1: 'P-384' }[namedCurve];
  const rsa = key.asymmetricKeyType === 'rsa' ? `RSA-${modulusLength}` : undefined;
  const name = curve ?? rsa ?? (key.asymmetricKeyType === 'ed25519' ? 'Ed25519' : undefined);
  const known = keyAlgorithms.find((one) => one === name);
  if (known !== undefined) return known;
  throw new Problem('malformed', `The key must be one of ${keyAlgorithms.join(', ')}.`);
}

function readToken(value: unknown): NonNullable<ApprovedKey['token']> {
  const what = 'The "token" of the key';
  const given = readMembers(value, what, ['manufacturer', 'model', 'serial']);
  return {
    manufacturer: readText(given.manufacturer, `${what}, its manufacturer,`, tokenWords),
    model: readText(given.model, `${what}, its model,`, tokenWords),
    serial: readText(given.serial, `${what}, its serial number,`, tokenWords),
  };
}
