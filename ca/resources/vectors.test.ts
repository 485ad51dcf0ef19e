import { afterEach, describe, expect, it } from 'vitest';
import { json } from '../answer.ts';
import type { Answer } from '../answer.ts';
import { readCertificateId, writeCertificateId } from '../certificate-id.ts';
import { byAccount, byKey } from '../guards.ts';
import type { GuardedHandler } from '../guards.ts';
import { isPostAsGet } from '../requests.ts';
import { openStand, problemOf, respond, vectorKey } from '../testing/vector-stand.ts';
import type { VectorStand } from '../testing/vector-stand.ts';
import { outputOf, readVectors } from '../testing/vectors.ts';
import { keyChange } from './key-change.ts';
import { newAccount } from './new-account.ts';
import { newCredential } from './new-credential.ts';
import { newOrder } from './new-order.ts';

type Given = {
  readonly nonce: string;
  readonly externalAccount: { readonly kid: string; readonly macKey: string };
};
type Input = { readonly url: string; readonly body?: unknown };
type Output = { readonly body: Readonly<Record<string, unknown>> };

const { given, good, refused } = readVectors<Given, Input, Output>('requests');
const stands: VectorStand[] = [];

afterEach(() => stands.splice(0).forEach(({ state }) => state.close()));

/** Where the account is about to be made, another key has the one that there is. */
function open(url = ''): VectorStand {
  const accountKey = url.endsWith('/new-account') ? 'account-foreign' : 'account';
  const stand = openStand({ nonce: given.nonce, accountKey });
  stands.push(stand);
  const { kid, macKey } = given.externalAccount;
  stand.state.invitations.add({
    ...{ kid, macKey: Buffer.from(macKey, 'base64url'), personId: stand.person.id },
    ...{ service: undefined, reusable: false, createdAt: new Date(0) },
    expiresAt: new Date('2027-01-01T00:00:00Z'),
  });
  return stand;
}

/** What stands behind the URLs of the vectors; challenges have vectors of their own. */
const resources: Readonly<Record<string, GuardedHandler>> = {
  'https://ca.example/acme/new-account': byKey(newAccount),
  'https://ca.example/acme/new-order': byAccount(newOrder),
  'https://ca.example/acme/key-change': byAccount(keyChange),
  'https://ca.example/acme/challenge/7': byAccount((request) =>
    json(isPostAsGet(request) ? 202 : 200, {}),
  ),
};

function post(stand: VectorStand, url: string, body: unknown): Promise<Answer> {
  const handler = resources[url];
  if (handler === undefined) throw new Error(`nothing is at ${url}`);
  const exchange = {
    ...({ resource: 'challenge', contentType: 'application/jose+json' } as const),
    ...{ url, id: '', query: new URLSearchParams() },
    readBody: () => Promise.resolve(Buffer.from(JSON.stringify(body))),
  };
  return Promise.resolve(handler(exchange, stand.authority));
}

describe('requests', () => {
  const statuses: Readonly<Record<string, number>> = {
    ...{ 'new-account': 201, 'new-order': 201, challenge: 200, 'post-as-get': 202 },
    'key-change': 200,
  };

  it.each(good.filter(([id]) => id in statuses))('%s is taken', async (id, vector) => {
    const { url } = vector.input;
    const stand = open(url);
    const { status } = await post(stand, url, outputOf(vector).body);
    expect(status).toBe(statuses[id]);
    const { thumbprint } = vectorKey(id === 'key-change' ? 'account-new' : 'account');
    const account = stand.state.accounts.findByThumbprint(thumbprint);
    expect(account?.personId).toBe(stand.person.id);
    // Bound by the key that was given out, or there before.
    expect(account?.kid).toBe(id === 'new-account' ? given.externalAccount.kid : undefined);
  });

  it.each(refused)('%s are refused', async (_id, { input, refusal }) => {
    const { url, body } = input;
    const stand = open(url);
    const outcome = await problemOf(async () => {
      await post(stand, url, body);
      return 'taken';
    });
    expect(refusal?.as).toContain(outcome);
    const { id, thumbprint } = stand.account;
    expect(stand.state.accounts.find(id)?.thumbprint).toBe(thumbprint);
    expect(stand.state.invitations.find(given.externalAccount.kid)?.usedAt).toBeUndefined();
  });
});

type Registration = { readonly request: object };

/** What the resource for credentials says to the stand's account, which has just proven its person. */
function register(stand: VectorStand, url: string, request: object): Promise<string> {
  const { state, account, authority } = stand;
  const place = { type: 'totp-01', url: '', token: '', thumbprint: '' };
  state.challenges.validate(respond(stand, place, {}).challenge.id, authority.clock());
  const exchange = {
    ...({ resource: 'newCredential', contentType: 'application/jose+json' } as const),
    ...{ url, id: '', query: new URLSearchParams(), account },
    readBody: () => Promise.reject(new Error('it was read')),
    payload: Buffer.from(JSON.stringify(request)),
    jws: { protected: '', payload: '', signature: '' },
  };
  return problemOf(async () => String((await newCredential(exchange, authority)).status));
}

describe('the registration of a key pair', () => {
  const { given, good, refused } = readVectors<
    { readonly url: string },
    Registration,
    Registration
  >('key-registration');

  it.each(good)('by %s is taken', async (_id, vector) => {
    const stand = open();
    const { request } = outputOf(vector);
    expect(await register(stand, given.url, request)).toBe('201');
    expect(stand.authority.people.credentials.keysOf(stand.person.id)).toHaveLength(1);
  });

  it.each(refused)('is refused: %s', async (_id, { input, refusal }) => {
    expect(refusal?.as).toContain(await register(open(), given.url, input.request));
  });
});

describe('the registration of a passkey', () => {
  type Output = Registration & {
    readonly passkey: {
      readonly id: string;
      readonly publicKey: string;
      readonly signCount: number;
      readonly synchronises: boolean;
    };
  };
  const { given, good, refused } = readVectors<
    { readonly url: string; readonly challenge: string },
    Registration,
    Output
  >('passkey-registration');

  /** It was asked for a moment ago, with the challenge of the vectors. */
  function openAsking(): VectorStand {
    const stand = open();
    const { state, account, person } = stand;
    state.registrations.open({
      ...{ holder: `account:${account.id}:${account.thumbprint}`, personId: person.id },
      ...{ challenge: given.challenge, expiresAt: new Date('2027-01-01T00:00:00Z') },
    });
    return stand;
  }

  it.each(good)('by %s is taken, and kept', async (_id, vector) => {
    const stand = openAsking();
    const { request, passkey } = outputOf(vector);
    expect(await register(stand, given.url, request)).toBe('201');
    const [kept] = stand.authority.people.credentials.passkeysOf(stand.person.id);
    const { id, publicKey, signCount, synchronises } = passkey;
    expect(kept).toMatchObject({ id, signCount, backedUp: synchronises });
    expect(kept?.publicKey.toString('base64url')).toBe(publicKey);
  });

  it.each(refused)('is refused: %s', async (_id, { input, refusal }) => {
    const stand = openAsking();
    expect(refusal?.as).toContain(await register(stand, given.url, input.request));
    expect(stand.authority.people.credentials.passkeysOf(stand.person.id)).toEqual([]);
  });
});

describe('names for renewal information', () => {
  type Named = { readonly certificateId: string };
  const names = readVectors<undefined, unknown, Named>('renewal-info').good;

  it.each(names)('are read, and written again: %s', (_id, vector) => {
    const { certificateId } = outputOf(vector);
    const read = readCertificateId(certificateId);
    if (read === undefined) throw new Error('it cannot be read');
    expect(writeCertificateId(read.keyIdentifier, read.serial)).toBe(certificateId);
  });
});
