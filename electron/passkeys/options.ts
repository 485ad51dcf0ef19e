import { z } from 'zod';
import {
  PasskeyError,
  type CreationOptions,
  type CredentialDescriptor,
  type RequestOptions,
} from './ceremony.ts';

/** Milliseconds that a ceremony may take, whatever the CA says; docs/wire-profile.md §4.1. */
const shortestTimeout = 30_000;
const longestTimeout = 600_000;
const usualTimeout = 300_000;

/** What a CA may list at most. */
const mostCredentials = 64;

const transports = ['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb'] as const;
const knownHints = ['client-device', 'hybrid', 'security-key'] as const;

const binary = (minimum: number, maximum: number) =>
  z
    .string()
    .regex(/^[A-Za-z0-9_-]+$/)
    .refine((text) => {
      const { length } = Buffer.from(text, 'base64url');
      return length >= minimum && length <= maximum;
    });

// WebAuthn L3 §4: a credential id is at most 1023 octets.
export const credentialId = binary(1, 1023);

const descriptor = z
  .object({
    type: z.literal('public-key'),
    id: credentialId,
    transports: z.array(z.string().max(32)).max(16).optional(),
  })
  .transform(({ type, id, transports: named }): CredentialDescriptor => {
    const known = transports.filter((each) => named?.includes(each));
    return { type, id, ...(known.length > 0 && { transports: known }) };
  });

const hints = z
  .array(z.string().max(32))
  .max(16)
  .transform((named) => knownHints.filter((hint) => named.includes(hint)));

const timeout = z
  .number()
  .default(usualTimeout)
  .transform((wanted) => Math.min(longestTimeout, Math.max(shortestTimeout, Math.round(wanted))));

const request = z
  .object({
    challenge: binary(16, 64),
    rpId: z.string().max(253),
    timeout,
    allowCredentials: z.array(descriptor).max(mostCredentials).optional(),
    hints: hints.optional(),
  })
  .transform(
    ({ challenge, rpId, timeout: milliseconds, allowCredentials, hints: known }) =>
      ({
        ...{ challenge, rpId, timeout: milliseconds, userVerification: 'required' },
        ...(allowCredentials && allowCredentials.length > 0 && { allowCredentials }),
        ...(known && known.length > 0 && { hints: known }),
      }) satisfies RequestOptions,
  );

const selection = z
  .object({
    residentKey: z.enum(['required', 'preferred', 'discouraged']).optional().catch(undefined),
    authenticatorAttachment: z.enum(['platform', 'cross-platform']).optional().catch(undefined),
  })
  .optional();

const creation = z
  .object({
    challenge: binary(16, 64),
    rp: z.object({ id: z.string().max(253), name: z.string().min(1).max(255) }),
    user: z.object({
      // WebAuthn L3 §5.4.3.
      id: binary(1, 64),
      name: z.string().max(255),
      displayName: z.string().max(255),
    }),
    pubKeyCredParams: z
      .array(z.object({ type: z.literal('public-key'), alg: z.int() }))
      .min(1)
      .max(32),
    timeout,
    excludeCredentials: z.array(descriptor).max(mostCredentials).optional(),
    authenticatorSelection: selection,
    hints: hints.optional(),
  })
  .transform((asked): CreationOptions => {
    const { residentKey, authenticatorAttachment } = asked.authenticatorSelection ?? {};
    const { excludeCredentials, hints: known } = asked;
    return {
      ...{ challenge: asked.challenge, rp: asked.rp, user: asked.user, timeout: asked.timeout },
      pubKeyCredParams: asked.pubKeyCredParams,
      ...(excludeCredentials && excludeCredentials.length > 0 && { excludeCredentials }),
      authenticatorSelection: {
        userVerification: 'required',
        ...(residentKey && { residentKey }),
        ...(authenticatorAttachment && { authenticatorAttachment }),
      },
      // Which make of key a person has is nothing that a CA needs to know for this.
      attestation: 'none',
      ...(known && known.length > 0 && { hints: known }),
    };
  });

/**
 * Of what a CA asks for, what may be passed on (docs/wire-profile.md §4.1): members by name, within bounds, for
 * the CA's own host alone. Throws `PasskeyError` `strayed`.
 */
export function permittedRequest(
  publicKey: unknown,
  origin: string,
): RequestOptions & { readonly timeout: number } {
  const permitted = request.safeParse(publicKey);
  if (!permitted.success) throw strayed('the options of a passkey request cannot be read');
  checkHost(permitted.data.rpId, origin);
  return permitted.data;
}

/** As `permittedRequest`, for making a passkey. */
export function permittedCreation(
  publicKey: unknown,
  origin: string,
): CreationOptions & { readonly timeout: number } {
  const permitted = creation.safeParse(publicKey);
  if (!permitted.success) throw strayed('the options of a new passkey cannot be read');
  checkHost(permitted.data.rp.id, origin);
  return { ...permitted.data, timeout: permitted.data.timeout ?? usualTimeout };
}

// A parent domain would let every sibling host use what is made here, and an address is no host that WebAuthn knows.
function checkHost(rpId: string, origin: string): void {
  const url = URL.parse(origin);
  const isOrigin = url?.protocol === 'https:' && url.origin === origin;
  if (!isOrigin || url.hostname !== rpId || isAddress(rpId)) {
    throw strayed('a passkey was asked for that is not for the host of the CA');
  }
}

// The URL parser has already made every spelling of an IPv4 address this one.
const isAddress = (host: string): boolean => host.startsWith('[') || /^\d+(\.\d+){3}$/.test(host);

const strayed = (message: string): PasskeyError => new PasskeyError('strayed', message);
