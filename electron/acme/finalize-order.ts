import type { AcmeClient } from './client.ts';
import { OrderFailed } from './issuance-error.ts';
import { isOrderFinal, type Order } from './order.ts';
import { AcmeProblem } from './problem.ts';
import { AcmeOutcomeUnknown, AcmeProtocolError } from './protocol-error.ts';

const mostTries = 3;

interface Finalizing {
  readonly csr: Uint8Array;
  readonly deadline?: Date;
}

/**
 * RFC 8555 §7.4: a valid order, of one whose authorizations are valid. The order's status decides, not how a request ended: a request
 * is repeated, with the same CSR, only when the CA says that it has not acted on it, and a few times at most. Throws `OrderFailed` for an
 * order that became invalid, and `AcmePollDeadline`.
 */
export async function finalizeOrder(
  client: AcmeClient,
  order: Order,
  { csr, deadline }: Finalizing,
  signal?: AbortSignal,
): Promise<Order> {
  const until = deadline ? { deadline } : {};
  let latest = order;
  for (let tries = 1; latest.status === 'pending' || latest.status === 'ready'; tries += 1) {
    try {
      latest = await client.orders.finalize(latest, csr, signal);
      // Whatever status the answer has: it was taken, and asking again is for who has not been heard.
      break;
    } catch (error) {
      if (!mayHaveActed(error)) throw error;
      const settled = ({ status }: Order): boolean => status !== 'pending';
      const seen = await client.orders.fetch(order.url, signal);
      latest = await client.orders.poll(seen, { ...until, settled }, signal);
      if (latest.status === 'ready' && tries === mostTries) throw error;
    }
  }
  latest = await client.orders.poll(latest, { ...until, settled: isOrderFinal }, signal);
  if (latest.status === 'invalid') throw new OrderFailed(latest);
  return latest;
}

/** RFC 8555 §7.4: orderNotReady is the answer while authorizations are valid but the order does not know yet. */
function mayHaveActed(error: unknown): boolean {
  if (error instanceof AcmeOutcomeUnknown || error instanceof AcmeProtocolError) return true;
  return error instanceof AcmeProblem && (error.status >= 500 || error.type === 'orderNotReady');
}

/** RFC 8555 §7.1.3: a valid order has a certificate. */
export function certificateOf({ certificate, url }: Order): string {
  if (certificate !== undefined) return certificate;
  throw new AcmeProtocolError('unexpected-state', 'finding the certificate', { url });
}
