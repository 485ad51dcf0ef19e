import { createHash } from 'node:crypto';
import { z } from 'zod';
import {
  PasskeyError,
  type AuthenticationResponseJSON,
  type CreationOptions,
  type RegistrationResponseJSON,
  type RequestOptions,
} from './ceremony.ts';
import { credentialId } from './options.ts';

/** Characters of JSON that an answer may have; attestation objects are the largest part of one. */
export const longestResponse = 65_536;

const binary = (maximum: number) =>
  z
    .string()
    .regex(/^[A-Za-z0-9_-]+$/)
    .max(maximum);

const credential = {
  id: credentialId,
  rawId: credentialId,
  type: z.literal('public-key'),
  authenticatorAttachment: z.enum(['platform', 'cross-platform']).nullish().catch(undefined),
};

const assertion = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: binary(8192),
    authenticatorData: binary(8192),
    signature: binary(4096),
    userHandle: binary(128).nullish(),
  }),
});

const registration = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: binary(8192),
    attestationObject: binary(longestResponse),
    transports: z.array(z.string().max(32)).max(16).optional().catch(undefined),
  }),
});

const clientData = z.object({
  type: z.string(),
  challenge: z.string(),
  origin: z.string(),
  crossOrigin: z.boolean().optional(),
  topOrigin: z.unknown().optional(),
});

interface Expected<Options> {
  readonly origin: string;
  readonly options: Options;
}

/**
 * What a page or a browser delivered, when it is an assertion for exactly this request: nothing else is sent to a CA.
 * Its signature only the CA can check. Throws `PasskeyError`.
 */
export function checkedAssertion(
  delivered: unknown,
  { origin, options }: Expected<RequestOptions>,
): AuthenticationResponseJSON {
  const { response, ...read } = readAs(assertion, delivered);
  checkClientData(response.clientDataJSON, { type: 'webauthn.get', origin, options });
  checkAuthenticatorData(Buffer.from(response.authenticatorData, 'base64url'), options.rpId);
  checkIds(read);
  const { allowCredentials = [] } = options;
  if (allowCredentials.length > 0 && !allowCredentials.some(({ id }) => id === read.id)) {
    throw strayed('the answer is by a passkey that was not asked for');
  }
  const { userHandle, ...signed } = response;
  return {
    ...facts(read),
    response: { ...signed, ...(typeof userHandle === 'string' && { userHandle }) },
  };
}

/** As `checkedAssertion`, of a passkey that was made. */
export function checkedRegistration(
  delivered: unknown,
  { origin, options }: Expected<CreationOptions>,
): RegistrationResponseJSON {
  const { response, ...read } = readAs(registration, delivered);
  checkClientData(response.clientDataJSON, { type: 'webauthn.create', origin, options });
  checkIds(read);
  const { clientDataJSON, attestationObject, transports } = response;
  return {
    ...facts(read),
    response: { clientDataJSON, attestationObject, ...(transports && { transports }) },
  };
}

function readAs<Schema extends z.ZodType>(schema: Schema, delivered: unknown): z.infer<Schema> {
  const read = schema.safeParse(delivered);
  if (!read.success) throw strayed('the answer of a ceremony cannot be read');
  return read.data;
}

function checkIds({ id, rawId }: { readonly id: string; readonly rawId: string }): void {
  if (id !== rawId) throw strayed('the answer of a ceremony names two passkeys');
}

interface ExpectedClientData extends Expected<{ readonly challenge: string }> {
  readonly type: 'webauthn.get' | 'webauthn.create';
}

// WebAuthn L3 §7.2, steps 11 to 15: what was signed must have been said at this origin about this challenge.
function checkClientData(encoded: string, { type, origin, options }: ExpectedClientData): void {
  const data = readAs(clientData, jsonOf(encoded));
  const isOurs =
    data.type === type &&
    data.challenge === options.challenge &&
    data.origin === origin &&
    data.crossOrigin !== true &&
    data.topOrigin === undefined;
  if (!isOurs) throw strayed('the answer of a ceremony belongs to another one');
}

function jsonOf(encoded: string): unknown {
  try {
    return JSON.parse(Buffer.from(encoded, 'base64url').toString('utf8'));
  } catch (cause) {
    throw strayed('the client data of a ceremony is no JSON', { cause });
  }
}

/** WebAuthn L3 §6.1: the hash of the RP ID, then the flags. */
function checkAuthenticatorData(data: Buffer, rpId: string): void {
  const flags = data[32];
  const hash = createHash('sha256').update(rpId).digest();
  if (flags === undefined || data.length < 37 || !data.subarray(0, 32).equals(hash)) {
    throw strayed('the answer of a ceremony is for another host');
  }
  const isPresent = (flags & 0x01) !== 0;
  const isVerified = (flags & 0x04) !== 0;
  if (!isPresent || !isVerified) {
    throw new PasskeyError('not-verified', 'the authenticator did not verify the person');
  }
}

function facts(read: {
  readonly id: string;
  readonly rawId: string;
  readonly authenticatorAttachment?: string | null | undefined;
}) {
  const { id, rawId, authenticatorAttachment } = read;
  return {
    ...{ id, rawId, type: 'public-key' as const },
    ...(typeof authenticatorAttachment === 'string' && { authenticatorAttachment }),
    // No extension was asked for, so none has a result.
    clientExtensionResults: {},
  };
}

const strayed = (message: string, options?: ErrorOptions): PasskeyError =>
  new PasskeyError('strayed', message, options);
