import type { Authority } from '../authority.ts';
import { Problem } from '../problems.ts';
import { readPayload } from '../requests.ts';
import type { AccountRequest } from '../requests.ts';
import { approvalStatus } from '../status.ts';
import type { LogEvent } from '../state/approval-log.ts';
import type { ApprovalRequest } from '../state/approvals.ts';
import type { SubjectName } from '../state/subject-certificates.ts';
import { publicKeyInfoOf } from '../x509/public-key-info.ts';
import { approverOf, decide, endOrder } from './deciding.ts';
import { checkMessages, checkReminder } from './limits.ts';
import type { Party } from './own-request.ts';
import { nameInLog } from './parties.ts';
import { readMembers, readText } from './texts.ts';

type Context = { readonly request: AccountRequest; readonly authority: Authority };
type Act = (given: unknown, party: Party, context: Context) => void;

const said = { minimum: 1, maximum: 400 };

const acts: Readonly<Record<string, Act>> = { decline, message, remind, withdraw };

/** docs/approvals.md §5: what a party does to a request, one thing at a time. */
export function act(party: Party, context: Context): void {
  const entries = Object.entries(readPayload(context.request));
  const [name, given] = entries[0] ?? ['', undefined];
  const known = Object.hasOwn(acts, name) ? acts[name] : undefined;
  if (known === undefined || entries.length !== 1) {
    const detail = `The payload must have one member: ${Object.keys(acts).join(', ')}.`;
    throw new Problem('malformed', detail);
  }
  context.authority.state.transaction(() => known(given, party, context));
}

function decline(given: unknown, { found }: Party, { request, authority }: Context): void {
  const members = readMembers(given, '"decline"', ['digest', 'reason']);
  const reason = readText(members.reason, 'The "reason"', said);
  if (members.digest !== found.digest) {
    throw new Problem('malformed', 'The "digest" is not that of the request.');
  }
  const { account, jws } = request;
  const approver = approverOf(account, found, authority);
  if (approver === undefined) throw notForThem();
  const { key } = authority.accountKeys.of(account);
  const publicKey = publicKeyInfoOf(key).toString('base64url');
  const evidence = { type: 'account', publicKey, ...jws } as const;
  const outcome = { decision: 'decline', reason } as const;
  decide({ request: found, approver, account, evidence, outcome }, authority);
}

function message(given: unknown, { found, subject, roles }: Party, { authority }: Context): void {
  if (!roles.includes('approver') && !roles.includes('requester')) throw notForThem();
  checkPending(found, authority);
  const text = readText(given, 'The "message"', said);
  checkMessages(found, authority);
  const { state, clock } = authority;
  const at = clock();
  state.approvalMessages.add({ requestId: found.id, sender: subject, text, at });
  state.approvals.touch(found.id, at);
  enter('message', { found, by: subject, data: { text } }, authority);
}

function remind(given: unknown, { found, roles }: Party, { authority }: Context): void {
  if (given !== true) throw new Problem('malformed', '"remind" must be true.');
  if (!roles.includes('requester')) throw notForThem();
  checkPending(found, authority);
  checkReminder(found, authority);
  const { state, clock } = authority;
  state.approvals.recordReminder(found.id, clock());
  state.approvalReminders.add(found.document.url);
}

function withdraw(given: unknown, { found, subject, roles }: Party, { authority }: Context): void {
  const members = readMembers(given, '"withdraw"', ['reason']);
  const reason = readText(members.reason ?? '', 'The "reason"', { ...said, minimum: 0 });
  const status = approvalStatus(found, authority.clock());
  const isStanding = found.document.kind === 'standing';
  const may =
    (status === 'pending' && roles.includes('requester')) ||
    (isStanding && roles.includes('approver') && ['pending', 'approved'].includes(status));
  if (!may) throw notForThem();
  endRequest(found, { by: subject, reason }, authority);
}

/** The request and its order come to nothing. */
export function endRequest(
  found: ApprovalRequest,
  { by, reason }: { readonly by: SubjectName; readonly reason: string },
  authority: Pick<Authority, 'state' | 'clock'>,
): void {
  const { state, clock } = authority;
  state.approvals.withdraw(found.id, { by, at: clock(), reason });
  enter('withdrawn', { found, by, data: { reason } }, authority);
  endOrder(found, 'The request for approval was withdrawn.', authority);
}

type Entry = {
  readonly found: ApprovalRequest;
  readonly by: SubjectName;
  readonly data: Readonly<Record<string, string>>;
};

function enter(
  event: LogEvent,
  { found, by, data }: Entry,
  { state, clock }: Pick<Authority, 'state' | 'clock'>,
): void {
  const { organization, url } = found.document;
  state.approvalLog.append({
    ...{ at: clock(), event, organization, request: url, by: nameInLog(by, state), data },
  });
}

function checkPending(found: ApprovalRequest, { clock }: Authority): void {
  const status = approvalStatus(found, clock());
  if (status === 'pending') return;
  throw new Problem('unauthorized', `The request is "${status}" already.`);
}

function notForThem(): Problem {
  return new Problem('unauthorized', 'This is not, or no longer, for this account to do.');
}
