import type { Account, Payload } from '../acme/account.ts';
import { readAuthorization } from '../acme/objects.ts';
import type { Authorization, Identifier } from '../acme/objects.ts';
import type { Reply } from '../acme/transport.ts';
import type { Case } from '../case.ts';
import { fail, notApplicable, skip } from '../case.ts';
import type { Kind } from '../credentials/credentials.ts';
import type { Holder } from '../credentials/purse.ts';
import { expectValid } from '../expectations.ts';
import { briefReply, challengeTypes, problemOf } from '../trial.ts';
import type { Opened, Trial } from '../trial.ts';
import { answerRightly } from './provers.ts';

const about = { group: 'pre-authorization', clause: 'RFC 8555 §7.4.1' } as const;

/** Ends the case where the directory has none: §7.1.1 leaves it to the server. */
async function resourceOf(trial: Trial): Promise<string> {
  const { newAuthz } = await trial.world.server.directory();
  return newAuthz ?? notApplicable('the directory has no newAuthz');
}

/** What can be proven without a person waiting for a new code comes first. */
const preferred: readonly Kind[] = ['key', 'passkey', 'cert', 'hotp', 'otp', 'totp'];

/** Of a subject whose name is ordered by no profile of its own: newAuthz names none. */
function lend(trial: Trial): Holder<Kind> {
  const { purse } = trial.world;
  const kind = preferred.find((one) => purse.has(one)) ?? skip('the credentials hold nothing');
  return purse.lend(kind);
}

type Asked = { readonly reply: Reply; readonly url: string; readonly authorization: Authorization };

/** Asks for an authorization that has to be given; what was pending or valid before is given up. */
async function preauthorize(trial: Trial, account: Account, about: Identifier): Promise<Asked> {
  const newAuthz = await resourceOf(trial);
  for (let tries = 0; ; tries += 1) {
    const reply = await account.post(newAuthz, { identifier: about });
    if (reply.status === 429) skip('the server takes no more pre-authorizations for now (429)');
    if (reply.status === 403) {
      notApplicable(`the server does not pre-authorize this identifier: ${briefReply(reply)}`);
    }
    if (reply.status !== 201 && reply.status !== 200) fail(briefReply(reply));
    const url = reply.headers.location ?? fail('newAuthz gave no Location');
    trial.leave(account, url);
    if (reply.status === 201 || tries > 0) {
      return { reply, url, authorization: readAuthorization(reply) };
    }
    await trial.tidy();
  }
}

type Opening = Opened<Kind> & { readonly identifier: Identifier };

/** A pre-authorization with a challenge that can be met. */
async function open(trial: Trial): Promise<Opening> {
  const holder = lend(trial);
  const account = await trial.world.accounts.of(holder.subject);
  const { url, authorization } = await preauthorize(trial, account, holder.identifier);
  const type = challengeTypes[holder.kind];
  const challenge =
    authorization.challenges.find((one) => one.type === type && one.status === 'pending') ??
    fail(`no pending ${type}, but: ${authorization.challenges.map((one) => one.type).join(', ')}`);
  const keyAuthorization = `${challenge.token ?? ''}.${account.thumbprint}`;
  const found = { authorizationUrl: url, authorization, challenge, keyAuthorization };
  // There is no order yet: nothing that is done here looks at it.
  return { ...found, holder, account, orderUrl: '', identifier: holder.identifier };
}

async function prove(trial: Trial): Promise<Opening> {
  const opened = await open(trial);
  await expectValid(trial, opened, await answerRightly(opened, trial));
  return opened;
}

/** The authorization of a new order that is for this identifier. */
async function ordered(
  trial: Trial,
  { account, identifier }: Opening,
): Promise<{ readonly url: string; readonly authorization: Authorization }> {
  const { authorizations } = await trial.place(account, { identifier, profile: undefined });
  for (const url of authorizations) {
    const authorization = await trial.authorization(account, url);
    if (authorization.identifier.value === identifier.value) return { url, authorization };
  }
  return fail('an order without an authorization for its identifier');
}

const given: readonly Case[] = [
  {
    ...{ ...about, id: 'preauthorization.given' },
    expected:
      'An account gets an authorization of its own for exactly the identifier: 201, Location',
    async perform(trial) {
      const { reply, authorization, authorizationUrl, account, identifier } = await asked(trial);
      const { type, value } = authorization.identifier;
      if (type !== identifier.type || value !== identifier.value)
        fail(`it is for ${type} ${value}`);
      if (authorization.wildcard) fail('it has "wildcard"');
      const later = await trial.authorization(account, authorizationUrl);
      if (later.status !== authorization.status)
        fail(`${authorization.status}, then ${later.status}`);
      return `${reply.status} ${authorization.status}`;
    },
  },
  {
    ...{ ...about, id: 'preauthorization.existing' },
    expected:
      'Where there is such an authorization already, it is given again: 200, the same Location',
    async perform(trial) {
      const { account, identifier, authorizationUrl } = await asked(trial);
      const newAuthz = await resourceOf(trial);
      const again = await account.post(newAuthz, { identifier });
      const location = again.headers.location;
      if (location !== undefined) trial.leave(account, location);
      const came = `${briefReply(again)}, ${location === authorizationUrl ? 'the same' : 'another'}`;
      return again.status === 200 && location === authorizationUrl ? came : fail(came);
    },
  },
  {
    ...{ ...about, id: 'preauthorization.expires', clause: 'RFC 8555 §7.1.4' },
    expected: 'A valid pre-authorization says until when, and that is ahead',
    async perform(trial) {
      const { account, authorizationUrl } = await prove(trial);
      const { status, expires } = await trial.authorization(account, authorizationUrl);
      if (expires === undefined) fail(`${status}, without "expires"`);
      const ahead = Date.parse(expires) - trial.world.server.time();
      if (!(ahead > 0)) fail(`${status}, and expires is no time that is ahead`);
      return `${status} for ${Math.round(ahead / 60_000)} minutes`;
    },
  },
];

/** An authorization that was asked for, with the answer. */
async function asked(
  trial: Trial,
): Promise<Omit<Asked, 'url'> & Pick<Opening, 'account' | 'identifier' | 'authorizationUrl'>> {
  const { subject, identifier } = lend(trial);
  const account = await trial.world.accounts.of(subject);
  const { url, ...found } = await preauthorize(trial, account, identifier);
  return { ...found, account, identifier, authorizationUrl: url };
}

const used: readonly Case[] = [
  {
    ...{ ...about, id: 'preauthorization.serves', clause: 'RFC 8555 §7.4.1, §7.1.3' },
    expected: 'A valid one serves the order that follows',
    async perform(trial) {
      const opened = await prove(trial);
      const { url, authorization } = await ordered(trial, opened);
      const came = `${url === opened.authorizationUrl ? 'the same' : 'another'}, ${authorization.status}`;
      return authorization.status === 'valid' ? came : fail(came);
    },
  },
  {
    ...{ ...about, id: 'preauthorization.deactivated', clause: 'RFC 8555 §7.5.2' },
    expected: 'One that is deactivated says so, and serves no order',
    async perform(trial) {
      const opened = await prove(trial);
      const { account, authorizationUrl } = opened;
      const reply = await account.post(authorizationUrl, { status: 'deactivated' });
      if (reply.status !== 200) fail(`deactivating: ${briefReply(reply)}`);
      const { status } = readAuthorization(reply);
      if (status !== 'deactivated') fail(`deactivated, and it is ${status}`);
      const { url, authorization } = await ordered(trial, opened);
      if (url === authorizationUrl) fail('the order has it all the same');
      return authorization.status === 'valid' ? fail('the order needs no other') : status;
    },
  },
  {
    ...{ ...about, id: 'preauthorization.foreign', clause: 'RFC 8555 §7.5, §10.5' },
    expected: 'Another account is not shown it, and cannot deactivate it',
    async perform(trial) {
      const { account, authorizationUrl, holder } = await open(trial);
      const stranger = await trial.world.accounts.of(somebodyElse(trial, holder));
      const replies = [
        await stranger.post(authorizationUrl, ''),
        await stranger.post(authorizationUrl, { status: 'deactivated' }),
      ];
      const came = replies.map(briefReply).join(', ');
      if (replies.some(({ status }) => status < 400 || status > 499)) fail(came);
      const { status } = await trial.authorization(account, authorizationUrl);
      return status === 'pending' ? came : fail(`${came}, and it is ${status}`);
    },
  },
  {
    ...{ ...about, id: 'preauthorization.own-account', clause: 'RFC 8555 §7.4.1, §7.5' },
    expected: 'What one account has proven serves no order of another',
    async perform(trial) {
      const opened = await prove(trial);
      const { holder, identifier } = opened;
      const other = await trial.world.accounts.of(holder.subject, 1);
      const { url, authorization } = await ordered(trial, {
        ...opened,
        account: other,
        identifier,
      });
      const came = `${url === opened.authorizationUrl ? 'the same' : 'another'}, ${authorization.status}`;
      return authorization.status === 'pending' ? came : fail(came);
    },
  },
];

function somebodyElse(trial: Trial, { subject }: Holder<Kind>) {
  return (
    trial.world.purse.subjects.find((one) => one !== subject && one.externalAccounts.length > 0) ??
    skip('it takes a second subject')
  );
}

type Refused = {
  readonly name: string;
  readonly expected: string;
  readonly payload: (trial: Trial, holder: Holder<Kind>) => Payload;
  readonly as: string;
};

/** §7.4.1 has 403 for what the CA is not willing to authorize. */
const refused: readonly Refused[] = [
  {
    name: 'wildcard',
    expected: 'A wildcard is not pre-authorized: 403',
    payload: () => ({ identifier: { type: 'dns', value: '*.example.test' } }),
    as: '403',
  },
  {
    name: 'unknown-type',
    expected: 'An identifier of a type that nobody knows is refused: 403',
    payload: () => ({ identifier: { type: 'conformance-unheard-of', value: 'example.test' } }),
    as: '403',
  },
  {
    name: 'not-own',
    expected: 'The address of somebody else is refused: 403',
    payload: (trial, holder) => ({ identifier: addressOfAnother(trial, holder) }),
    as: '403',
  },
  {
    name: 'malformed',
    expected: 'A request without an identifier is 400 malformed',
    payload: () => ({ identifiers: [] }),
    as: '400 malformed',
  },
];

function addressOfAnother(trial: Trial, holder: Holder<Kind>): Identifier {
  const others = Object.values(somebodyElse(trial, holder).held);
  const found = others.find((one) => one.identifier.type === 'email');
  return found?.identifier ?? skip('it takes a second subject with an address');
}

const refusedCase = ({ name, expected, payload, as }: Refused): Case => ({
  ...{ ...about, id: `preauthorization.${name}`, expected },
  async perform(trial) {
    const newAuthz = await resourceOf(trial);
    const holder = lend(trial);
    const account = await trial.world.accounts.of(holder.subject);
    const reply = await account.post(newAuthz, payload(trial, holder));
    const { location } = reply.headers;
    if (location !== undefined && reply.status < 300) trial.leave(account, location);
    const came = briefReply(reply);
    return came.startsWith(as) && problemOf(reply) !== undefined ? came : fail(came);
  },
});

export const preauthorizationCases: readonly Case[] = [
  ...given,
  ...used,
  ...refused.map(refusedCase),
];
