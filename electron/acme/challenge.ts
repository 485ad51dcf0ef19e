import { z } from 'zod';
import type { ProblemDocument } from '../../shared/failure.ts';
import { problemDocumentSchema } from './problem.ts';
import { AcmeProtocolError } from './protocol-error.ts';
import { timestampSchema } from './timestamp.ts';

// Members that only some types have: in a type that nobody knows they may be anything.
const optionally = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined);

// draft-ietf-acme-dns-persist §3.1: one to ten lower-case names in A-labels without a trailing dot, or the challenge is no good.
const issuerDomainNames = z
  .array(
    z
      .string()
      .max(253)
      .regex(/^(?!-)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*$/),
  )
  .min(1)
  .max(10);

export const challengeSchema = z.looseObject({
  type: z.string().min(1).max(64),
  url: z.url({ protocol: /^https$/ }).max(2048),
  status: z.enum(['pending', 'processing', 'valid', 'invalid']),
  validated: timestampSchema.nullish().catch(undefined),
  error: problemDocumentSchema.nullish().catch(undefined),
  token: optionally(z.string().max(4096)),
  digits: optionally(z.union([z.literal(6), z.literal(7), z.literal(8)])),
  period: optionally(z.int().min(1).max(3_600)),
  prompt: optionally(z.string().max(1024)),
  display: optionally(z.string().max(1024)),
  'issuer-domain-names': optionally(issuerDomainNames),
  accounturi: optionally(z.string().min(1).max(2048)),
});

/** One answer about a challenge (RFC 8555 §7.1.5, §8), with the members of the one-time code types. */
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
  readonly retryAfter: Date | undefined;
}

export function toChallenge(parsed: z.infer<typeof challengeSchema>, retryAfter?: Date): Challenge {
  const { url, type, status, validated, error, token, digits, period, prompt, display } = parsed;
  return {
    url,
    type,
    status,
    validated: validated ?? undefined,
    error: error ?? undefined,
    token,
    digits,
    period,
    prompt,
    display,
    issuerDomainNames: parsed['issuer-domain-names'],
    accountUri: parsed.accounturi,
    retryAfter,
  };
}

export function parseChallenge(json: unknown, url: string, retryAfter?: Date): Challenge {
  const parsed = challengeSchema.safeParse(json);
  if (parsed.success && parsed.data.url === url) return toChallenge(parsed.data, retryAfter);
  const cause = parsed.error;
  throw new AcmeProtocolError('challenge-malformed', 'reading the challenge', { url, cause });
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
