import { randomBytes } from 'node:crypto';
import type { Person } from '../people-types.ts';
import type { RunningCa } from '../running-ca.ts';
import type { Passkey } from '../state/passkeys.ts';
import { readRegistration } from '../passkeys/responses.ts';
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
