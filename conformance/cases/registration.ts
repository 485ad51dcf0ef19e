import { createHash, generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Account } from '../acme/account.ts';
import { publicJwk, thumbprintOf } from '../acme/jws.ts';
import { readJson } from '../acme/objects.ts';
import type { Json } from '../acme/objects.ts';
import type { Reply } from '../acme/transport.ts';
import type { Case } from '../case.ts';
import { fail, notApplicable, skip } from '../case.ts';
import type { Kind, Subject } from '../credentials/credentials.ts';
import { expectMalformed, expectUnusable, expectValid } from '../expectations.ts';
import { keyProof } from '../proofs/signed-proof.ts';
import { briefReply, problemOf } from '../trial.ts';
import type { Trial } from '../trial.ts';
import { proofByKey } from './key.ts';
import { answerRightly } from './provers.ts';

export type Registering = {
  readonly account: Account;
  readonly url: string;
  readonly subject: Subject;
};

/** The resource of docs/wire-profile.md §4.3; ends the case where there is none. */
async function resourceOf(trial: Trial): Promise<string> {
  const { credentials } = (await trial.world.server.directory()).meta;
  if (credentials === undefined) notApplicable('the directory has no meta.credentials');
  const isUrl = typeof credentials === 'string' && credentials.startsWith('https://');
  return isUrl ? credentials : fail('meta.credentials is no https URL');
}

/** Those of people first: services register nothing. */
const preferred: readonly Kind[] = ['key', 'passkey', 'hotp', 'otp', 'totp', 'cert'];

/** An account that has just proven whose it is, by whatever its subject has. */
export function proven(trial: Trial, index = 0): Promise<Registering> {
  return trial.once(`registration.proven.${index}`, async () => {
    const url = await resourceOf(trial);
    const { purse } = trial.world;
    const kind =
      preferred.find((one) => purse.has(one)) ?? skip('the credentials hold nothing to prove with');
    const holder = purse.lend(kind, { accounts: index + 1 });
    const opened = await trial.openFor(holder, index);
    await expectValid(trial, opened, await answerRightly(opened, trial));
    return { account: opened.account, url, subject: holder.subject };
  });
}

export async function listed({ account, url }: Registering): Promise<readonly Json[]> {
  const reply = await account.post(url, '');
  if (reply.status !== 200) fail(`the list: ${briefReply(reply)}`);
  const { credentials } = readJson(reply, 'the list') as { readonly credentials?: unknown };
  return Array.isArray(credentials) ? (credentials as Json[]) : fail('there is no list');
}

export async function remove(
  { account, url }: Registering,
  type: 'key' | 'webauthn',
  id: string,
): Promise<void> {
  const reply = await account.post(url, { type, remove: id });
  if (reply.status !== 204) fail(`removing: ${briefReply(reply)}`);
}

/** Refused, and nothing was added by it. */
export async function expectRefused(
  registering: Registering,
  reply: Reply,
  id: string,
): Promise<string> {
  if (reply.status < 400 || reply.status > 499) fail(briefReply(reply));
  const found = (await listed(registering)).some((one) => one['id'] === id);
  return found ? fail(`${briefReply(reply)}, but it is listed`) : briefReply(reply);
}

const newKey = (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

/** What is signed to show that the account has the key. */
function proofFor(key: KeyObject, url: string, { thumbprint }: Account): string {
  const payload = createHash('sha256').update(`${url}.${thumbprint}`).digest('base64url');
  return keyProof({ key, typ: 'acme-key-registration+jws' }, { url, payload });
}

function addKey({ account, url }: Registering, key: KeyObject, more: Json = {}): Promise<Reply> {
  const jwk = publicJwk(key);
  const name = 'Conformance';
  return account.post(url, { type: 'key', jwk, sig: proofFor(key, url, account), name, ...more });
}

/** 201 with the id under which it is listed. */
export function expectAdded(reply: Reply, type: string): string {
  if (reply.status !== 201) fail(briefReply(reply));
  const { id, type: found } = readJson(reply, 'the answer');
  if (found !== type || typeof id !== 'string') fail(`201 without type and id`);
  return id;
}

const about = { group: 'registration', clause: '§4.3' } as const;

const needsProof: Case = {
  ...{ ...about, id: 'registration.needs-proof', turn: 'first' },
  expected:
    'An account that has proven nothing lately adds neither a key nor a passkey: unauthorized',
  async perform(trial) {
    const url = await resourceOf(trial);
    const { purse, accounts } = trial.world;
    const kind =
      preferred.find((one) => purse.has(one)) ?? skip('the credentials hold nobody who registers');
    const { subject } = purse.lend(kind, { fresh: true });
    const account = await accounts.fresh(subject);
    const replies = [
      await addKey({ account, url, subject }, newKey()),
      await account.post(url, { type: 'webauthn' }),
    ];
    const came = replies.map(briefReply).join(', ');
    return replies.every((reply) => problemOf(reply)?.type === 'unauthorized') ? came : fail(came);
  },
};

const keys: readonly Case[] = [
  {
    ...{ ...about, id: 'registration.list' },
    expected: 'A POST-as-GET lists type, id, name and time of what is registered',
    async perform(trial) {
      const found = await listed(await proven(trial));
      const isWhole = (one: Json): boolean =>
        ['type', 'id', 'name', 'created'].every((name) => typeof one[name] === 'string');
      return found.every(isWhole) ? `${found.length} listed` : fail('one lacks a member');
    },
  },
  {
    ...{ ...about, id: 'registration.key' },
    expected: 'A key pair is added by its thumbprint, listed, removed, and gone',
    async perform(trial) {
      const registering = await proven(trial);
      const key = newKey();
      const id = expectAdded(await addKey(registering, key), 'key');
      const isListed = (await listed(registering)).some((one) => one['id'] === id);
      await remove(registering, 'key', id);
      if (id !== (await thumbprintOf(key))) fail('the id is not the thumbprint');
      if (!isListed) fail('201, but it is not listed');
      const remains = (await listed(registering)).some((one) => one['id'] === id);
      return remains ? fail('204, but it is listed') : '201, listed, 204, gone';
    },
  },
  {
    ...{ ...about, id: 'registration.key-in-use' },
    expected: 'A key that was added meets a challenge, and none once it was removed',
    async perform(trial) {
      const registering = await proven(trial);
      const { purse } = trial.world;
      const only = { test: (one: Subject) => one === registering.subject, words: 'a key' };
      const holder = purse.lend('key', { failures: 1, suits: only });
      const key = newKey();
      const id = expectAdded(await addKey(registering, key), 'key');
      const opened = await trial.openFor(holder);
      const judgement = await trial.answer(opened, proofByKey(key, opened));
      await remove(registering, 'key', id);
      const came = await expectValid(trial, opened, judgement);
      const later = await trial.openFor(holder);
      const refusal = await trial.answer(later, proofByKey(key, later));
      const what = 'once removed';
      return `${came}; ${await expectUnusable(trial, later, { judgement: refusal, what })}`;
    },
  },
];

type Spoilt = {
  readonly name: string;
  readonly expected: string;
  readonly request: (
    registering: Registering,
    key: KeyObject,
  ) => Promise<{ readonly reply: Reply; readonly key: KeyObject }>;
};

const spoiltKeys: readonly Spoilt[] = [
  {
    name: 'key-for-another-account',
    expected: 'A key whose proof is for another account is refused',
    async request({ account, url }, key) {
      const payload = createHash('sha256')
        .update(`${url}.${'A'.repeat(43)}`)
        .digest('base64url');
      const sig = keyProof({ key, typ: 'acme-key-registration+jws' }, { url, payload });
      const reply = await account.post(url, { type: 'key', jwk: publicJwk(key), sig });
      return { reply, key };
    },
  },
  {
    name: 'key-by-challenge-proof',
    expected: 'What was signed for a challenge (typ acme-ppkp-01+jws) registers no key',
    async request({ account, url }, key) {
      const payload = createHash('sha256')
        .update(`${url}.${account.thumbprint}`)
        .digest('base64url');
      const sig = keyProof({ key, typ: 'acme-ppkp-01+jws' }, { url, payload });
      const reply = await account.post(url, { type: 'key', jwk: publicJwk(key), sig });
      return { reply, key };
    },
  },
  {
    name: 'key-of-another-proof',
    expected: 'A jwk beside the proof of another key is refused',
    async request(registering, key) {
      const jwk = publicJwk(newKey());
      return { reply: await addKey(registering, key, { jwk }), key };
    },
  },
  {
    name: 'account-key',
    expected: 'The key of an account is not registered',
    async request(registering) {
      const { key } = registering.account;
      return { reply: await addKey(registering, key), key };
    },
  },
];

const spoiltKeyCase = ({ name, expected, request }: Spoilt): Case => ({
  ...{ ...about, id: `registration.${name}`, expected },
  async perform(trial) {
    const registering = await proven(trial);
    const { reply, key } = await request(registering, newKey());
    const id = await thumbprintOf(key);
    if (reply.status === 201) await remove(registering, 'key', id);
    return expectRefused(registering, reply, id);
  },
});

const others: readonly Case[] = [
  {
    ...{ ...about, id: 'registration.malformed' },
    expected: 'What has not the right shape is 400 malformed',
    async perform(trial) {
      const { account, url } = await proven(trial);
      const payloads: readonly Json[] = [
        {},
        { type: 'password' },
        { type: 7 },
        { type: 'key' },
        { type: 'key', jwk: publicJwk(newKey()), sig: 7 },
        { type: 'key', remove: 7 },
        { type: 'webauthn', credential: 'AAAA' },
      ];
      for (const payload of payloads) {
        expectMalformed(await account.post(url, payload), JSON.stringify(Object.keys(payload)));
      }
      return `${payloads.length} times 400 malformed`;
    },
  },
  {
    ...{ ...about, id: 'registration.remove-foreign' },
    expected: "Somebody else's account removes nothing",
    async perform(trial) {
      const registering = await proven(trial);
      const { purse, accounts } = trial.world;
      const other =
        purse.subjects.find(
          (one) => one !== registering.subject && one.externalAccounts.length > 0,
        ) ?? skip('it takes a second subject');
      const id = expectAdded(await addKey(registering, newKey()), 'key');
      const stranger = await accounts.of(other);
      const reply = await stranger.post(registering.url, { type: 'key', remove: id });
      const remains = (await listed(registering)).some((one) => one['id'] === id);
      if (remains) await remove(registering, 'key', id);
      const came = briefReply(reply);
      return remains && reply.status >= 400 ? came : fail(`${came}${remains ? '' : ', and gone'}`);
    },
  },
];

export const registrationCases: readonly Case[] = [
  needsProof,
  ...keys,
  ...spoiltKeys.map(spoiltKeyCase),
  ...others,
];
