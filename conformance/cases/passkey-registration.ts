import { readJson } from '../acme/objects.ts';
import type { Json } from '../acme/objects.ts';
import type { Case } from '../case.ts';
import { fail } from '../case.ts';
import { makePasskey } from '../proofs/passkey-making.ts';
import { briefReply } from '../trial.ts';
import type { Trial } from '../trial.ts';
import { expectAdded, expectRefused, listed, proven, remove } from './registration.ts';
import type { Registering } from './registration.ts';

const about = { group: 'registration', clause: '§4.3, WebAuthn L3 §7.1' } as const;

/** What the server asks for a passkey with, as far as it is used here. */
type Creation = { readonly rpId: string; readonly challenge: string; readonly options: Json };

async function begin({ account, url }: Registering): Promise<Creation> {
  const reply = await account.post(url, { type: 'webauthn' });
  if (reply.status !== 200) fail(`asking for options: ${briefReply(reply)}`);
  const { publicKey } = readJson(reply, 'the options') as { readonly publicKey?: Json };
  const { rp, challenge } = (publicKey ?? {}) as {
    readonly rp?: Json;
    readonly challenge?: unknown;
  };
  if (publicKey === undefined || typeof challenge !== 'string') {
    return fail('there is no publicKey with a challenge');
  }
  return { rpId: String(rp?.['id']), challenge, options: publicKey };
}

const originOf = ({ world }: Trial): string => new URL(world.server.directoryUrl).origin;

const finish = ({ account, url }: Registering, credential: Json) =>
  account.post(url, { type: 'webauthn', credential, name: 'Conformance' });

async function tidyAfter(registering: Registering, id: string): Promise<void> {
  const isListed = (await listed(registering)).some((one) => one['id'] === id);
  if (isListed) await remove(registering, 'webauthn', id);
}

/** Made for something else than the server's request. */
function spoiltCase(
  id: string,
  expected: string,
  make: (creation: Creation, origin: string) => Json,
): Case {
  return {
    ...{ ...about, id: `registration.${id}`, expected },
    async perform(trial) {
      const registering = await proven(trial);
      const credential = make(await begin(registering), originOf(trial));
      const reply = await finish(registering, credential);
      const made = String(credential['id']);
      if (reply.status === 201) await tidyAfter(registering, made);
      return expectRefused(registering, reply, made);
    },
  };
}

export const passkeyRegistrationCases: readonly Case[] = [
  {
    ...{ ...about, id: 'registration.passkey-options' },
    expected:
      "The options have the directory's host as rp.id, a challenge of 16 octets or more, the person's handle, and algorithms",
    async perform(trial) {
      const { rpId, challenge, options } = await begin(await proven(trial));
      const { hostname } = new URL(originOf(trial));
      if (rpId !== hostname) fail(`rp.id is "${rpId}"`);
      const octets = Buffer.from(challenge, 'base64url').length;
      if (octets < 16) fail(`the challenge has ${octets} octets`);
      const { user, pubKeyCredParams } = options as { user?: Json; pubKeyCredParams?: unknown };
      if (typeof user?.['id'] !== 'string') fail('there is no user.id');
      if (!Array.isArray(pubKeyCredParams)) fail('there are no pubKeyCredParams');
      return `a challenge of ${octets} octets`;
    },
  },
  {
    ...{ ...about, id: 'registration.passkey' },
    expected:
      'A passkey is added by its credential id, listed, removed, and gone; its response is good once',
    async perform(trial) {
      const registering = await proven(trial);
      const credential = makePasskey({ ...(await begin(registering)), origin: originOf(trial) });
      const id = expectAdded(await finish(registering, credential), 'webauthn');
      const isListed = (await listed(registering)).some((one) => one['id'] === id);
      await remove(registering, 'webauthn', id);
      if (id !== credential['id']) fail('the id is not that of the passkey');
      if (!isListed) fail('201, but it is not listed');
      const again = await finish(registering, credential);
      const came = await expectRefused(registering, again, id);
      return `201, listed, 204, gone; the same again: ${came}`;
    },
  },
  {
    ...{ ...about, id: 'registration.passkey-other-account' },
    expected:
      'A passkey that was made for one account is not brought back by another of the same person',
    async perform(trial) {
      const first = await proven(trial);
      const second = await proven(trial, 1);
      const credential = makePasskey({ ...(await begin(first)), origin: originOf(trial) });
      const reply = await finish(second, credential);
      if (reply.status === 201) await tidyAfter(second, String(credential['id']));
      return expectRefused(second, reply, String(credential['id']));
    },
  },
  spoiltCase(
    'passkey-other-challenge',
    'A passkey that was made for another challenge is refused',
    ({ rpId }, origin) => makePasskey({ rpId, origin, challenge: 'A'.repeat(43) }),
  ),
  spoiltCase(
    'passkey-sibling-origin',
    'A passkey that was made on a page of another origin is refused',
    ({ rpId, challenge }) => makePasskey({ rpId, challenge, origin: 'https://sibling.example' }),
  ),
  spoiltCase(
    'passkey-other-rp-id',
    'A passkey for another rpId is refused',
    ({ challenge, rpId }, origin) => makePasskey({ rpId: `sibling.${rpId}`, challenge, origin }),
  ),
];
