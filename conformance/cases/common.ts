import { createHmac, generateKeyPairSync } from 'node:crypto';
import type { Deviation } from '../acme/account.ts';
import { encode, signingBy } from '../acme/jws.ts';
import { readJson, readProblem } from '../acme/objects.ts';
import type { Authorization } from '../acme/objects.ts';
import type { Case } from '../case.ts';
import { fail, notApplicable, skip } from '../case.ts';
import { kinds } from '../credentials/credentials.ts';
import type { Kind } from '../credentials/credentials.ts';
import { expectUntouched } from '../expectations.ts';
import { publicPem } from '../proofs/signed-proof.ts';
import { briefReply, challengeTypes, problemOf } from '../trial.ts';
import type { Opened, Trial } from '../trial.ts';
import { provers } from './provers.ts';
import { wrongResponse } from './prover.ts';

const about = { group: 'common' } as const;

const ours: readonly string[] = [...new Set(Object.values(challengeTypes))];
const domainProofs: readonly string[] = [
  ...['http-01', 'dns-01', 'tls-alpn-01', 'dns-account-01', 'dns-persist-01'],
];

/** A challenge of whatever kind there is. */
function openAny(trial: Trial): Promise<Opened<Kind>> {
  const kind =
    kinds.find((one) => trial.world.purse.has(one)) ?? skip('the credentials hold nothing');
  return trial.open(kind);
}

/** Two orders of each kind that the credentials hold, done once. */
function survey(trial: Trial): Promise<readonly Authorization[]> {
  return trial.once('common.survey', async () => {
    const found: Authorization[] = [];
    for (const kind of kinds.filter((one) => trial.world.purse.has(one))) {
      const first = await trial.open(kind);
      const second = await trial.openFor(first.holder);
      found.push(first.authorization, second.authorization);
    }
    return found.length > 0 ? found : skip('the credentials hold nothing');
  });
}

const directory: Case = {
  ...{ ...about, id: 'common.directory', clause: 'RFC 8555 §7.1.1' },
  expected: 'The directory is JSON and has newNonce, newAccount and newOrder on https',
  async perform(trial) {
    const { meta } = await trial.world.server.directory();
    return `meta: ${Object.keys(meta).join(', ') || 'nothing'}`;
  },
};

const tokens: readonly Case[] = [
  {
    ...{ ...about, id: 'common.token-alphabet', clause: '§1.1' },
    expected: 'A token of these types is 22 to 255 characters of base64url',
    async perform(trial) {
      const challenges = (await survey(trial)).flatMap((one) => one.challenges);
      const concerned = challenges.filter(({ type }) => ours.includes(type));
      const bad = concerned.find(({ token }) => !/^[A-Za-z0-9_-]{22,255}$/.test(token ?? ''));
      return bad === undefined
        ? `${concerned.length} tokens`
        : fail(`${bad.type}: a token of ${(bad.token ?? '').length} characters`);
    },
  },
  {
    ...{ ...about, id: 'common.token-unique', clause: '§1.1' },
    expected: 'Each challenge has a token of its own, and 128 bits of it differ',
    async perform(trial) {
      await survey(trial);
      const all = [...trial.world.seen.values()].flatMap(({ token }) => token ?? []);
      if (all.length < 2) skip('fewer than two tokens were seen');
      if (new Set(all).size < all.length) fail('two challenges have one token');
      const least = Math.min(...all.map((token) => token.length - sharedEnds(all, token)));
      return least >= 21
        ? `${all.length} tokens, no two alike`
        : fail(`apart from what all have in common, a token has ${least} characters`);
    },
  },
];

/** How many characters at the beginning and the end are the same in all. */
function sharedEnds(all: readonly string[], token: string): number {
  let before = 0;
  while (before < token.length && all.every((one) => one[before] === token[before])) before += 1;
  let after = 0;
  const end = (text: string): string | undefined => text.at(-1 - after);
  while (after < token.length - before && all.every((one) => end(one) === end(token))) after += 1;
  return before + after;
}

const company: readonly Case[] = [
  {
    ...{ ...about, id: 'common.identifier', clause: '§1.3' },
    expected:
      'These types are offered for email, permanent-identifier and dns, never for ip or a wildcard',
    async perform(trial) {
      const found = (await survey(trial)).filter(offersOurs);
      const types = found.map(({ identifier }) => identifier.type);
      const known = ['email', 'permanent-identifier', 'dns'];
      const odd = types.find((type) => !known.includes(type));
      if (odd !== undefined) fail(`offered for ${odd}`);
      if (found.some(({ wildcard }) => wildcard)) fail('offered for a wildcard');
      return [...new Set(types)].join(', ');
    },
  },
  {
    ...{ ...about, id: 'common.never-beside-domain-proof', clause: '§1.4' },
    expected: 'No authorization offers one of these types beside proof of control over a domain',
    async perform(trial) {
      const found = [...(await survey(trial)), ...(await neighbours(trial))];
      const mixed = found.find(
        (one) => offersOurs(one) && one.challenges.some(({ type }) => domainProofs.includes(type)),
      );
      if (mixed !== undefined) fail(mixed.challenges.map(({ type }) => type).join(', '));
      return `${found.length} authorizations`;
    },
  },
];

const offersOurs = ({ challenges }: Authorization): boolean =>
  challenges.some(({ type }) => ours.includes(type));

/** What the file names to be looked at, ordered by the first account there is. */
async function neighbours(trial: Trial): Promise<readonly Authorization[]> {
  const { purse, accounts } = trial.world;
  const subject = purse.subjects.find(({ externalAccounts }) => externalAccounts.length > 0);
  if (subject === undefined) return [];
  const account = await accounts.of(subject);
  const found = [];
  for (const neighbour of purse.neighbours) {
    const { authorizations } = await trial.place(account, neighbour);
    for (const url of authorizations) found.push(await trial.authorization(account, url));
  }
  return found;
}

const binding: Case = {
  ...{ ...about, id: 'common.bound-accounts-only', clause: '§1.5' },
  expected: 'An account without external account binding is offered none of these types',
  async perform(trial) {
    const { purse, accounts, server } = trial.world;
    const kind = kinds.find((one) => purse.has(one)) ?? skip('the credentials hold nothing');
    const { identifier, profile } = purse.lend(kind, { accounts: 0 });
    const account = await accounts.unbound();
    const refusal = await account.register();
    if (account.url === undefined) return `newAccount: ${briefReply(refusal)}`;
    const { newOrder } = await server.directory();
    const order = { identifiers: [identifier], ...(profile === undefined ? {} : { profile }) };
    const reply = await account.post(newOrder, order);
    if (reply.status >= 400) return `newOrder: ${briefReply(reply)}`;
    const { authorizations } = await trial.place(account, { identifier, profile });
    for (const url of authorizations) {
      const found = await trial.authorization(account, url);
      if (offersOurs(found)) fail(found.challenges.map(({ type }) => type).join(', '));
    }
    return 'an order, and none of the types in it';
  },
};

type Tampering = {
  readonly name: string;
  readonly clause: string;
  readonly expected: string;
  readonly deviation: (opened: Opened<Kind>) => Deviation;
};

const tamperings: readonly Tampering[] = [
  {
    name: 'jws-url',
    clause: 'RFC 8555 §6.4',
    expected: 'A response that was signed for another url is refused and costs no attempt',
    deviation: ({ challenge }) => ({ header: { url: `${challenge.url}0` } }),
  },
  {
    name: 'jws-nonce',
    clause: 'RFC 8555 §6.5',
    expected: 'A response with a nonce that the server never gave is refused and costs no attempt',
    deviation: () => ({ header: { nonce: 'bmV2ZXIgZ2l2ZW4' } }),
  },
  {
    name: 'jws-signature',
    clause: 'RFC 8555 §6.2',
    expected: 'A response signed by another key than the account’s is refused and costs no attempt',
    deviation: () => ({
      signing: signingBy(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey),
    }),
  },
  {
    name: 'jws-alg-none',
    clause: 'RFC 8555 §6.2',
    expected: 'A response with alg none is refused and costs no attempt',
    deviation: () => ({ header: { alg: 'none' }, signing: () => Buffer.alloc(0) }),
  },
  {
    name: 'jws-alg-hs256',
    clause: 'RFC 8555 §6.2, RFC 8725 §2.1',
    expected:
      'A response with HS256, the public key being that of the MAC, is refused and costs no attempt',
    deviation: ({ account }) => ({
      header: { alg: 'HS256' },
      signing: (input) => createHmac('sha256', publicPem(account.key)).update(input).digest(),
    }),
  },
  {
    name: 'jws-crit',
    clause: 'RFC 7515 §4.1.11',
    expected: 'A response with an unknown critical header member is refused and costs no attempt',
    deviation: () => ({ header: { crit: ['unheard-of'], 'unheard-of': true } }),
  },
  {
    name: 'content-type',
    clause: 'RFC 8555 §6.2',
    expected: 'A response as application/json is refused and costs no attempt',
    deviation: () => ({ contentType: 'application/json' }),
  },
];

const tamperingCase = ({ name, clause, expected, deviation }: Tampering): Case => ({
  ...{ ...about, id: `common.${name}`, clause, expected },
  async perform(trial) {
    const opened = await openAny(trial);
    const { account, challenge, holder } = opened;
    const wrong = wrongResponse(provers[holder.kind] as never, opened, trial);
    const reply = await account.post(challenge.url, wrong, deviation(opened));
    if (reply.status < 400 || reply.status > 499) fail(briefReply(reply));
    if (problemOf(reply)?.type === 'incorrectResponse') fail('it was judged');
    await expectUntouched(trial, opened, briefReply(reply));
    return briefReply(reply);
  },
});

const reuse: readonly Case[] = [
  {
    ...{ ...about, id: 'common.nonce-once', clause: 'RFC 8555 §6.5' },
    expected: 'A nonce is good once',
    async perform(trial) {
      const { account, challenge } = await openAny(trial);
      const nonce = await trial.world.server.nonce();
      const first = await account.post(challenge.url, '', { header: { nonce } });
      const again = await account.post(challenge.url, '', { header: { nonce } });
      const came = `${briefReply(first)}, then ${briefReply(again)}`;
      return first.status === 200 && problemOf(again)?.type === 'badNonce' ? came : fail(came);
    },
  },
  {
    ...{ ...about, id: 'common.no-get', clause: 'RFC 8555 §6.3' },
    expected: 'A challenge is not given to an unsigned GET',
    async perform(trial) {
      const { challenge } = await openAny(trial);
      const { url } = challenge;
      const reply = await trial.world.server.send({ method: 'GET', url });
      if (reply.status < 400 || reply.status > 499) fail(String(reply.status));
      return reply.status === 405 ? '405' : fail(`${reply.status}, not 405`);
    },
  },
  {
    ...{ ...about, id: 'common.payload', clause: 'RFC 8555 §7.5.1, erratum 5729' },
    expected: 'A payload that is no JSON object is 400 malformed and costs no attempt',
    async perform(trial) {
      const opened = await openAny(trial);
      for (const payload of [[], 'text', 7, null]) {
        const reply = await trial.send(opened, payload);
        const type = readProblem(readJson(reply, 'the refusal')).type;
        if (reply.status !== 400 || type !== 'malformed') {
          fail(`${encode(JSON.stringify(payload))} as payload: ${briefReply(reply)}`);
        }
      }
      await expectUntouched(trial, opened, 'after them');
      return '4 times 400 malformed';
    },
  },
];

const terms: Case = {
  ...{ ...about, id: 'common.credentials-resource', clause: '§4.3' },
  expected: 'meta.credentials, when there is one, is an https URL',
  async perform(trial) {
    const { credentials } = (await trial.world.server.directory()).meta;
    if (credentials === undefined) notApplicable('the directory has none');
    const isUrl = typeof credentials === 'string' && credentials.startsWith('https://');
    return isUrl ? credentials : fail('it is none');
  },
};

export const commonCases: readonly Case[] = [
  directory,
  terms,
  binding,
  ...tokens,
  ...company,
  ...tamperings.map(tamperingCase),
  ...reuse,
];
