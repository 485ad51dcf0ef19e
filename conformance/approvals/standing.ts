import type { Account } from '../acme/account.ts';
import { readAuthorization } from '../acme/objects.ts';
import type { Json } from '../acme/objects.ts';
import type { Reply } from '../acme/transport.ts';
import { fail, skip } from '../case.ts';
import type { Parties, Standing } from '../credentials/credentials.ts';
import { briefReply } from '../trial.ts';
import type { Trial } from '../trial.ts';
import { newKey, orderOf } from './asking.ts';
import type { Asked } from './asking.ts';
import { approve, approveFully, usualApprover, offerIn } from './deciding.ts';
import type { Offer } from './deciding.ts';
import { partiesOf } from './request.ts';

export type StandingParties = Parties & { readonly standing: Standing };

/** Ends the case where the credentials name nobody who has certificates without asking each time. */
export async function standingParties(trial: Trial): Promise<StandingParties> {
  const parties = await partiesOf(trial);
  const { standing } = parties;
  return standing === undefined
    ? skip('the credentials have no "standing" in "approvals"')
    : { ...parties, standing };
}

/** RFC 3339 in UTC with seconds; so many seconds from now by the server's clock. */
export function timeAhead(trial: Trial, seconds: number): string {
  const at = new Date(trial.world.server.time() + seconds * 1000);
  return `${at.toISOString().slice(0, 19)}Z`;
}

/** newAuthz of an approver for a standing pre-authorization (docs/approvals.md §4). */
export async function requestStanding(
  trial: Trial,
  account: Account,
  changes: Json = {},
): Promise<Reply> {
  const { identifier, standing } = await standingParties(trial);
  const { newAuthz = '' } = await trial.world.server.directory();
  const wanted = {
    ...{ requester: standing.requester, profile: standing.profile, count: 1 },
    ...{ until: timeAhead(trial, 3600), reason: 'Conformance' },
    ...changes,
  };
  const reply = await account.post(newAuthz, { identifier, standing: wanted });
  if (reply.status === 429) skip('the server takes no more requests for now (429)');
  return reply;
}

export type Proposed = {
  /** Of the request. */
  readonly url: string;
  readonly offer: Offer;
};

/** Proposes, and leaves it to be signed; withdrawn when the case is over. */
export async function propose(trial: Trial, changes: Json = {}): Promise<Proposed> {
  await standingParties(trial);
  const { method, approver } = await usualApprover(trial);
  const account = await trial.world.accounts.of(approver);
  const reply = await requestStanding(trial, account, changes);
  if (reply.status !== 201) fail(`newAuthz with "standing": ${briefReply(reply)}`);
  const url = readAuthorization(reply).approval ?? fail('the authorization has no "approval"');
  trial.leave(account, url, { withdraw: { reason: 'Conformance' } });
  const holder = trial.world.purse.ofSubject(method, approver);
  return { url, offer: await offerIn(reply, { account, holder, url }) };
}

/** Proposes, and has as many agree as the rule wants. */
export async function grant(trial: Trial, changes: Json = {}): Promise<Proposed> {
  const proposed = await propose(trial, changes);
  await approve(trial, proposed.offer);
  await approveFully(trial, proposed.url, { without: [proposed.offer.holder.subject] });
  return proposed;
}

/** newOrder of who may have certificates without asking. */
export async function orderUnder(
  trial: Trial,
): Promise<{ readonly account: Account; readonly reply: Reply }> {
  const { identifier, standing } = await standingParties(trial);
  const account = await trial.world.accounts.of(standing.account);
  const { newOrder } = await trial.world.server.directory();
  const wanted = { identifiers: [identifier], profile: standing.profile };
  return { account, reply: await account.post(newOrder, wanted) };
}

/** An order that a standing pre-authorization covers. */
export async function openUnder(trial: Trial, { url }: Proposed): Promise<Omit<Asked, 'reason'>> {
  const { standing } = await standingParties(trial);
  const { account, reply } = await orderUnder(trial);
  const found = await orderOf(trial, account, reply);
  if (found.extra.authorization.approval !== url) fail('the order is covered by something else');
  return { ...found, account, url, subject: standing.account, key: newKey() };
}
