import type { Account } from '../acme/account.ts';
import { readAuthorization } from '../acme/objects.ts';
import type { Json } from '../acme/objects.ts';
import type { Reply } from '../acme/transport.ts';
import { answerRightly } from '../cases/provers.ts';
import { fail, skip } from '../case.ts';
import type { Subject } from '../credentials/credentials.ts';
import type { Holder } from '../credentials/purse.ts';
import { expectValid } from '../expectations.ts';
import { briefReply, challengeTypes } from '../trial.ts';
import type { Opened, Trial } from '../trial.ts';
import { ask } from './asking.ts';
import { digestOf } from './canonical.ts';
import { look, partiesOf, readDocument } from './request.ts';

/** The proofs by which a request is approved (docs/approvals.md §4). */
export const methods = ['key', 'passkey', 'cert'] as const;
export type Method = (typeof methods)[number];

/** A challenge that waits for an approver, with the document that it is about. */
export type Offer<M extends Method = Method> = Opened<M> & {
  readonly document: Json;
  /** KA, which must not be taken in place of KA′. */
  readonly plain: string;
};

/** KA′ of docs/approvals.md §4. */
export function approvalKeyAuthorization(
  token: string,
  document: unknown,
  account: Account,
): string {
  return `${token}.${digestOf(document)}.${account.thumbprint}`;
}

/** newAuthz for a request. */
export async function requestAuthorization(
  trial: Trial,
  account: Account,
  url: string,
): Promise<Reply> {
  const { newAuthz } = await trial.world.server.directory();
  const { identifier } = await partiesOf(trial);
  if (newAuthz === undefined) fail('the directory has meta.approvals and no newAuthz');
  return account.post(newAuthz, { identifier, approval: url });
}

export type Offering<M extends Method> = {
  readonly method: M;
  readonly approver: Subject;
  /** Its number among the approver's accounts. */
  readonly index?: number;
  /** How many wrong responses will be given. */
  readonly failures?: number;
};

/** An approver's authorization for a request, and its challenge for one kind of proof. */
export async function offer<M extends Method>(
  trial: Trial,
  url: string,
  { method, approver, index = 0, failures = 0 }: Offering<M>,
): Promise<Offer<M>> {
  const holder = trial.world.purse.ofSubject(method, approver, failures);
  const account = await trial.world.accounts.of(approver, index);
  const reply = await requestAuthorization(trial, account, url);
  if (reply.status !== 201 && reply.status !== 200) fail(`newAuthz: ${briefReply(reply)}`);
  return offerIn(reply, { account, holder, url });
}

type Offered<M extends Method> = {
  readonly account: Account;
  readonly holder: Holder<M>;
  /** Of the request. */
  readonly url: string;
};

/** The challenge in the answer to newAuthz. Ends the case when it does not hold the document of the request. */
export async function offerIn<M extends Method>(
  reply: Reply,
  { account, holder, url }: Offered<M>,
): Promise<Offer<M>> {
  const authorizationUrl = reply.headers.location ?? fail('newAuthz gave no Location');
  const authorization = readAuthorization(reply);
  const { document } = await look(account, url);
  const type = challengeTypes[holder.kind];
  const challenge = authorization.challenges.find((one) => one.type === type);
  if (challenge === undefined) {
    const by = (document['rule'] as Json)['by'] as readonly string[];
    if (!by.includes(type)) skip(`the rule takes ${by.join(' and ')}, not ${type}`);
    return fail(`the rule takes ${type}, and the authorization does not offer it`);
  }
  const shown = readDocument(challenge.members['approval']);
  if (digestOf(shown) !== digestOf(document)) fail('the challenge has another document');
  const { token = '' } = challenge;
  return {
    ...{ account, holder, authorizationUrl, authorization, challenge, document },
    keyAuthorization: approvalKeyAuthorization(token, document, account),
    plain: `${token}.${account.thumbprint}`,
    // That of the request: an approver is not shown the order.
    orderUrl: url,
  };
}

/** Agrees, rightly. */
export async function approve(trial: Trial, found: Offer): Promise<string> {
  return expectValid(trial, found, await answerRightly(found, trial));
}

/** The kind of proof that cases use which are about none: one that the rule takes, and that most approvers have. */
function usualMethod(trial: Trial, among: readonly Method[]): Promise<Method> {
  return trial.once(`approvals.method.${among.join()}`, async () => {
    const { url, account } = await ask(trial);
    const { approvers } = await partiesOf(trial);
    const { document } = await look(account, url);
    const { by } = document['rule'] as { readonly by: readonly string[] };
    const countOf = (one: Method): number =>
      approvers.filter(({ held }) => held[one] !== undefined).length;
    const [best] = among
      .filter((one) => by.includes(challengeTypes[one]) && countOf(one) > 0)
      .sort((one, other) => countOf(other) - countOf(one));
    return best ?? skip(`no approver has a ${among.join(' or ')} that the rule takes`);
  });
}

export type Usual = {
  readonly method: Method;
  readonly approver: Subject;
  /** Who have the same. */
  readonly others: readonly Subject[];
};

/** An approver, and how they prove who they are. `atOnce`: twice at the same time, which the counter of a passkey does not forgive. */
export async function usualApprover(
  trial: Trial,
  { atOnce = false }: { readonly atOnce?: boolean } = {},
): Promise<Usual> {
  const method = await usualMethod(trial, atOnce ? ['key', 'cert'] : methods);
  const [approver, ...others] = await approversWith(trial, method);
  return { method, approver, others };
}

/** So many approvers, those who have the method; ends the case when there are fewer. */
export async function approversWith(
  trial: Trial,
  method: Method,
  least = 1,
): Promise<readonly [Subject, ...Subject[]]> {
  const { approvers } = await partiesOf(trial);
  const [first, ...others] = approvers
    .filter(({ held }) => held[method] !== undefined)
    .sort((one, other) => failuresOf(trial, method, one) - failuresOf(trial, method, other));
  if (first === undefined || others.length + 1 < least) {
    return skip(`it takes ${least} approvers with a ${method}`);
  }
  return [first, ...others];
}

function failuresOf({ world: { purse } }: Trial, method: Method, subject: Subject): number {
  return purse.failuresOf({ throttle: `${subject.name}.${method === 'cert' ? 'cert' : 'ppkp'}` });
}

/**
 * Agrees as often as the rule wants it, by as many kinds of proof as there are. `without`: those who have agreed already; `save`:
 * who is not to.
 */
export async function approveFully(
  trial: Trial,
  url: string,
  { without = [], save }: { readonly without?: readonly Subject[]; readonly save?: Subject } = {},
): Promise<readonly Method[]> {
  const { approvers, requester } = await partiesOf(trial);
  const account = await trial.world.accounts.of(approvers[0] ?? requester);
  const { document } = await look(account, url);
  const { approvals, by } = document['rule'] as { approvals: number; by: readonly string[] };
  const left = approvals - without.length;
  const able = approvers.filter((one) => !without.includes(one) && one !== save).slice(0, left);
  if (able.length < left) skip(`the rule wants ${approvals} approvers`);
  const used: Method[] = [];
  for (const approver of able) {
    const has = methods.filter(
      (one) => approver.held[one] !== undefined && by.includes(challengeTypes[one]),
    );
    const method = has.find((one) => !used.includes(one)) ?? has[0];
    if (method === undefined) return skip(`${approver.name} has nothing that the rule takes`);
    await approve(trial, await offer(trial, url, { method, approver }));
    used.push(method);
  }
  return used;
}
