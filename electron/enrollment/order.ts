import type { AcmeClient } from '../acme/client.ts';
import { sameIdentifiers } from '../acme/identifier.ts';
import type { NewOrder, Order } from '../acme/order.ts';
import { AcmeProblem } from '../acme/problem.ts';
import { AcmeOutcomeUnknown, AcmeProtocolError } from '../acme/protocol-error.ts';
import { renewAccount } from './account.ts';
import { approvalWish, isForThisKey } from './approval-wish.ts';
import type { Rooms } from './rooms.ts';
import type { Run } from './run.ts';

/** How many of an account's newest orders are looked through for one that was lost. */
const mostCandidates = 20;

/** The order of this enrolment: the one it has, the one whose answer it never got, or a new one (RFC 8555 §7.4). */
export async function ensureOrder(run: Run, rooms: Rooms, client: AcmeClient): Promise<Order> {
  const { orderUrl, plan } = run.record;
  if (orderUrl !== undefined) return client.orders.fetch(orderUrl, run.signal);
  return rooms.turns.take(plan.organizationId, run.signal, async () => {
    run.signal.throwIfAborted();
    const order = (await findLost(run, rooms, client)) ?? (await place(run, rooms, client));
    const asked = isAsked(run, client) ? (['approval-asked'] as const) : [];
    run.journal('needs-proof', { orderUrl: order.url }, 'order-created', ...asked);
    return order;
  });
}

/** Others are told of it, and asked. */
const isAsked = ({ record }: Run, { approvals }: AcmeClient): boolean =>
  record.plan.approval !== undefined && approvals.isOffered;

async function place(run: Run, rooms: Rooms, client: AcmeClient): Promise<Order> {
  run.journal('needs-order', { orderRequestedAt: rooms.clock.now().toISOString() });
  const details = detailsOf(run, client);
  try {
    return await client.orders.newOrder(details, run.signal);
  } catch (error) {
    if (error instanceof AcmeProblem && error.type === 'accountDoesNotExist') {
      await renewAccount(run.account, rooms, client);
      return client.orders.newOrder(details, run.signal);
    }
    if (error instanceof AcmeProblem && error.type === 'alreadyReplaced') {
      // RFC 9773 §5: it has a successor at this CA; another one is ordered on its own.
      return client.orders.newOrder(withoutPredecessor(details), run.signal);
    }
    const found = await recover(error, run, rooms, client);
    if (found === undefined) throw error;
    return found;
  }
}

/** An order may exist although its answer cannot be used. */
async function recover(
  error: unknown,
  run: Run,
  rooms: Rooms,
  client: AcmeClient,
): Promise<Order | undefined> {
  if (error instanceof AcmeProtocolError && error.reason === 'profile-changed') return undefined;
  if (error instanceof AcmeProtocolError && error.location !== undefined) {
    return client.orders.fetch(error.location, run.signal);
  }
  const mayExist = error instanceof AcmeOutcomeUnknown || error instanceof AcmeProtocolError;
  return mayExist ? findLost(run, rooms, client) : undefined;
}

function detailsOf(run: Run, client: AcmeClient): NewOrder {
  const { identifiers, profile, renews } = run.record.plan;
  const approval = approvalWish(run.record);
  const replaces = renews?.certificateIdentifier;
  // draft-ietf-acme-profiles §4: a name that the directory does not list SHOULD NOT be asked for.
  const listed = Object.hasOwn(client.directory.meta.profiles ?? {}, profile ?? '');
  return {
    identifiers,
    ...(profile !== undefined && listed && { profile }),
    ...(replaces !== undefined && { replaces }),
    ...(approval && { approval }),
  };
}

const withoutPredecessor = ({ identifiers, profile, approval }: NewOrder): NewOrder => ({
  identifiers,
  ...(profile !== undefined && { profile }),
  ...(approval && { approval }),
});

/** An order of this account that this enrolment asked for and that nobody claims (RFC 8555 §7.1.2.1). */
async function findLost(run: Run, rooms: Rooms, client: AcmeClient): Promise<Order | undefined> {
  if (run.record.orderRequestedAt === undefined) return undefined;
  const urls = await listOrders(client, run.signal);
  const claimed = new Set(rooms.wallet.enrollments.list().map(({ orderUrl }) => orderUrl));
  const { identifiers, profile } = detailsOf(run, client);
  for (const url of urls.filter((each) => !claimed.has(each)).slice(-mostCandidates)) {
    const order = await client.orders.fetch(url, run.signal);
    const waits = order.status === 'pending' || order.status === 'ready';
    const sameProfile = order.profile === undefined || order.profile === profile;
    if (!waits || !sameProfile || !sameIdentifiers(order.identifiers, identifiers)) continue;
    if (await isForThisKey(run, client, order)) return order;
  }
  return undefined;
}

/** Newest last, as servers append; empty when the server keeps no list that can be read. */
async function listOrders(client: AcmeClient, signal: AbortSignal): Promise<readonly string[]> {
  try {
    return (await client.account.orders(signal)) ?? [];
  } catch (error) {
    const unusable =
      error instanceof AcmeProtocolError || (error instanceof AcmeProblem && error.status < 500);
    if (unusable) return [];
    throw error;
  }
}
