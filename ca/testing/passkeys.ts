import { createHash, randomBytes } from 'node:crypto';
import { calculateJwkThumbprint, CompactSign } from 'jose';
import type { CompactJWSHeaderParameters } from 'jose';
import type { Person } from '../people-types.ts';
import type { RunningCa } from '../running-ca.ts';
import type { Passkey } from '../state/passkeys.ts';
import { readRegistration } from '../passkeys/responses.ts';
import type { AcmeClient, AcmeReply, ChallengeObject, Json, KeyPair } from './acme-client.ts';
import { codeOf, placeOrder } from './enrollment.ts';
import type { TestCa } from './enrollment.ts';
import { SoftwareAuthenticator } from './software-authenticator.ts';
import type { SoftwareAuthenticatorOptions } from './software-authenticator.ts';

export type HeldPasskey = {
  readonly authenticator: SoftwareAuthenticator;
  readonly passkey: Passkey;
};

/** Gives a person a passkey, by a whole ceremony without an account or a page. */
export async function givePasskey(
  ca: RunningCa,
  person: Person,
  options: SoftwareAuthenticatorOptions = {},
): Promise<HeldPasskey> {
  const authenticator = new SoftwareAuthenticator(options);
  const applicant = { person, holder: `test:${randomBytes(8).toString('hex')}` };
  const { publicKey } = ca.passkeyDesk.begin(applicant);
  const response = readRegistration(authenticator.create(publicKey, { origin: ca.origin }));
  const passkey = await ca.passkeyDesk.finish(applicant, { response, name: 'Test key' });
  return { authenticator, passkey };
}

export type KeyProofOptions = {
  readonly keys: KeyPair;
  readonly typ: string;
  readonly url: string;
  readonly payload: string;
  /** Members that replace or, as undefined, remove those of the header. */
  readonly header?: Readonly<Record<string, unknown>>;
};

/** A compact JWS by a key that its header names. */
export function proveKey({ keys, typ, url, payload, header }: KeyProofOptions): Promise<string> {
  const members: Json = { alg: keys.algorithm, typ, jwk: keys.jwk, url, ...header };
  const present = Object.entries(members).filter(([, value]) => value !== undefined);
  return new CompactSign(Buffer.from(payload))
    .setProtectedHeader(Object.fromEntries(present) as CompactJWSHeaderParameters)
    .sign(keys.privateKey);
}

/** What an account's `new-credential` takes for a key pair. */
export async function keyRegistration(
  client: AcmeClient,
  keys: KeyPair,
  header: Readonly<Record<string, unknown>> = {},
): Promise<Readonly<Record<string, unknown>>> {
  const url = credentialsUrl(client);
  const thumbprint = await calculateJwkThumbprint(client.keys.jwk);
  const payload = createHash('sha256').update(`${url}.${thumbprint}`).digest('base64url');
  const typ = 'acme-key-registration+jws';
  return { type: 'key', jwk: keys.jwk, sig: await proveKey({ keys, typ, url, payload, header }) };
}

export function credentialsUrl({ directory }: AcmeClient): string {
  return String(directory.meta['credentials']);
}

export type PasskeyChallenge = ChallengeObject & {
  readonly publicKey: {
    readonly rpId: string;
    readonly challenge: string;
    readonly allowCredentials: readonly { readonly id: string }[];
  };
  readonly webauthnUrl?: string;
};

/** The challenge of a new order. */
export async function openPasskeyChallenge(client: AcmeClient): Promise<PasskeyChallenge> {
  const { order } = await placeOrder(client);
  return (await client.challenge(order, 'ppkp-01')) as PasskeyChallenge;
}

/** Proves the account's person by a code, and leaves time for the next one. */
export async function proveByCode(ca: TestCa, client: AcmeClient): Promise<AcmeReply> {
  const { order } = await placeOrder(client);
  const { url } = await client.challenge(order, 'totp-01');
  const reply = await client.post(url, { otp: codeOf(ca) });
  ca.clock.advance(60);
  return reply;
}
