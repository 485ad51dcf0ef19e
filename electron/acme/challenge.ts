import type { ProblemDocument } from '../../shared/failure.ts';
import {
  algorithmName,
  issuerName,
  orUnreadable,
  passkeyRequest,
  thumbprint,
  type PasskeyRequest,
  type Unreadable,
} from './passkey-request.ts';
import { problemDocument } from './problem.ts';
import { AcmeProtocolError } from './protocol-error.ts';
import {
  anything,
  lenient,
  list,
  mapped,
  object,
  oneOf,
  resourceUrl,
  text,
  wholeNumber,
  type Reader,
} from './shape.ts';
import { timestamp } from './timestamp.ts';

// draft-ietf-acme-dns-persist §3.1: one to ten lower-case names in A-labels without a trailing dot, or the challenge is no good.
const issuerDomainName = text({
  maximum: 253,
  pattern: /^(?!-)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*$/,
});

const challengeObject = object({
  type: text({ minimum: 1, maximum: 64 }),
  url: resourceUrl,
  status: oneOf(['pending', 'processing', 'valid', 'invalid']),
  validated: lenient(timestamp),
  error: lenient(problemDocument),
  // Members that only some types have: in a type that nobody knows they may be anything.
  token: lenient(text({ maximum: 4096 })),
  digits: lenient(oneOf([6, 7, 8])),
  period: lenient(wholeNumber(1, 3_600)),
  prompt: lenient(text({ maximum: 1024 })),
  display: lenient(text({ maximum: 1024 })),
  'issuer-domain-names': lenient(list(issuerDomainName, { minimum: 1, maximum: 10 })),
  accounturi: lenient(text({ minimum: 1, maximum: 2048 })),
  issuers: lenient(list(issuerName, { maximum: 64 })),
  algs: lenient(list(algorithmName, { maximum: 32 })),
  publicKey: orUnreadable(passkeyRequest),
  keys: lenient(list(thumbprint, { maximum: 64 })),
  webauthnUrl: orUnreadable(resourceUrl),
  approval: anything,
});

/** One answer about a challenge (RFC 8555 §7.1.5, §8), with the members of the types that this wallet answers. */
export interface Challenge {
  readonly url: string;
  /** E.g. `totp-01`; types that this client does not know are kept. */
  readonly type: string;
  readonly status: 'pending' | 'processing' | 'valid' | 'invalid';
  readonly validated: Date | undefined;
  /** On a pending challenge: the last response was wrong, and another may be sent. */
  readonly error: ProblemDocument | undefined;
  readonly token: string | undefined;
  /** How long the code is. */
  readonly digits: 6 | 7 | 8 | undefined;
  /** Seconds of one TOTP step. */
  readonly period: number | undefined;
  /** What the server calls the thing that makes the code. Text of a stranger. */
  readonly prompt: string | undefined;
  /** What the person must key in to get the code (otp-01). Text of a stranger. */
  readonly display: string | undefined;
  /** Whom a persistent record may name (dns-persist-01); undefined also when the list is malformed, and then nothing may be answered. */
  readonly issuerDomainNames: readonly string[] | undefined;
  /** The account that the record is to name, where the server says it (dns-persist-01). */
  readonly accountUri: string | undefined;
  /** Whose certificates may answer, as DER Names in base64url (cert-01); undefined when the CA does not say it legibly. */
  readonly issuers: readonly string[] | undefined;
  /** JWS algorithms that the server takes (cert-01). */
  readonly algs: readonly string[] | undefined;
  /** What the CA asks of a passkey (ppkp-01). */
  readonly publicKey: PasskeyRequest | Unreadable | undefined;
  /** Thumbprints of key pairs that are registered for this person (ppkp-01). */
  readonly keys: readonly string[] | undefined;
  /** The CA's own page for a passkey (ppkp-01); `unreadable` in place of what is no address. */
  readonly webauthnUrl: string | undefined;
  /** What an answer would approve (docs/approvals.md): as it came, whatever it is. Undefined when there is none. */
  readonly approval: unknown;
  readonly retryAfter: Date | undefined;
}

/** A challenge as it stands in an authorization. */
export const readChallenge: Reader<Challenge> = mapped(
  challengeObject,
  ({ 'issuer-domain-names': issuerDomainNames, accounturi: accountUri, ...rest }) => ({
    ...rest,
    issuerDomainNames,
    accountUri,
    retryAfter: undefined,
  }),
);

export function parseChallenge(json: unknown, url: string, retryAfter?: Date): Challenge {
  const fault = { reason: 'challenge-malformed', doing: 'reading the challenge', url } as const;
  const challenge = AcmeProtocolError.guard(() => readChallenge(json, ''), fault);
  if (challenge.url === url) return { ...challenge, retryAfter };
  throw new AcmeProtocolError(fault.reason, fault.doing, { url });
}

const soundToken = /^[A-Za-z0-9_-]{22,255}$/;
const codeAsToken = /^\d{4,10}$/;

/**
 * What a challenge's token is worth. Only a `sound` one, random enough and fit for a URL, may be signed.
 * `code`: draft-ietf-acme-client-14 read to the letter, where the server prints the one-time code itself.
 */
type TokenKind = 'sound' | 'absent' | 'code' | 'malformed';

export function tokenKind({ token }: Pick<Challenge, 'token'>): TokenKind {
  if (token === undefined) return 'absent';
  if (soundToken.test(token)) return 'sound';
  return codeAsToken.test(token) ? 'code' : 'malformed';
}
