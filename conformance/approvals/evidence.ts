import { createHash, createPublicKey, verify, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import {
  calculateJwkThumbprint,
  compactVerify,
  decodeProtectedHeader,
  errors,
  flattenedVerify,
} from 'jose';
import type { Json } from '../acme/objects.ts';

/** What an approver signed, as a receipt holds it (docs/approvals.md §6). */
export type Evidence = {
  readonly type: string;
  readonly members: Json;
};

type Receipt = {
  /** URL. */
  readonly directory: string;
  readonly digest: string;
  /** URL of the request. */
  readonly request: unknown;
  readonly decision: string;
  readonly reason: string | undefined;
  /** Thumbprint of the account key. */
  readonly account: string;
  readonly evidence: Evidence;
};

const memberNames: Readonly<Record<string, readonly string[]>> = {
  passkey: [
    ...['type', 'keyAuthorization', 'publicKey'],
    ...['authenticatorData', 'clientDataJSON', 'signature'],
  ],
  key: ['type', 'keyAuthorization', 'publicKey', 'sig'],
  certificate: ['type', 'keyAuthorization', 'sig'],
  account: ['type', 'publicKey', 'protected', 'payload', 'signature'],
};

/** Why evidence shows nothing; undefined when the approver has signed this and nothing else. */
export async function evidenceFault(receipt: Receipt): Promise<string | undefined> {
  const { type, members } = receipt.evidence;
  const names = memberNames[type];
  if (names === undefined) return `evidence of the type "${type}"`;
  const found = Object.keys(members);
  if (names.some((name) => typeof members[name] !== 'string') || found.length !== names.length) {
    return `evidence of the type ${type} with ${found.join(', ')}`;
  }
  if (type === 'account') return accountFault(receipt);
  if (receipt.decision !== 'approve') return `a decline by ${type}`;
  const [token = '', digest, account] = textOf(members, 'keyAuthorization').split('.');
  if (!/^[A-Za-z0-9_-]{22,255}$/.test(token)) return 'KA′ without a token';
  if (digest !== receipt.digest) return 'KA′ has another digest';
  if (account !== receipt.account) return 'KA′ has another account';
  return type === 'passkey'
    ? passkeyFault(members, new URL(receipt.directory))
    : await proofFault(type, members);
}

/** WebAuthn L3 §7.2, as far as it can be seen in a receipt. */
function passkeyFault(members: Json, directory: URL): string | undefined {
  const clientData = octetsOf(members, 'clientDataJSON');
  const {
    type,
    challenge,
    origin,
    crossOrigin = false,
  } = JSON.parse(clientData.toString()) as Json;
  if (type !== 'webauthn.get') return 'the passkey was asked for something else';
  if (crossOrigin !== false) return 'the passkey was asked within another page';
  if (origin !== directory.origin) return 'the passkey was asked by another origin';
  const ka = textOf(members, 'keyAuthorization');
  if (challenge !== sha256(ka).toString('base64url')) return 'the passkey signed another challenge';
  const data = octetsOf(members, 'authenticatorData');
  if (!data.subarray(0, 32).equals(sha256(directory.hostname)))
    return 'the passkey is of another host';
  if (((data[32] ?? 0) & 0x05) !== 0x05) return 'the passkey saw nobody, or did not verify them';
  const key = publicKeyOf(members);
  const digest = key.asymmetricKeyType === 'ed25519' ? null : 'sha256';
  const signed = Buffer.concat([data, sha256(clientData)]);
  return verify(digest, signed, key, octetsOf(members, 'signature'))
    ? undefined
    : 'the signature of the passkey is wrong';
}

async function proofFault(type: string, members: Json): Promise<string | undefined> {
  const sig = textOf(members, 'sig');
  const { typ, x5c } = decodeProtectedHeader(sig);
  if (typ !== (type === 'key' ? 'acme-ppkp-01+jws' : 'acme-cert-01+jws'))
    return `a JWS of typ ${typ}`;
  const key = type === 'key' ? publicKeyOf(members) : leafOf(x5c);
  const payload = await payloadOf(() => compactVerify(sig, key));
  if (payload === undefined) return 'the signature of the JWS is wrong';
  return payload === members['keyAuthorization'] ? undefined : 'the payload of the JWS is not KA′';
}

function leafOf(x5c: readonly string[] | undefined): KeyObject {
  return new X509Certificate(Buffer.from(x5c?.[0] ?? '', 'base64')).publicKey;
}

/** A decline is signed by the account. */
async function accountFault({ evidence, ...receipt }: Receipt): Promise<string | undefined> {
  const { members } = evidence;
  const key = publicKeyOf(members);
  const thumbprint = await calculateJwkThumbprint(key.export({ format: 'jwk' }));
  if (thumbprint !== receipt.account) return 'the key is not that of the account';
  const [header, body, signature] = ['protected', 'payload', 'signature'].map((name) =>
    textOf(members, name),
  );
  if (decodeProtectedHeader({ protected: header ?? '' })['url'] !== receipt.request) {
    return 'the account declined another request';
  }
  const jws = { protected: header ?? '', payload: body ?? '', signature: signature ?? '' };
  const payload = await payloadOf(() => flattenedVerify(jws, key));
  if (payload === undefined) return 'the signature of the account is wrong';
  const { decline } = JSON.parse(payload) as { readonly decline?: Json };
  if (receipt.decision !== 'decline' || decline === undefined)
    return 'the account signed no decline';
  if (decline['digest'] !== receipt.digest) return 'the account signed another digest';
  return decline['reason'] === receipt.reason ? undefined : 'the account signed another reason';
}

async function payloadOf(
  check: () => Promise<{ readonly payload: Uint8Array }>,
): Promise<string | undefined> {
  try {
    return Buffer.from((await check()).payload).toString();
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
}

const sha256 = (data: Buffer | string): Buffer => createHash('sha256').update(data).digest();
const textOf = (members: Json, name: string): string => String(members[name]);
const octetsOf = (members: Json, name: string): Buffer =>
  Buffer.from(textOf(members, name), 'base64url');
const publicKeyOf = (members: Json): KeyObject =>
  createPublicKey({ key: octetsOf(members, 'publicKey'), format: 'der', type: 'spki' });
