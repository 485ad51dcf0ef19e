import type { Json } from '../../acme/objects.ts';
import { ask } from '../../approvals/asking.ts';
import { canonical, digestOf } from '../../approvals/canonical.ts';
import {
  approvalKeyAuthorization,
  approve,
  approversWith,
  offer,
  requestAuthorization,
  usualApprover,
} from '../../approvals/deciding.ts';
import type { Method, Offer } from '../../approvals/deciding.ts';
import {
  look,
  pagesOf,
  listUrl,
  objectsOf,
  partiesOf,
  readDocument,
} from '../../approvals/request.ts';
import type { Case } from '../../case.ts';
import { fail, skip } from '../../case.ts';
import { expectWrong } from '../../expectations.ts';
import { briefReply, challengeTypes } from '../../trial.ts';
import type { Judgement, Trial } from '../../trial.ts';
import { provers } from '../provers.ts';
import type { Prover } from '../prover.ts';

const about = { group: 'approvals', clause: 'approvals.md §4' } as const;

/** The response over this key authorization, as the kind of proof makes it. */
export async function respond<M extends Method>(
  trial: Trial,
  found: Offer<M>,
  keyAuthorization: string,
): Promise<Json> {
  const prover: Prover<M> = provers[found.holder.kind];
  return prover.right({ ...found, keyAuthorization }, trial);
}

async function tryWith(trial: Trial, found: Offer, keyAuthorization: string): Promise<Judgement> {
  return trial.answer(found, await respond(trial, found, keyAuthorization));
}

const names: Readonly<Record<Method, string>> = {
  key: 'a registered key',
  passkey: 'a passkey',
  cert: 'a certificate',
};

const byMethod = (method: Method): readonly Case[] => [
  {
    ...{ ...about, id: `approvals.${method}` },
    expected: `KA′ by ${names[method]} is accepted, and the decision is told of`,
    async perform(trial) {
      const { url } = await ask(trial);
      const [approver] = await approversWith(trial, method);
      const found = await offer(trial, url, { method, approver });
      const came = await approve(trial, found);
      const { decisions } = await look(found.account, url);
      const [decision] = decisions;
      if (decisions.length !== 1 || decision?.['decision'] !== 'approve') {
        fail(`${came}, and ${decisions.length} decisions`);
      }
      const { method: told } = decision;
      return told === challengeTypes[method] ? came : fail(`the decision is by ${String(told)}`);
    },
  },
  {
    ...{ ...about, id: `approvals.${method}-plain` },
    expected: `KA in place of KA′ by ${names[method]} is wrong, and approves nothing`,
    async perform(trial) {
      const { url } = await ask(trial);
      const [approver] = await approversWith(trial, method);
      const found = await offer(trial, url, { method, approver, failures: 1 });
      const came = expectWrong(await tryWith(trial, found, found.plain), 'KA');
      await expectUndecided(trial, found, url);
      return came;
    },
  },
];

/** The request waits as if nothing had been answered. */
async function expectUndecided(_trial: Trial, { account }: Offer, url: string): Promise<void> {
  const { status, decisions } = await look(account, url);
  if (status !== 'pending' || decisions.length > 0) {
    fail(`the request is ${status}, with ${decisions.length} decisions`);
  }
}

const authorizationCases: readonly Case[] = [
  {
    ...{ ...about, id: 'approvals.authorization' },
    expected:
      'newAuthz with "approval" gives 201, then 200 with the same; each challenge is of the rule and has the document',
    async perform(trial) {
      const { url, account: requester } = await ask(trial);
      const { approvers } = await partiesOf(trial);
      const account = await trial.world.accounts.of(approvers[0] ?? skip('nobody approves'));
      const first = await requestAuthorization(trial, account, url);
      const again = await requestAuthorization(trial, account, url);
      const came = `${briefReply(first)}, ${briefReply(again)}`;
      if (first.status !== 201 || again.status !== 200) fail(came);
      const { location } = first.headers;
      if (location === undefined || again.headers.location !== location) fail(`${came}, another`);
      const { challenges, status } = await trial.authorization(account, location);
      if (status !== 'pending' || challenges.length === 0)
        fail(`${status}, ${challenges.length} challenges`);
      const { document } = await look(requester, url);
      const { by } = document['rule'] as { readonly by: readonly string[] };
      for (const { type, members } of challenges) {
        if (!by.includes(type)) fail(`it offers ${type}, the rule has ${by.join(', ')}`);
        const shown = readDocument(members['approval']);
        if (canonical(shown) !== canonical(document))
          fail(`the ${type} challenge has another document`);
      }
      return `${came}: ${challenges.map(({ type }) => type).join(', ')}`;
    },
  },
  {
    ...{ ...about, id: 'approvals.identifier' },
    expected: 'The authorization is for the first identifier of the document, and no other will do',
    async perform(trial) {
      const { url } = await ask(trial);
      const { approvers, identifier } = await partiesOf(trial);
      const account = await trial.world.accounts.of(approvers[0] ?? skip('nobody approves'));
      const { newAuthz = '' } = await trial.world.server.directory();
      const other = { ...identifier, value: `other.${identifier.value}` };
      const reply = await account.post(newAuthz, { identifier: other, approval: url });
      const came = briefReply(reply);
      return reply.status >= 400 && reply.status < 500 ? came : fail(came);
    },
  },
  {
    ...{ ...about, id: 'approvals.listed', clause: 'approvals.md §5' },
    expected:
      'The list names the request, and the account’s own authorization for it while it waits',
    async perform(trial) {
      const { url } = await ask(trial);
      const usual = await usualApprover(trial);
      const { account, authorizationUrl } = await offer(trial, url, usual);
      const pages = await pagesOf(account, await listUrl(trial), 50);
      const found = pages
        .flatMap((page) => objectsOf(page, 'approvals'))
        .find((one) => one['url'] === url);
      if (found === undefined) return fail('the list does not have it');
      const { status, mayDecide, authorization } = found;
      if (status !== 'pending' || mayDecide !== true)
        fail(`${String(status)}, mayDecide ${String(mayDecide)}`);
      return authorization === authorizationUrl
        ? 'with its authorization'
        : fail('without its authorization');
    },
  },
  {
    ...{ ...about, id: 'approvals.document-stable', clause: 'approvals.md §1' },
    expected:
      'Requester, approvers and auditor are shown one document, which a decision does not change',
    async perform(trial) {
      const { url, account } = await ask(trial);
      const { auditor } = await partiesOf(trial);
      const before = await look(account, url);
      const usual = await usualApprover(trial);
      const found = await offer(trial, url, usual);
      await approve(trial, found);
      const seen = [before, await look(account, url), await look(found.account, url)];
      if (auditor !== undefined) seen.push(await look(await trial.world.accounts.of(auditor), url));
      const digests = new Set(seen.map(({ document }) => digestOf(document)));
      return digests.size === 1
        ? `${seen.length} times the same`
        : fail(`${digests.size} documents`);
    },
  },
];

/** What the CA must not find in a response that it takes. */
const spoiltCases: readonly Case[] = [
  {
    ...{ ...about, id: 'approvals.changed-document' },
    expected: 'KA′ over a document with another key is wrong',
    async perform(trial) {
      const { url } = await ask(trial);
      const usual = await usualApprover(trial);
      const found = await offer(trial, url, { ...usual, failures: 1 });
      const key = { ...(found.document['key'] as Json), spkiSha256: 'A'.repeat(43) };
      const changed = { ...found.document, key };
      const { challenge, account } = found;
      const spoilt = approvalKeyAuthorization(challenge.token ?? '', changed, account);
      const came = expectWrong(await tryWith(trial, found, spoilt), 'another key');
      await expectUndecided(trial, found, url);
      return came;
    },
  },
  {
    ...{ ...about, id: 'approvals.replay' },
    expected: 'What approves one request approves no other: the response, and KA′ with its digest',
    async perform(trial) {
      const [one, other] = [await ask(trial), await ask(trial)];
      const usual = await usualApprover(trial);
      const first = await offer(trial, one.url, { ...usual, failures: 2 });
      const second = await offer(trial, other.url, { ...usual, failures: 2 });
      const response = await respond(trial, first, first.keyAuthorization);
      await approve(trial, first);
      const replayed = expectWrong(await trial.answer(second, response), 'the response');
      const { token = '' } = second.challenge;
      const mixed = approvalKeyAuthorization(token, first.document, second.account);
      const came = expectWrong(await tryWith(trial, second, mixed), 'its digest');
      await expectUndecided(trial, second, other.url);
      return `${replayed}; ${came}`;
    },
  },
  {
    ...{ ...about, id: 'approvals.foreign-account' },
    expected: 'KA′ of another account of the same approver is wrong',
    async perform(trial) {
      const { url } = await ask(trial);
      const usual = await usualApprover(trial);
      const found = await offer(trial, url, { ...usual, failures: 1 });
      const other = await trial.world.accounts.of(usual.approver, 1);
      const { token = '' } = found.challenge;
      const spoilt = approvalKeyAuthorization(token, found.document, other);
      const came = expectWrong(await tryWith(trial, found, spoilt), 'another account');
      await expectUndecided(trial, found, url);
      return came;
    },
  },
  {
    ...{ ...about, id: 'approvals.serves-no-order' },
    expected: 'An authorization by which somebody approved serves no order of theirs',
    async perform(trial) {
      const { url } = await ask(trial);
      const usual = await usualApprover(trial);
      const found = await offer(trial, url, usual);
      await approve(trial, found);
      const { identifier } = await partiesOf(trial);
      const { newOrder, meta } = await trial.world.server.directory();
      const { profiles = {} } = meta as { readonly profiles?: Json };
      const tried = [undefined, ...Object.keys(profiles)];
      for (const profile of tried) {
        const wanted = { identifiers: [identifier], ...(profile !== undefined && { profile }) };
        const reply = await found.account.post(newOrder, wanted);
        if (reply.status !== 201) continue;
        const { authorizations = [] } = JSON.parse(reply.body) as {
          authorizations?: readonly string[];
        };
        const others = authorizations.filter((one) => one !== found.authorizationUrl);
        others.forEach((one) => trial.leave(found.account, one));
        if (others.length < authorizations.length)
          fail(`it serves an order of ${profile ?? 'no profile'}`);
      }
      return `${tried.length} orders, none with it`;
    },
  },
];

export const approvingCases: readonly Case[] = [
  ...authorizationCases,
  ...(['key', 'passkey', 'cert'] as const).flatMap(byMethod),
  ...spoiltCases,
];
