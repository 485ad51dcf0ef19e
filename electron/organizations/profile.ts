import { X509Certificate } from 'node:crypto';
import { compactVerify } from 'jose';
import { z } from 'zod';
import type { ProfileFault } from '../../shared/failure.ts';
import {
  enrollmentProfile,
  type EnrollmentProfile,
} from '../../shared/models/enrollment-profile.ts';
import type { SignerFingerprint } from '../../shared/models/organization.ts';
import { ProfileError, type ProfileContact } from './errors.ts';
import {
  checkSignerChain,
  fingerprintOfSigner,
  readSignerChain,
  type SignerChain,
} from './signer-chain.ts';
import { parseStrictJson } from './strict-json.ts';

export const profileMediaType = 'application/enrollment-profile+jws';
/** Bytes of a signed profile. */
export const maximumProfileSize = 262_144;

/** A profile whose signature holds. Whether its signer is to be believed is another question (trust.ts). */
export interface VerifiedProfile {
  readonly profile: EnrollmentProfile;
  /** Compact JWS. */
  readonly signedProfile: string;
  readonly signer: SignerFingerprint;
}

/** Checks a profile's signature, form and dates; throws `ProfileError`. */
export async function verifyProfile(text: string, now: Date): Promise<VerifiedProfile> {
  if (Buffer.byteLength(text) > maximumProfileSize) {
    throw refusal('too-large', 'it is larger than a profile may be');
  }
  const signedProfile = text.trim();
  const chain = readSignerChain(headerOf(signedProfile).x5c);
  const payload = parsePayload(await verifiedPayload(signedProfile, chain));
  const profile = profileOf(payload);
  checkDates(profile, now);
  checkSignerChain(chain, now);
  return { profile, signedProfile, signer: fingerprintOfSigner(chain) };
}

// Each would let the document say where its key comes from or how it is to be read.
const refusedHeaders = ['b64', 'crit', 'jku', 'jwk', 'kid', 'x5u'];

const algorithms = ['ES256', 'ES384', 'PS256', 'RS256'] as const;

const header = z
  .looseObject({
    alg: z.enum(algorithms),
    x5c: z.array(z.base64().min(1).max(12_000)).min(1).max(8),
  })
  .refine((members) => refusedHeaders.every((name) => !Object.hasOwn(members, name)));

function headerOf(signedProfile: string): z.infer<typeof header> {
  const [first, ...rest] = signedProfile.split('.');
  if (rest.length !== 2 || !/^[\w.-]+$/.test(signedProfile)) {
    throw refusal('not-a-profile', 'it is no compact JWS');
  }
  const members = parsed(Buffer.from(first ?? '', 'base64url'), 'not-a-profile');
  if (!z.looseObject({ typ: z.literal('enrollment-profile+jws') }).safeParse(members).success) {
    throw refusal('not-a-profile', 'it is signed as something else');
  }
  const result = header.safeParse(members);
  if (!result.success) {
    throw refusal('signature-invalid', 'its header is not one that is understood', result.error);
  }
  return result.data;
}

async function verifiedPayload(signedProfile: string, [signer]: SignerChain): Promise<Uint8Array> {
  try {
    const options = { algorithms: [...algorithms] };
    return (await compactVerify(signedProfile, signer.publicKey, options)).payload;
  } catch (error) {
    throw refusal('signature-invalid', 'its signature does not hold', error);
  }
}

/** The version goes first: a newer profile may differ in every other member. */
function parsePayload(payload: Uint8Array): unknown {
  const members = parsed(payload, 'malformed');
  const version = z.looseObject({ version: z.int().min(2) }).safeParse(members);
  if (version.success) throw refusal('newer-version', 'it is of a version that is not known yet');
  return members;
}

function profileOf(members: unknown): EnrollmentProfile {
  const result = enrollmentProfile.safeParse(members);
  if (!result.success) {
    const options = { cause: result.error, detail: faultOf(result.error) };
    throw new ProfileError('malformed', 'the profile does not fit the schema', options);
  }
  const { roots = [], credentials } = result.data;
  roots.forEach(checkRoot);
  if (new Set(credentials.map(({ id }) => id)).size !== credentials.length) {
    throw malformed('credentials', 'two have one id');
  }
  return result.data;
}

/** Where the first fault is, and what is wrong there; nothing of what stands there. */
function faultOf({ issues: [first] }: z.ZodError): string {
  const member = (first?.path ?? []).map(memberOf).join('').replace(/^\./, '');
  return `${member || 'the profile'}: ${first && isTellable(first) ? first.message : 'not allowed'}`;
}

// These messages are made of types, limits and names of ours; a pattern says nothing to anybody.
const isTellable = (issue: z.core.$ZodIssue): boolean =>
  ['custom', 'invalid_type', 'invalid_value', 'too_big', 'too_small'].includes(issue.code) ||
  (issue.code === 'invalid_format' && issue.format !== 'regex');

// Languages are members that the profile names itself.
function memberOf(key: PropertyKey): string {
  if (typeof key === 'number') return `[${key}]`;
  return typeof key === 'string' && /^[\w-]{1,40}$/.test(key) ? `.${key}` : '.…';
}

function checkRoot(base64: string, index: number): void {
  try {
    new X509Certificate(Buffer.from(base64, 'base64'));
  } catch (error) {
    throw malformed(`roots[${index}]`, 'no certificate', error);
  }
}

// A computer's clock may be a little behind the one that issued.
const clockTolerance = 5 * 60 * 1000;

/** Throws `ProfileError` for a profile that is not valid yet or not any more. */
export function checkDates(profile: EnrollmentProfile, now: Date): void {
  const { issued, expires, organization } = profile;
  const contact = contactOf(organization);
  if (Date.parse(expires) <= Date.parse(issued)) {
    throw malformed('expires', 'before issued');
  }
  if (Date.parse(issued) > now.getTime() + clockTolerance) {
    throw new ProfileError('not-yet-valid', 'the profile is not valid yet', { contact });
  }
  if (Date.parse(expires) <= now.getTime()) {
    throw new ProfileError('expired', 'the profile has expired', { contact });
  }
}

/** Whom to call about a profile that is refused. */
export function contactOf({ name, helpdesk }: EnrollmentProfile['organization']): ProfileContact {
  return { organization: name, ...(helpdesk !== undefined && { helpdesk }) };
}

function parsed(utf8: Uint8Array, reason: ProfileFault): unknown {
  try {
    return parseStrictJson(new TextDecoder('utf-8', { fatal: true }).decode(utf8));
  } catch (error) {
    throw refusal(reason, 'it is not plain JSON', error);
  }
}

function malformed(member: string, why: string, cause?: unknown): ProfileError {
  const detail = `${member}: ${why}`;
  return new ProfileError('malformed', `the profile is refused: ${detail}`, { cause, detail });
}

function refusal(reason: ProfileFault, why: string, cause?: unknown): ProfileError {
  return new ProfileError(reason, `the profile is refused: ${why}`, { cause });
}
