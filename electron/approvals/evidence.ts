import { createHash, createPublicKey, verify, X509Certificate, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { thumbprintOf } from '../acme/key-authorization.ts';
import { readPublicKey } from '../keys/public-key.ts';
import { isJwsBy, readJson, splitJws } from './jws-verification.ts';
import type { Evidence, ReceiptContent } from './receipt-content.ts';

/** What a receipt has to be about. */
export type Claim = Pick<ReceiptContent, 'directory' | 'digest' | 'decision' | 'reason' | 'by'> & {
  readonly approvalUrl: string;
};

/** Whether what the approver signed is this decision about this document, for this account. */
export function isBound(evidence: Evidence, claim: Claim): boolean {
  if (evidence.type === 'account')
    return claim.decision === 'decline' && isDecline(evidence, claim);
  if (claim.decision !== 'approve' || claim.reason !== undefined) return false;
  const [, digest, account] = bound.exec(evidence.keyAuthorization) ?? [];
  if (digest !== claim.digest || account !== claim.by.account) return false;
  if (evidence.type === 'passkey') return isCeremony(evidence, claim.directory);
  const payload = splitJws(evidence.sig)?.payload;
  return (
    payload !== undefined && fromBase64url(payload).toString('latin1') === evidence.keyAuthorization
  );
}

/** Whether the signature is by the key that the receipt names. */
export function isSigned(evidence: Evidence, claim: Claim): boolean {
  try {
    switch (evidence.type) {
      case 'passkey':
        return isAssertion(evidence);
      case 'key':
        return isByKey(evidence, claim);
      case 'certificate':
        return isByCertificate(evidence, claim);
      case 'account':
        return isByAccount(evidence, claim);
    }
  } catch {
    // OpenSSL throws for keys, certificates and signatures that it cannot read: then nobody has signed.
    return false;
  }
}

/** KA′ (docs/approvals.md §4). */
const bound = /^[A-Za-z0-9_-]{22,255}\.([A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]{43})$/;

type Of<Type extends Evidence['type']> = Extract<Evidence, { type: Type }>;

const clientData = z.object({
  type: z.literal('webauthn.get'),
  challenge: z.string(),
  origin: z.string(),
  crossOrigin: z.literal(false).optional(),
  topOrigin: z.undefined().optional(),
});

const userPresent = 0x01;
const userVerified = 0x04;

/** WebAuthn L3 §7.2, as far as a receipt can show it: the CA's own origin, the challenge made of KA′, and a person. */
function isCeremony(evidence: Of<'passkey'>, directory: string): boolean {
  const { origin, hostname } = new URL(directory);
  const data = clientData.safeParse(readJson(fromBase64url(evidence.clientDataJSON))).data;
  const expected = sha256(Buffer.from(evidence.keyAuthorization, 'ascii')).toString('base64url');
  if (data?.challenge !== expected || data.origin !== origin) return false;
  const authenticatorData = fromBase64url(evidence.authenticatorData);
  const flags = authenticatorData[32] ?? 0;
  const isPerson = (flags & userPresent) !== 0 && (flags & userVerified) !== 0;
  return isPerson && authenticatorData.subarray(0, 32).equals(sha256(Buffer.from(hostname)));
}

function isAssertion({
  publicKey,
  authenticatorData,
  clientDataJSON,
  signature,
}: Of<'passkey'>): boolean {
  const key = keyOf(publicKey);
  const signed = [fromBase64url(authenticatorData), sha256(fromBase64url(clientDataJSON))];
  return verify(assertionDigest(key), Buffer.concat(signed), key, fromBase64url(signature));
}

/** COSE: ES256 is with P-256 here, ES384 with P-384, and ES512 with P-521; RSA is RS256. */
function assertionDigest({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string | null {
  if (asymmetricKeyType === 'ed25519') return null;
  if (asymmetricKeyType === 'rsa') return 'sha256';
  const digest = curveDigests[asymmetricKeyDetails?.namedCurve ?? ''];
  if (digest === undefined) throw new TypeError('no such passkeys');
  return digest;
}

const curveDigests: Readonly<Record<string, string>> = {
  prime256v1: 'sha256',
  secp384r1: 'sha384',
  secp521r1: 'sha512',
};

const keyHeader = z.strictObject({
  alg: z.string(),
  typ: z.literal('acme-ppkp-01+jws'),
  jwk: z.record(z.string(), z.string()),
  url: z.string(),
});

function isByKey({ sig, publicKey }: Of<'key'>, { directory }: Claim): boolean {
  const key = keyOf(publicKey);
  const header = keyHeader.safeParse(headerOf(sig)).data;
  if (header === undefined || !isAt(header.url, directory)) return false;
  const named = createPublicKey({ key: header.jwk, format: 'jwk' });
  return named.equals(key) && isCompactBy(sig, header.alg, key);
}

const certificateHeader = z.strictObject({
  alg: z.string(),
  typ: z.literal('acme-cert-01+jws'),
  x5c: z.array(z.string()).min(1).max(8),
  url: z.string(),
});

function isByCertificate({ sig }: Of<'certificate'>, { directory }: Claim): boolean {
  const header = certificateHeader.safeParse(headerOf(sig)).data;
  if (header === undefined || !isAt(header.url, directory)) return false;
  const leaf = new X509Certificate(Buffer.from(header.x5c[0] ?? '', 'base64'));
  return isCompactBy(sig, header.alg, leaf.publicKey);
}

const declinePayload = z.strictObject({
  decline: z.strictObject({ digest: z.string(), reason: z.string() }),
});
const requestHeader = z.strictObject({
  alg: z.string(),
  kid: z.string(),
  nonce: z.string(),
  url: z.string(),
});

/** The payload of the request that declined says the same as the receipt. */
function isDecline(evidence: Of<'account'>, { digest, reason, approvalUrl }: Claim): boolean {
  const said = declinePayload.safeParse(readJson(fromBase64url(evidence.payload))).data?.decline;
  const header = requestHeader.safeParse(readJson(fromBase64url(evidence.protected))).data;
  const isSame = said?.digest === digest && said.reason === reason;
  return isSame && header?.url === approvalUrl;
}

function isByAccount(evidence: Of<'account'>, { by }: Claim): boolean {
  const header = requestHeader.safeParse(readJson(fromBase64url(evidence.protected))).data;
  const { jwk: publicJwk } = readPublicKey(fromBase64url(evidence.publicKey));
  if (header === undefined || thumbprintOf({ publicJwk }) !== by.account) return false;
  const { protected: head, payload, signature } = evidence;
  const key = keyOf(evidence.publicKey);
  return isJwsBy({ header: head, payload, signature }, header.alg, key);
}

function isCompactBy(sig: string, algorithm: string, key: KeyObject): boolean {
  const parts = splitJws(sig);
  return parts !== undefined && isJwsBy(parts, algorithm, key);
}

const headerOf = (sig: string): unknown => readJson(fromBase64url(splitJws(sig)?.header ?? ''));

const keyOf = (spki: string): KeyObject =>
  createPublicKey({ key: fromBase64url(spki), format: 'der', type: 'spki' });

/** A challenge of that CA. */
const isAt = (url: string, directory: string): boolean =>
  URL.parse(url)?.origin === new URL(directory).origin;

const fromBase64url = (text: string): Buffer => Buffer.from(text, 'base64url');

const sha256 = (octets: Uint8Array): Buffer => createHash('sha256').update(octets).digest();
