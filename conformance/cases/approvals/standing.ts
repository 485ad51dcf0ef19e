import type { Json } from '../../acme/objects.ts';
import { finalize, newKey, proveOwn } from '../../approvals/asking.ts';
import type { Finalized } from '../../approvals/asking.ts';
import { approve, approveFully } from '../../approvals/deciding.ts';
import { act, look, pagesOf, listUrl, objectsOf } from '../../approvals/request.ts';
import {
  grant,
  openUnder,
  orderUnder,
  propose,
  requestStanding,
  standingParties,
  timeAhead,
} from '../../approvals/standing.ts';
import type { Proposed } from '../../approvals/standing.ts';
import type { Case } from '../../case.ts';
import { fail } from '../../case.ts';
import { brief } from '../../expectations.ts';
import { briefReply, problemOf } from '../../trial.ts';
import type { Trial } from '../../trial.ts';
import { answerRightly } from '../provers.ts';

const about = { group: 'approvals', clause: 'approvals.md §4' } as const;

/** Seconds until what is to expire does. */
const SOON = 6;

const proposing: readonly Case[] = [
  {
    ...{ ...about, id: 'approvals.standing', clause: 'approvals.md §2, §4' },
    expected:
      'An approver proposes, is the first to sign, and others make it count; the document has the members of its kind',
    async perform(trial) {
      const { url, offer } = await propose(trial, { count: 3 });
      const { standing, identifier } = await standingParties(trial);
      const { document } = offer;
      const said = {
        kind: document['kind'],
        profile: document['profile'],
        count: document['count'],
      };
      const wanted = { kind: 'standing', profile: standing.profile, count: 3 };
      if (JSON.stringify(said) !== JSON.stringify(wanted)) fail(JSON.stringify(said));
      const [first] = document['identifiers'] as readonly Json[];
      if (first?.['value'] !== identifier.value) fail(`it is for ${String(first?.['value'])}`);
      await approve(trial, offer);
      const { approvals } = document['rule'] as { readonly approvals: number };
      const early = await look(offer.account, url);
      if (approvals > 1 && early.status !== 'pending') fail(`after one: ${early.status}`);
      await approveFully(trial, url, { without: [offer.holder.subject] });
      const { status, members } = await look(offer.account, url);
      const came = `${status}, remaining ${JSON.stringify(members['remaining'])}`;
      return came === 'approved, remaining 3' ? came : fail(came);
    },
  },
  {
    ...{ ...about, id: 'approvals.standing-refused' },
    expected:
      'Too many, too long, for nobody, for a profile that is none, or by the requester: refused',
    async perform(trial) {
      const { standing } = await standingParties(trial);
      const { offer } = await propose(trial);
      const { account } = offer;
      const wrong: readonly Json[] = [
        { count: 0 },
        { count: 1001 },
        { count: 1.5 },
        { until: timeAhead(trial, 91 * 86_400) },
        { until: timeAhead(trial, -60) },
        { until: 'Christmas' },
        { requester: { service: 'conformance-unheard-of' } },
        { requester: { email: 'nobody@conformance.invalid' } },
        { profile: 'conformance-unheard-of' },
        { reason: 'two\nlines' },
      ];
      const came = [];
      for (const changes of wrong) {
        const reply = await requestStanding(trial, account, changes);
        const what = `${JSON.stringify(changes).slice(0, 30)}: ${briefReply(reply)}`;
        if (reply.status < 400 || reply.status > 499) fail(what);
        came.push(reply.status);
      }
      const requester = await trial.world.accounts.of(standing.account);
      const own = await requestStanding(trial, requester);
      if (own.status < 400) fail(`by the requester: ${briefReply(own)}`);
      return [...came, own.status].join(', ');
    },
  },
  {
    ...{ ...about, id: 'approvals.standing-not-yet' },
    expected: 'Until enough have agreed it covers no order',
    async perform(trial) {
      const { offer } = await propose(trial);
      const { approvals } = offer.document['rule'] as { readonly approvals: number };
      if (approvals > 1) await approve(trial, offer);
      return expectUncovered(trial);
    },
  },
];

/** An order without `approval` is refused: nothing covers it. */
async function expectUncovered(trial: Trial): Promise<string> {
  const { account, reply } = await orderUnder(trial);
  if (reply.status === 201) {
    const { authorizations = [] } = JSON.parse(reply.body) as {
      authorizations?: readonly string[];
    };
    authorizations.forEach((one) => trial.leave(account, one));
  }
  const came = briefReply(reply);
  return ['malformed', 'unauthorized'].includes(problemOf(reply)?.type ?? '') ? came : fail(came);
}

/** Orders, and proves what it takes apart from the approval. */
async function openReady(trial: Trial, proposed: Proposed) {
  const opened = await openUnder(trial, proposed);
  const { status } = opened.extra.authorization;
  if (status !== 'valid') fail(`the authorization of the order is ${status}`);
  await proveOwn(trial, opened);
  return opened;
}

const briefOrder = ({ reply, status, error }: Finalized): string =>
  `${briefReply(reply)}, order ${status}${error === undefined ? '' : ` (${error})`}`;

/** Nothing was issued, and the order says unauthorized. */
function expectNotIssued(finalized: Finalized): string {
  const came = briefOrder(finalized);
  const { reply, status, error, certificate } = finalized;
  const says = problemOf(reply)?.type ?? error;
  return certificate === undefined && status === 'invalid' && says === 'unauthorized'
    ? came
    : fail(came);
}

const spending: readonly Case[] = [
  {
    ...{ ...about, id: 'approvals.standing-spent', clause: 'approvals.md §3, §5' },
    expected:
      'Of two orders finalized at the same time under one for a single certificate, one is served; then it is spent',
    async perform(trial) {
      const proposed = await grant(trial, { count: 1 });
      const orders = [await openReady(trial, proposed), await openReady(trial, proposed)];
      const { document } = proposed.offer;
      const ended = await Promise.all(
        orders.map((one) => finalize(trial, one, { key: one.key, document })),
      );
      const issued = ended.filter(({ certificate }) => certificate !== undefined);
      const came = ended.map(briefOrder).join('; ');
      if (issued.length !== 1) fail(came);
      ended.filter(({ certificate }) => certificate === undefined).forEach(expectNotIssued);
      const { status, members, certificates } = await look(proposed.offer.account, proposed.url);
      const told = `${status}, remaining ${JSON.stringify(members['remaining'])}, ${certificates.length} certificate`;
      if (told !== 'spent, remaining 0, 1 certificate') fail(`${came}; ${told}`);
      await expectUncovered(trial);
      return came;
    },
  },
  {
    ...{ ...about, id: 'approvals.standing-withdrawn', clause: 'approvals.md §3, §5' },
    expected:
      'Once an approver has withdrawn it, an order that it covered is not issued, nor is there another',
    async perform(trial) {
      const proposed = await grant(trial, { count: 2 });
      const opened = await openReady(trial, proposed);
      const { account, document } = proposed.offer;
      const { status, members } = await act(account, proposed.url, {
        withdraw: { reason: 'Over' },
      });
      if (status !== 'withdrawn' || members['withdrawn'] === undefined) fail(`it is ${status}`);
      const came = expectNotIssued(await finalize(trial, opened, { key: newKey(), document }));
      await expectUncovered(trial);
      return came;
    },
  },
  {
    ...{ ...about, id: 'approvals.standing-given-up', clause: 'approvals.md §3' },
    expected: 'Deactivating the authorization of an order that it covers gives up that order alone',
    async perform(trial) {
      const proposed = await grant(trial, { count: 1 });
      const { account, orderUrl, extra } = await openReady(trial, proposed);
      const reply = await account.post(extra.url, { status: 'deactivated' });
      if (reply.status !== 200) fail(briefReply(reply));
      const { status: order } = await trial.order(account, orderUrl);
      const { status, members } = await look(account, proposed.url);
      const came = `order ${order}; ${status}, remaining ${JSON.stringify(members['remaining'])}`;
      return came === 'order invalid; approved, remaining 1' ? came : fail(came);
    },
  },
  {
    ...{ ...about, id: 'approvals.standing-listed', clause: 'approvals.md §5' },
    expected: 'Who may have the certificates is shown it, and who approves it in the list',
    async perform(trial) {
      const { url, offer } = await propose(trial);
      const { standing } = await standingParties(trial);
      const requester = await trial.world.accounts.of(standing.account);
      const { roles } = await look(requester, url);
      if (!roles.includes('requester'))
        fail(`the requester is shown it as ${roles.join() || 'nobody'}`);
      const [page = {}] = await pagesOf(offer.account, await listUrl(trial), 1);
      const listed = objectsOf(page, 'approvals').some((one) => one['url'] === url);
      return listed ? roles.join() : fail('the first page of the list does not have it');
    },
  },
];

type Expiring = {
  readonly granted: string;
  readonly status: string;
  readonly uncovered: string;
  readonly pending: string;
  readonly pendingStatus: string;
};

/** One that counts and one that does not, both until soon; waited for once. */
function expire(trial: Trial): Promise<Expiring> {
  return trial.once('approvals.expire', async () => {
    const began = trial.world.server.time();
    await grant(trial, { count: 2 });
    await trial.tidy();
    // Long enough for what has to happen before, at a slow server too.
    const seconds = SOON + Math.ceil((4 * (trial.world.server.time() - began)) / 1000);
    const until = timeAhead(trial, seconds);
    const granted = await grant(trial, { count: 2, until });
    const opened = await openReady(trial, granted);
    const waiting = await propose(trial, { until });
    await trial.world.wait((seconds + 2) * 1000);
    const { document, account } = granted.offer;
    const finalized = await finalize(trial, opened, { key: newKey(), document });
    const judgement = await answerRightly(waiting.offer, trial);
    return {
      granted: expectNotIssued(finalized),
      status: (await look(account, granted.url)).status,
      uncovered: await expectUncovered(trial),
      pending:
        judgement.outcome === 'valid'
          ? fail('an approval counted after the time')
          : brief(judgement),
      pendingStatus: (await look(account, waiting.url)).status,
    };
  });
}

const expiring: readonly Case[] = [
  {
    ...{ ...about, id: 'approvals.standing-until', clause: 'approvals.md §3, §5', turn: 'late' },
    expected:
      'After its time an order that it covered is not issued, nor is there another; it is expired',
    async perform(trial) {
      const { granted, status } = await expire(trial);
      return status === 'expired' ? `${granted}; ${status}` : fail(`${granted}; it is ${status}`);
    },
  },
  {
    ...{ ...about, id: 'approvals.expired', clause: 'approvals.md §4, §5', turn: 'late' },
    expected: 'A request whose time is over is expired, and an approval counts for nothing',
    async perform(trial) {
      const { pending, pendingStatus } = await expire(trial);
      const came = `${pending}; ${pendingStatus}`;
      return pendingStatus === 'expired' ? came : fail(came);
    },
  },
];

export const standingCases: readonly Case[] = [...proposing, ...spending, ...expiring];
