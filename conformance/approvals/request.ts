import type { Account } from '../acme/account.ts';
import { readJson } from '../acme/objects.ts';
import type { Json } from '../acme/objects.ts';
import type { Reply } from '../acme/transport.ts';
import { fail, notApplicable, skip } from '../case.ts';
import type { Parties } from '../credentials/credentials.ts';
import { briefReply } from '../trial.ts';
import type { Trial } from '../trial.ts';
import { documentFault, rules } from './document.ts';

/** A request as docs/approvals.md §5 shows it. */
export type ApprovalRequest = {
  readonly status: string;
  readonly document: Json;
  readonly roles: readonly string[];
  readonly mayDecide: boolean;
  readonly decisions: readonly Json[];
  readonly approvers: readonly Json[];
  readonly messages: readonly Json[];
  readonly certificates: readonly Json[];
  readonly members: Json;
};

const statuses = ['pending', 'approved', 'declined', 'expired', 'withdrawn', 'spent'];

/** The list of the directory; ends the case where there is none (§3). */
export async function listUrl(trial: Trial): Promise<string> {
  const { approvals } = (await trial.world.server.directory()).meta;
  if (approvals === undefined) notApplicable('the directory has no meta.approvals');
  const isUrl = typeof approvals === 'string' && approvals.startsWith('https://');
  return isUrl ? approvals : fail('meta.approvals is no https URL');
}

/** Who asks and who approves; ends the case where nobody does. */
export async function partiesOf(trial: Trial): Promise<Parties> {
  await listUrl(trial);
  return trial.world.approvals ?? skip('the credentials have no "approvals"');
}

/** What an account is shown of a request. */
export async function look(account: Account, url: string): Promise<ApprovalRequest> {
  const reply = await account.post(url, '');
  if (reply.status !== 200) fail(`the request: ${briefReply(reply)}`);
  return readRequest(reply);
}

/** Acts, and is shown what came of it. */
export async function act(account: Account, url: string, payload: Json): Promise<ApprovalRequest> {
  const reply = await account.post(url, payload);
  if (reply.status !== 200) fail(`${Object.keys(payload).join()}: ${briefReply(reply)}`);
  return readRequest(reply);
}

export function readRequest(reply: Reply): ApprovalRequest {
  const members = readJson(reply, 'a request');
  const { status, approval, mayDecide } = members;
  if (typeof status !== 'string' || !statuses.includes(status)) {
    fail(`a request has the status ${JSON.stringify(status)}`);
  }
  if (typeof mayDecide !== 'boolean') fail('"mayDecide" of a request is neither true nor false');
  return {
    ...{ status, mayDecide, members, document: readDocument(approval) },
    roles: textsOf(members, 'roles'),
    decisions: objectsOf(members, 'decisions'),
    approvers: objectsOf(members, 'approvers'),
    messages: objectsOf(members, 'messages'),
    certificates: objectsOf(members, 'certificates'),
  };
}

/** Ends the case when it has not exactly the members of §2. */
export function readDocument(value: unknown): Json {
  if (typeof value !== 'object' || value === null) fail('there is no approval document');
  const fault = documentFault(value as Json);
  return fault === undefined ? (value as Json) : fail(`the approval document: ${fault}`);
}

export function objectsOf(members: Json, name: string): readonly Json[] {
  const value = members[name] ?? [];
  const holds =
    Array.isArray(value) && value.every((one) => typeof one === 'object' && one !== null);
  return holds ? (value as Json[]) : fail(`"${name}" is no list of objects`);
}

function textsOf(members: Json, name: string): readonly string[] {
  const value = members[name];
  const holds = Array.isArray(value) && value.every((one) => typeof one === 'string');
  return holds ? value : fail(`"${name}" is no list of texts`);
}

export function isTime(value: unknown): boolean {
  return rules.time.holds(value);
}

/** The pages of a resource, by their `Link` (RFC 8288); at most so many. */
export async function pagesOf(
  account: Account,
  url: string,
  most: number,
): Promise<readonly Json[]> {
  const pages: Json[] = [];
  for (let next: string | undefined = url; next !== undefined && pages.length < most;) {
    const reply: Reply = await account.post(next, '');
    if (reply.status !== 200) fail(`page ${pages.length + 1}: ${briefReply(reply)}`);
    pages.push(readJson(reply, 'a page'));
    next = nextOf(reply);
  }
  return pages;
}

function nextOf({ headers: { link } }: Reply): string | undefined {
  return /<([^>]+)>\s*;\s*rel="?next"?/.exec([link ?? []].flat().join())?.[1];
}
