import { ask, proveOwn } from '../../approvals/asking.ts';
import type { Asked } from '../../approvals/asking.ts';
import { digestOf } from '../../approvals/canonical.ts';
import {
  approve,
  approveFully,
  approversWith,
  offer,
  requestAuthorization,
  usualApprover,
} from '../../approvals/deciding.ts';
import type { Offer } from '../../approvals/deciding.ts';
import { act, look, partiesOf } from '../../approvals/request.ts';
import type { Case } from '../../case.ts';
import { fail, skip } from '../../case.ts';
import type { Subject } from '../../credentials/credentials.ts';
import { brief } from '../../expectations.ts';
import { briefReply } from '../../trial.ts';
import type { Judgement, Trial } from '../../trial.ts';
import { answerRightly } from '../provers.ts';

const about = { group: 'approvals', clause: 'approvals.md §4' } as const;

/** An approval that came too late, or from the wrong person: refused, and the challenge is over. */
async function expectTooLate(trial: Trial, found: Offer, judgement: Judgement): Promise<string> {
  const came = brief(judgement);
  if (judgement.outcome === 'valid') fail(`a right response: ${came}`);
  if (judgement.problem?.type !== 'unauthorized') fail(`${came}, not unauthorized`);
  const { status } = await trial.challenge(found.account, found.challenge.url);
  return status === 'invalid' ? came : fail(`${came}, and the challenge is ${status}`);
}

/** Whether a rule wants more than one; ends the case when one is enough. */
async function expectSeveral(url: string, { account }: Offer): Promise<void> {
  const { document } = await look(account, url);
  const { approvals } = document['rule'] as { readonly approvals: number };
  if (approvals < 2) skip('the rule of the profile wants one approval');
}

const quorum: readonly Case[] = [
  {
    ...{ ...about, id: 'approvals.quorum', clause: 'approvals.md §1, §3' },
    expected:
      'One approval fewer than the rule wants is not enough; with it the authorization is valid and the order ready',
    async perform(trial) {
      const asked = await ask(trial);
      await proveOwn(trial, asked);
      const usual = await usualApprover(trial);
      const first = await offer(trial, asked.url, usual);
      await expectSeveral(asked.url, first);
      await approve(trial, first);
      const early = await statusesOf(trial, asked);
      if (early !== 'pending, pending, pending') fail(`after one: ${early}`);
      await approveFully(trial, asked.url, { without: [usual.approver] });
      const late = await statusesOf(trial, asked);
      return late === 'approved, valid, ready' ? late : fail(`after all: ${late}`);
    },
  },
  {
    ...{ ...about, id: 'approvals.approvers', clause: 'approvals.md §5' },
    expected: 'Those who may still decide are named, without the requester and those who have',
    async perform(trial) {
      const asked = await ask(trial);
      const before = await look(asked.account, asked.url);
      const usual = await usualApprover(trial);
      const found = await offer(trial, asked.url, usual);
      await expectSeveral(asked.url, found);
      const seen = await look(found.account, asked.url);
      if (!seen.roles.includes('approver') || !seen.mayDecide) fail('the approver may not decide');
      await approve(trial, found);
      const after = await look(found.account, asked.url);
      if (after.mayDecide) fail('who has decided may decide again');
      if (before.mayDecide || !before.roles.includes('requester')) fail('the requester may decide');
      const emails = (one: typeof before) => one.approvers.map(({ email }) => String(email));
      const asker = String((after.document['requestedBy'] as { email?: string }).email);
      if (emails(before).includes(asker)) fail('the requester is among them');
      const by = (after.decisions[0]?.['by'] ?? {}) as { readonly email?: string };
      if (emails(after).includes(by.email ?? '')) fail('who has decided is among them');
      const [many, fewer] = [before.approvers.length, after.approvers.length];
      return many - 1 === fewer ? `${many}, then ${fewer}` : fail(`${many}, then ${fewer}`);
    },
  },
];

async function statusesOf(trial: Trial, asked: Asked): Promise<string> {
  const { status } = await look(asked.account, asked.url);
  const { status: extra } = await trial.authorization(asked.account, asked.extra.url);
  const { status: order } = await trial.order(asked.account, asked.orderUrl);
  return `${status}, ${extra}, ${order}`;
}

const people: readonly Case[] = [
  {
    ...{ ...about, id: 'approvals.own-request' },
    expected: 'Nobody approves what is made for themselves, from no account: newAuthz is refused',
    async perform(trial) {
      const { url, subject } = await ask(trial);
      const replies = [];
      for (const index of [0, 1]) {
        const account = await trial.world.accounts.of(subject, index);
        replies.push(await requestAuthorization(trial, account, url));
        const { mayDecide } = await look(account, url);
        if (mayDecide) fail(`account ${index + 1} may decide`);
      }
      const came = replies.map(briefReply).join(', ');
      return replies.every(({ status }) => status >= 400 && status < 500) ? came : fail(came);
    },
  },
  {
    ...{ ...about, id: 'approvals.person-twice' },
    expected:
      'One person counts once: from a second account neither a challenge that waits nor a new one',
    async perform(trial) {
      const { url } = await ask(trial);
      const usual = await usualApprover(trial);
      const first = await offer(trial, url, { ...usual, failures: 1 });
      const second = await offer(trial, url, { ...usual, index: 1, failures: 1 });
      await expectSeveral(url, first);
      await approve(trial, first);
      const came = await expectTooLate(trial, second, await answerRightly(second, trial));
      const reply = await requestAuthorization(
        trial,
        await trial.world.accounts.of(usual.approver, 1),
        url,
      );
      if (reply.status < 400 || reply.status > 499) fail(`a new one: ${briefReply(reply)}`);
      const { decisions, status } = await look(first.account, url);
      const told = `${came}; ${briefReply(reply)}; ${decisions.length} decision, ${status}`;
      return decisions.length === 1 && status === 'pending' ? told : fail(told);
    },
  },
  {
    ...{ ...about, id: 'approvals.person-race' },
    expected: 'Of two approvals of one person at the same time, from two accounts, one counts',
    async perform(trial) {
      const { url } = await ask(trial);
      const usual = await usualApprover(trial, { atOnce: true });
      const first = await offer(trial, url, { ...usual, failures: 1 });
      const second = await offer(trial, url, { ...usual, index: 1, failures: 1 });
      await expectSeveral(url, first);
      const judgements = await Promise.all([
        answerRightly(first, trial),
        answerRightly(second, trial),
      ]);
      const came = judgements.map(brief).join(', ');
      const valid = judgements.filter(({ outcome }) => outcome === 'valid').length;
      const { decisions } = await look(first.account, url);
      return valid === 1 && decisions.length === 1
        ? came
        : fail(`${came}; ${decisions.length} counted`);
    },
  },
  {
    ...{ ...about, id: 'approvals.certified-key' },
    expected: 'The key that is to be certified approves nothing of it: unauthorized',
    async perform(trial) {
      const [approver] = await approversWith(trial, 'key');
      const { credential } = trial.world.purse.ofSubject('key', approver, 1);
      const { url } = await ask(trial, { key: credential.key });
      const found = await offer(trial, url, { method: 'key', approver, failures: 1 });
      const came = await expectTooLate(trial, found, await answerRightly(found, trial));
      const { decisions } = await look(found.account, url);
      return decisions.length === 0 ? came : fail(`${came}, and ${decisions.length} decisions`);
    },
  },
  {
    ...{ ...about, id: 'approvals.auditor' },
    expected: 'Who only reads is shown the request, and gets no authorization for it',
    async perform(trial) {
      const { url } = await ask(trial);
      const { auditor } = await partiesOf(trial);
      const account = await trial.world.accounts.of(
        auditor ?? skip('the credentials have no auditor'),
      );
      const { roles, mayDecide } = await look(account, url);
      if (!roles.includes('auditor') || mayDecide) fail(`${roles.join()}, mayDecide ${mayDecide}`);
      const reply = await requestAuthorization(trial, account, url);
      const came = briefReply(reply);
      return reply.status >= 400 && reply.status < 500 ? came : fail(came);
    },
  },
  {
    ...{ ...about, id: 'approvals.stranger', clause: 'approvals.md §5' },
    expected: 'Who is no party to a request is told the same as for one that is not there: 404',
    async perform(trial) {
      const { url } = await ask(trial);
      const account = await trial.world.accounts.of(strangerTo(trial));
      const said = [];
      for (const one of [url, elsewhere(url)]) {
        const read = await account.post(one, '');
        const declined = await account.post(one, {
          decline: { digest: 'A'.repeat(43), reason: 'x' },
        });
        const authorized = await requestAuthorization(trial, account, one);
        if (read.status !== 404 || declined.status !== 404) {
          fail(`${briefReply(read)}, ${briefReply(declined)}`);
        }
        if (authorized.status < 400) fail(`newAuthz: ${briefReply(authorized)}`);
        said.push([read, declined, authorized].map(briefReply).join(', '));
      }
      const [here, nowhere] = said;
      return here === nowhere ? `${here}` : fail(`${here}; for one that is not there ${nowhere}`);
    },
  },
];

/** Somebody whom the server knows, and the organisation does not. */
export function strangerTo(trial: Trial): Subject {
  const found = trial.world.purse.subjects.find((one) => one.externalAccounts.length > 0);
  return found ?? skip('it takes a subject outside the organisation');
}

/** Where no request is. */
const elsewhere = (url: string): string =>
  `${url.slice(0, -4)}${url.endsWith('AAAA') ? 'BBBB' : 'AAAA'}`;

type Ending = {
  readonly name: string;
  readonly expected: string;
  readonly end: (trial: Trial, asked: Asked, waiting: Offer) => Promise<unknown>;
};

const endings: readonly Ending[] = [
  {
    name: 'after-decline',
    expected: 'Once somebody has declined nobody approves: unauthorized, and the challenge is over',
    async end(trial, { url }, { document, holder }) {
      const { approvers } = await partiesOf(trial);
      const other = approvers.find((one) => one !== holder.subject) ?? holder.subject;
      const account = await trial.world.accounts.of(other);
      return act(account, url, { decline: { digest: digestOf(document), reason: 'Conformance' } });
    },
  },
  {
    name: 'after-withdrawal',
    expected: 'Once it is withdrawn nobody approves: unauthorized, and the challenge is over',
    end: (_, { account, url }) => act(account, url, { withdraw: { reason: 'Conformance' } }),
  },
  {
    name: 'after-grant',
    expected: 'Once enough have approved another approval counts for nothing: unauthorized',
    end: async (trial, { url }, { holder }) => approveFully(trial, url, { save: holder.subject }),
  },
];

const endingCase = ({ name, expected, end }: Ending): Case => ({
  ...{ ...about, id: `approvals.${name}`, expected },
  async perform(trial) {
    const asked = await ask(trial);
    const usual = await usualApprover(trial);
    const waiting = await offer(trial, asked.url, { ...usual, failures: 1 });
    await end(trial, asked, waiting);
    const came = await expectTooLate(trial, waiting, await answerRightly(waiting, trial));
    const again = await requestAuthorization(trial, waiting.account, asked.url);
    const told = `${came}; newAuthz: ${briefReply(again)}`;
    return again.status >= 400 && again.status < 500 ? told : fail(told);
  },
});

export const countingCases: readonly Case[] = [...quorum, ...people, ...endings.map(endingCase)];
