import type { Account, Payload } from '../../acme/account.ts';
import { readJson, readProblem } from '../../acme/objects.ts';
import { ask } from '../../approvals/asking.ts';
import type { Asked } from '../../approvals/asking.ts';
import { digestOf } from '../../approvals/canonical.ts';
import { approveFully, usualApprover } from '../../approvals/deciding.ts';
import { act, isTime, look, partiesOf } from '../../approvals/request.ts';
import type { ApprovalRequest } from '../../approvals/request.ts';
import type { Case } from '../../case.ts';
import { fail, skip } from '../../case.ts';
import { expectMalformed } from '../../expectations.ts';
import { briefReply, problemOf } from '../../trial.ts';
import type { Trial } from '../../trial.ts';

const about = { group: 'approvals', clause: 'approvals.md §5' } as const;

const reason = 'Not this branch: “release 4.2” ✓';

/** A request with an approver who has decided nothing, and an account of theirs. */
async function begin(trial: Trial) {
  const asked = await ask(trial);
  const { approver } = await usualApprover(trial);
  const account = await trial.world.accounts.of(approver);
  const { document } = await look(account, asked.url);
  return { asked, account, digest: digestOf(document) };
}

/** Refused, and the request is as it was. */
async function expectRefused(
  account: Account,
  { url }: Asked,
  { payload, what }: { readonly payload: Payload; readonly what: string },
): Promise<string> {
  const reply = await account.post(url, payload);
  const came = `${what}: ${briefReply(reply)}`;
  return reply.status >= 400 && reply.status < 500 ? came : fail(came);
}

async function expectPending({ account, url }: Asked, what: string): Promise<ApprovalRequest> {
  const found = await look(account, url);
  return found.status === 'pending' ? found : fail(`${what}, and the request is ${found.status}`);
}

/** Order and authorization are over, as RFC 8555 §7.1.6 has it. */
async function expectOrderOver(trial: Trial, { account, orderUrl, extra }: Asked): Promise<string> {
  const { status } = await trial.authorization(account, extra.url);
  const order = await trial.order(account, orderUrl);
  const came = `authorization ${status}, order ${order.status}`;
  return ['invalid', 'deactivated'].includes(status) && order.status === 'invalid'
    ? came
    : fail(came);
}

const declining: readonly Case[] = [
  {
    ...{ ...about, id: 'approvals.decline', clause: 'approvals.md §1, §3, §5' },
    expected:
      'One decline with its reason ends request, authorization and order, which has an error',
    async perform(trial) {
      const { asked, account, digest } = await begin(trial);
      const { status, decisions } = await act(account, asked.url, { decline: { digest, reason } });
      if (status !== 'declined') fail(`the request is ${status}`);
      const [decision] = decisions;
      if (decision?.['decision'] !== 'decline' || decision['reason'] !== reason) {
        fail('the decision is not told of, or without its reason');
      }
      const { status: authorization } = await trial.authorization(asked.account, asked.extra.url);
      if (authorization !== 'invalid') fail(`the authorization is ${authorization}`);
      const came = await expectOrderOver(trial, asked);
      const { error } = readJson(await asked.account.post(asked.orderUrl, ''), 'an order');
      if (error === undefined) fail(`${came}, without "error"`);
      return `${came}, ${readProblem(error).type}`;
    },
  },
  {
    ...{ ...about, id: 'approvals.decline-digest' },
    expected: 'A decline with the digest of something else is refused, and ends nothing',
    async perform(trial) {
      const { asked, account } = await begin(trial);
      const payload = { decline: { digest: 'A'.repeat(43), reason } };
      const came = await expectRefused(account, asked, { payload, what: 'another digest' });
      await expectPending(asked, came);
      return came;
    },
  },
  {
    ...{ ...about, id: 'approvals.decline-malformed' },
    expected:
      'A decline without a reason, or with one of more than 400 characters, is 400 malformed',
    async perform(trial) {
      const { asked, account, digest } = await begin(trial);
      const reasons = [undefined, '', 'x'.repeat(401), 'two\u0000parts', 'a\u2066b', 7];
      for (const wrong of reasons) {
        const reply = await account.post(asked.url, { decline: { digest, reason: wrong } });
        expectMalformed(reply, `reason ${String(wrong).slice(0, 12)}`);
      }
      await expectPending(asked, 'after them');
      return `${reasons.length} times 400 malformed`;
    },
  },
  {
    ...{ ...about, id: 'approvals.decline-others' },
    expected: 'Requester and auditor decline nothing',
    async perform(trial) {
      const { asked, digest } = await begin(trial);
      const { auditor } = await partiesOf(trial);
      const payload = { decline: { digest, reason } };
      const came = [await expectRefused(asked.account, asked, { payload, what: 'requester' })];
      if (auditor !== undefined) {
        const account = await trial.world.accounts.of(auditor);
        came.push(await expectRefused(account, asked, { payload, what: 'auditor' }));
      }
      await expectPending(asked, came.join(', '));
      return came.join(', ');
    },
  },
];

const withdrawing: readonly Case[] = [
  {
    ...{ ...about, id: 'approvals.withdraw' },
    expected:
      'The requester withdraws: request, authorization and order are over, and it says who, when and why',
    async perform(trial) {
      const { asked } = await begin(trial);
      const { status, members } = await act(asked.account, asked.url, { withdraw: { reason } });
      if (status !== 'withdrawn') fail(`the request is ${status}`);
      expectWithdrawn(members['withdrawn']);
      return expectOrderOver(trial, asked);
    },
  },
  {
    ...{ ...about, id: 'approvals.deactivate', clause: 'approvals.md §3, RFC 8555 §7.5.2' },
    expected: 'Deactivating the authorization withdraws the request',
    async perform(trial) {
      const { asked } = await begin(trial);
      const reply = await asked.account.post(asked.extra.url, { status: 'deactivated' });
      if (reply.status !== 200) fail(briefReply(reply));
      const { status } = await look(asked.account, asked.url);
      return status === 'withdrawn' ? status : fail(`the request is ${status}`);
    },
  },
  {
    ...{ ...about, id: 'approvals.deactivate-approved', clause: 'approvals.md §3' },
    expected: 'So does deactivating one that was approved, as long as nothing was issued',
    async perform(trial) {
      const { asked } = await begin(trial);
      await approveFully(trial, asked.url);
      const reply = await asked.account.post(asked.extra.url, { status: 'deactivated' });
      if (reply.status !== 200) fail(briefReply(reply));
      const { status } = await look(asked.account, asked.url);
      const came = await expectOrderOver(trial, asked);
      return status === 'withdrawn' ? `${status}, ${came}` : fail(`the request is ${status}`);
    },
  },
  {
    ...{ ...about, id: 'approvals.withdraw-others' },
    expected: 'Approvers and auditor do not withdraw what they have not asked for',
    async perform(trial) {
      const { asked, account } = await begin(trial);
      const { auditor } = await partiesOf(trial);
      const payload = { withdraw: { reason } };
      const came = [await expectRefused(account, asked, { payload, what: 'approver' })];
      if (auditor !== undefined) {
        const other = await trial.world.accounts.of(auditor);
        came.push(await expectRefused(other, asked, { payload, what: 'auditor' }));
      }
      await expectPending(asked, came.join(', '));
      return came.join(', ');
    },
  },
];

function expectWithdrawn(value: unknown): void {
  const { by, at, reason: why } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof by !== 'object' || by === null) fail('"withdrawn" does not say by whom');
  if (!isTime(at)) fail('"withdrawn" does not say when');
  if (why !== reason && typeof why !== 'string') fail('"withdrawn" does not say why');
}

const talking: readonly Case[] = [
  {
    ...{ ...about, id: 'approvals.messages' },
    expected: 'An approver asks, the requester answers, and both are shown with who and when',
    async perform(trial) {
      const { asked, account } = await begin(trial);
      await act(account, asked.url, { message: 'Which branch is that?' });
      const { messages } = await act(asked.account, asked.url, { message: 'Of “4.2” ✓' });
      const texts = messages.map(({ text }) => text);
      if (texts.join('|') !== 'Which branch is that?|Of “4.2” ✓')
        fail(`${messages.length} messages`);
      const whole = messages.every(({ from, at }) => typeof from === 'object' && isTime(at));
      return whole ? '2 messages' : fail('a message does not say from whom, or when');
    },
  },
  {
    ...{ ...about, id: 'approvals.message-limits' },
    expected: 'A message has 1 to 400 characters, an auditor has none, and after 20 there is none',
    async perform(trial) {
      const { asked, account } = await begin(trial);
      for (const message of ['', 'x'.repeat(401), 'two\u0007parts', 'a\u202eb', 7]) {
        const what = `message ${JSON.stringify(message).slice(0, 12)}`;
        expectMalformed(await account.post(asked.url, { message }), what);
      }
      const { auditor } = await partiesOf(trial);
      if (auditor !== undefined) {
        const other = await trial.world.accounts.of(auditor);
        await expectRefused(other, asked, { payload: { message: 'x' }, what: 'auditor' });
      }
      for (let count = 0; count < 20; count += 1) {
        const reply = await account.post(asked.url, { message: `Question ${count}` });
        if (reply.status === 429) skip(`the server takes ${count} messages in a row (429)`);
        if (reply.status !== 200) fail(`message ${count + 1}: ${briefReply(reply)}`);
      }
      const more = await expectRefused(account, asked, { payload: { message: 'x' }, what: '21st' });
      const { messages } = await look(account, asked.url);
      return messages.length === 20 ? more : fail(`${more}, and there are ${messages.length}`);
    },
  },
  {
    ...{ ...about, id: 'approvals.remind' },
    expected:
      'The requester reminds, and within the hour no more: 429 rateLimited with Retry-After; nobody else does',
    async perform(trial) {
      const { asked, account } = await begin(trial);
      const payload = { remind: true };
      await expectRefused(account, asked, { payload, what: 'an approver' });
      // The mail that told of the request may be the last one.
      const first = await asked.account.post(asked.url, payload);
      if (first.status !== 200 && first.status !== 429) fail(briefReply(first));
      const again = await asked.account.post(asked.url, payload);
      const came = `${briefReply(first)}, ${briefReply(again)}`;
      if (problemOf(again)?.type !== 'rateLimited') fail(came);
      if (again.headers['retry-after'] === undefined) fail(`${came}, without Retry-After`);
      const { members } = await look(asked.account, asked.url);
      return isTime(members['remindAfter']) ? came : fail(`${came}, without "remindAfter"`);
    },
  },
  {
    ...{ ...about, id: 'approvals.unknown-act' },
    expected: 'A payload that asks for nothing that there is, is 400 malformed',
    async perform(trial) {
      const { asked, account } = await begin(trial);
      const payloads = [{}, { approve: true }, { status: 'approved' }];
      for (const payload of payloads) {
        expectMalformed(
          await account.post(asked.url, payload),
          Object.keys(payload).join() || '{}',
        );
      }
      await expectPending(asked, 'after them');
      return `${payloads.length} times 400 malformed`;
    },
  },
];

export const actingCases: readonly Case[] = [...declining, ...withdrawing, ...talking];
