import type { Account } from '../../acme/account.ts';
import type { Json } from '../../acme/objects.ts';
import { ask, order, orderOf, newKey, reportOf } from '../../approvals/asking.ts';
import { digestOf } from '../../approvals/canonical.ts';
import { approve, approversWith, offer, usualApprover } from '../../approvals/deciding.ts';
import type { Method } from '../../approvals/deciding.ts';
import { isForeign, logFault } from '../../approvals/log.ts';
import { openedByOpenssl, verifyReceipt } from '../../approvals/receipt.ts';
import type { Receipt } from '../../approvals/receipt.ts';
import { act, listUrl, look, objectsOf, pagesOf, partiesOf } from '../../approvals/request.ts';
import { SignedDataError } from '../../approvals/signed-data.ts';
import type { Case } from '../../case.ts';
import { fail, skip } from '../../case.ts';
import { briefReply } from '../../trial.ts';
import type { Trial } from '../../trial.ts';
import { strangerTo } from './counting.ts';
import { issue } from './issuing.ts';

const about = { group: 'approvals' } as const;

type Decided = {
  readonly account: Account;
  readonly url: string;
  readonly document: Json;
  /** URL of the receipt. */
  readonly receipt: string;
};

async function decidedBy(trial: Trial, method: Method): Promise<Decided> {
  const { url } = await ask(trial);
  const [approver] = await approversWith(trial, method);
  const found = await offer(trial, url, { method, approver });
  await approve(trial, found);
  return decisionIn(found.account, url);
}

async function declined(trial: Trial): Promise<Decided> {
  const { url } = await ask(trial);
  const { approver } = await usualApprover(trial);
  const account = await trial.world.accounts.of(approver);
  const { document } = await look(account, url);
  await act(account, url, { decline: { digest: digestOf(document), reason: 'Not “4.2” ✓' } });
  return decisionIn(account, url);
}

async function decisionIn(account: Account, url: string): Promise<Decided> {
  const { decisions, document } = await look(account, url);
  const receipt = decisions[0]?.['receipt'];
  if (typeof receipt !== 'string') fail('the decision has no "receipt"');
  return { account, url, document, receipt };
}

/** Fetches a receipt, and verifies it by our own reader and, where it is there, by OpenSSL. */
async function check(trial: Trial, { account, document, receipt, url }: Decided): Promise<Receipt> {
  const roots =
    (await partiesOf(trial)).root ?? skip('the credentials have no "root" in "approvals"');
  const reply = await account.post(receipt, '');
  if (reply.status !== 200) fail(`the receipt: ${briefReply(reply)}`);
  const type = reply.headers['content-type'] ?? '';
  if (!/^application\/cms\b/i.test(type)) fail(`it came as "${type}"`);
  const at = new Date(trial.world.server.time());
  const opened = await openedByOpenssl(reply.octets, roots, at);
  if (opened !== undefined && 'refusal' in opened) fail(`OpenSSL: ${opened.refusal}`);
  const found = await verified(reply.octets, { roots, at });
  if (digestOf(found.document) !== digestOf(document)) fail('it has another document');
  if (found.directory !== trial.world.server.directoryUrl) fail('it names another directory');
  if (found.by['account'] !== account.thumbprint) fail('it names another account');
  return found.entry['request'] === url ? found : fail('it is about another request');
}

async function verified(octets: Buffer, options: { readonly roots: string; readonly at: Date }) {
  try {
    return await verifyReceipt(octets, options);
  } catch (error) {
    if (error instanceof SignedDataError) return fail(error.message);
    throw error;
  }
}

const evidenceOf: Readonly<Record<Method, string>> = {
  key: 'key',
  passkey: 'passkey',
  cert: 'certificate',
};

const receipts: readonly Case[] = [
  ...(['key', 'passkey', 'cert'] as const).map((method): Case => ({
    ...{ ...about, id: `approvals.receipt-${method}`, clause: 'approvals.md §6' },
    expected: `The receipt of an approval by ${evidenceOf[method]} holds: CMS, members, evidence, entry of the log`,
    async perform(trial) {
      const { evidence } = await check(trial, await decidedBy(trial, method));
      return evidence.type === evidenceOf[method]
        ? evidence.type
        : fail(`evidence ${evidence.type}`);
    },
  })),
  {
    ...{ ...about, id: 'approvals.receipt-decline', clause: 'approvals.md §6' },
    expected:
      'The receipt of a decline holds, with the reason and the JWS of the account that declined',
    async perform(trial) {
      const { evidence, decision, reason } = await check(trial, await declined(trial));
      const came = `${decision}, evidence ${evidence.type}`;
      if (reason !== 'Not “4.2” ✓') fail(`${came}, and another reason`);
      return came === 'decline, evidence account' ? came : fail(came);
    },
  },
  {
    ...{ ...about, id: 'approvals.receipt-readers', clause: 'approvals.md §5' },
    expected: 'Requester and auditor get the receipt, and who is no party to the request gets 404',
    async perform(trial) {
      const { asked, document } = await issue(trial);
      const { url, account } = asked;
      const { receipt } = await decisionIn(account, url);
      const { auditor } = await partiesOf(trial);
      const readers = [account];
      if (auditor !== undefined) readers.push(await trial.world.accounts.of(auditor));
      for (const reader of readers) {
        const { status } = await reader.post(receipt, '');
        if (status !== 200) fail(`a reader of ${digestOf(document)}: ${status}`);
      }
      const stranger = await trial.world.accounts.of(strangerTo(trial));
      const reply = await stranger.post(receipt, '');
      return reply.status === 404 ? `${readers.length} readers, 404` : fail(briefReply(reply));
    },
  },
];

/** The log of the organisation that owns what is ordered, as its auditor reads it. */
async function logUrl(trial: Trial) {
  const { auditor, identifier } = await partiesOf(trial);
  const account = await trial.world.accounts.of(auditor ?? skip('the credentials have no auditor'));
  const [first = {}] = await pagesOf(account, await listUrl(trial), 1);
  const own = objectsOf(first, 'organizations').find(({ domains }) =>
    (domains as readonly string[] | undefined)?.includes(identifier.value),
  );
  const url = own?.['log'];
  return typeof url === 'string' ? { url, account } : fail('the auditor is told of no log');
}

const logs: readonly Case[] = [
  {
    ...{ ...about, id: 'approvals.log', clause: 'approvals.md §7', turn: 'late' },
    expected:
      'The log begins at 1 and leaves out nothing, each entry fits the one before, and entries of others are places and digests alone',
    async perform(trial) {
      const { asked } = await issue(trial);
      const { url, account } = await logUrl(trial);
      const pages = await pagesOf(account, url, 500);
      const entries = pages.flatMap((page) => objectsOf(page, 'entries'));
      if (pages.some((page) => objectsOf(page, 'entries').length > 200))
        fail('a page has more than 200');
      const fault = logFault(entries);
      if (fault !== undefined) fail(`entry ${fault.sequence}: ${fault.why}`);
      const { document } = await look(asked.account, asked.url);
      const foreign = entries.find(
        (one) => !isForeign(one) && one['organization'] !== document['organization'],
      );
      if (foreign !== undefined)
        fail(`entry ${String(foreign['sequence'])} is of another organisation`);
      expectStory(entries, asked.url);
      return `${entries.length} entries, ${entries.filter(isForeign).length} as digests`;
    },
  },
  {
    ...{ ...about, id: 'approvals.log-receipt', clause: 'approvals.md §6, §7', turn: 'late' },
    expected: 'The entry in a receipt is that of the log',
    async perform(trial) {
      const { method } = await usualApprover(trial);
      const decided = await decidedBy(trial, method);
      const { entry } = await check(trial, decided);
      const { url, account } = await logUrl(trial);
      const entries = (await pagesOf(account, url, 500)).flatMap((page) =>
        objectsOf(page, 'entries'),
      );
      const found = entries.find(({ sequence }) => sequence === entry['sequence']);
      return found !== undefined && digestOf(found) === digestOf(entry)
        ? `entry ${String(entry['sequence'])}`
        : fail('the log has another');
    },
  },
  {
    ...{ ...about, id: 'approvals.log-readers', clause: 'approvals.md §5' },
    expected: 'Who is no auditor is not given the log',
    async perform(trial) {
      const { url } = await logUrl(trial);
      const { requester } = await partiesOf(trial);
      const statuses = [];
      for (const subject of [requester, strangerTo(trial)]) {
        const { status } = await (await trial.world.accounts.of(subject)).post(url, '');
        statuses.push(status);
      }
      const came = statuses.join(', ');
      return statuses.every((one) => one >= 400 && one < 500) ? came : fail(came);
    },
  },
];

/** What was done about one request stands there in order. */
function expectStory(entries: readonly Json[], url: string): void {
  const found = entries.filter(({ request }) => request === url).map(({ event }) => String(event));
  const wanted = ['requested', 'decided', 'granted', 'issued'];
  let at = -1;
  for (const event of wanted) {
    at = found.indexOf(event, at + 1);
    if (at < 0) fail(`of a request that was issued the log has ${found.join(', ')}`);
  }
}

const lists: readonly Case[] = [
  {
    ...{ ...about, id: 'approvals.organizations', clause: 'approvals.md §5' },
    expected:
      'The list says the organisation, its domains and the roles of the account; requesters and profiles to approvers, the log to auditors',
    async perform(trial) {
      const { requester, approvers, auditor, identifier } = await partiesOf(trial);
      const told: string[] = [];
      for (const [subject, role] of [
        [requester, 'requester'],
        [approvers[0], 'approver'],
        [auditor, 'auditor'],
      ] as const) {
        if (subject === undefined) continue;
        const account = await trial.world.accounts.of(subject);
        const [page = {}] = await pagesOf(account, await listUrl(trial), 1);
        const own = objectsOf(page, 'organizations').find(({ domains }) =>
          (domains as readonly string[] | undefined)?.includes(identifier.value),
        );
        const roles = (own?.['roles'] ?? []) as readonly string[];
        if (own === undefined || !roles.includes(role))
          fail(`the ${role} is told of ${roles.join()}`);
        expectMembers(own, roles);
        told.push(roles.join('+'));
      }
      return told.join(', ');
    },
  },
  {
    ...{ ...about, id: 'approvals.pages', clause: 'approvals.md §5', turn: 'late' },
    expected:
      'Fifty are on a page, the newest first, with a Link to those that follow; organizations are on the first alone',
    async perform(trial) {
      const { requester } = await partiesOf(trial);
      const account = await trial.world.accounts.of(requester);
      const list = await listUrl(trial);
      const known = (await pagesOf(account, list, 2)).flatMap((one) => objectsOf(one, 'approvals'));
      for (let count = known.length; count < 51; count += 1) await askAndWithdraw(trial, account);
      const newest = await ask(trial);
      const [first = {}, second] = await pagesOf(account, list, 2);
      if (second === undefined) return fail('there is no second page');
      const urls = [first, second].map((one) => objectsOf(one, 'approvals').map(({ url }) => url));
      const [one = [], other = []] = urls;
      if (one.length !== 50) fail(`the first page has ${one.length}`);
      if (one[0] !== newest.url) fail('the newest is not the first');
      if (other.some((url) => one.includes(url))) fail('a request stands on two pages');
      if ('organizations' in second) fail('the second page has "organizations"');
      return `${one.length}, ${other.length}`;
    },
  },
];

async function askAndWithdraw(trial: Trial, account: Account): Promise<void> {
  const { key } = await partiesOf(trial);
  const reply = await order(trial, account, { reason: '', key: reportOf(newKey(), key) });
  const { extra } = await orderOf(trial, account, reply, true);
  await account.post(extra.url, { status: 'deactivated' });
}

function expectMembers(own: Json, roles: readonly string[]): void {
  const isApprover = roles.includes('approver');
  for (const name of ['requesters', 'profiles']) {
    if (name in own !== isApprover) fail(`${roles.join('+')}: "${name}" ${name in own}`);
  }
  const isAuditor = roles.includes('auditor');
  if ('log' in own !== isAuditor) fail(`${roles.join('+')}: "log" ${'log' in own}`);
}

export const recordCases: readonly Case[] = [...lists, ...receipts, ...logs];
