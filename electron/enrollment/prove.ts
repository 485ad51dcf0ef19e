import type { AcmeClient } from '../acme/client.ts';
import type { Clock } from '../acme/clock.ts';
import type { Order } from '../acme/order.ts';
import { EnrollmentError } from './enrollment-error.ts';
import type { Proving } from './proving.ts';
import type { Run } from './run.ts';

interface ProveOptions {
  readonly run: Run;
  readonly client: AcmeClient;
  readonly order: Order;
  readonly proving: Proving;
  readonly clock: Clock;
}

/** Waits until the person has proven every identifier of the order (RFC 8555 §7.5). */
export async function prove(options: ProveOptions): Promise<Order> {
  const { run, client, order, proving } = options;
  if (order.status === 'pending') {
    const over = new AbortController();
    const signal = AbortSignal.any([run.signal, over.signal]);
    try {
      await Promise.race([proving.settled(), expiry(options, signal)]);
    } finally {
      over.abort();
    }
  }
  const settled = await client.orders.poll(
    order.status === 'pending' ? await client.orders.fetch(order.url, run.signal) : order,
    { settled: ({ status }) => status !== 'pending' },
    run.signal,
  );
  if (settled.status !== 'invalid') return settled;
  throw await failed(options, settled);
}

/** Its authorizations may say more than the order, and who did not approve says the most. */
async function failed(
  { run, proving, clock }: ProveOptions,
  order: Order,
): Promise<EnrollmentError> {
  const told = orderFailed(order, clock.now());
  const isVague = told.failure.code === 'authorization-failed';
  if (!isVague && run.record.approvalUrl === undefined) return told;
  const loss = await proving.loss();
  return isVague || loss?.failure.code === 'not-approved' ? (loss ?? told) : told;
}

/** Never resolves; rejects when the order is no longer worth proving anything for, or with the signal's reason. */
async function expiry(options: ProveOptions, signal: AbortSignal): Promise<never> {
  const { client, order, proving, clock } = options;
  for (;;) {
    const now = clock.now().getTime();
    const end = proving.expires?.getTime() ?? Infinity;
    // In pieces: a timer can neither wait for months nor knows that the computer slept.
    await clock.sleep(Math.min(Math.max(end - now, shortest), longest), signal);
    if (clock.now().getTime() < end) continue;
    const latest = await client.orders.fetch(order.url, signal);
    const extended = latest.expires !== undefined && latest.expires > clock.now();
    if (latest.status === 'invalid' || !extended) throw await failed(options, latest);
  }
}

const shortest = 1_000;
const longest = 60_000;

/** Why an order came to nothing. */
export function orderFailed({ error, expires }: Order, now: Date): EnrollmentError {
  const doing = 'waiting for the order';
  if (error) return new EnrollmentError({ code: 'acme-problem', problem: error }, doing);
  const expired = expires !== undefined && expires <= now;
  return new EnrollmentError({ code: expired ? 'order-expired' : 'authorization-failed' }, doing);
}
