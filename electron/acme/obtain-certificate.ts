import type { Purpose, ServiceUsage } from '../../shared/models/enrollment-profile.ts';
import { certificateIdentifier } from '../certificates/certificate-identifier.ts';
import { createCertificateRequest } from '../certificates/certificate-request.ts';
import { verifyChain } from '../certificates/chain.ts';
import { requestedKey } from '../certificates/requested-key.ts';
import { namesExactly } from '../certificates/requested-names.ts';
import type { Signer } from '../keys/signer.ts';
import type { ChainChoice, ChainPolicy } from './chain-policy.ts';
import type { AcmeClient } from './client.ts';
import { systemClock, type Clock } from './clock.ts';
import type { DomainProof } from './domain-proof.ts';
import { certificateOf, finalizeOrder } from './finalize-order.ts';
import { inParallel } from './in-parallel.ts';
import { OrderFailed } from './issuance-error.ts';
import type { NewOrder, Order } from './order.ts';
import { AcmeProblem } from './problem.ts';
import { AcmeOutcomeUnknown, AcmeRequestError } from './protocol-error.ts';
import { proveAuthorization } from './prove-authorization.ts';

/** What is to be certified: a request that exists (DER), or a key, made while the CA is busy when it is a function. */
export type CertificateKey =
  | { readonly csr: Uint8Array }
  | {
      /** Whoever makes the key must also have kept it when this resolves. */
      readonly signer: Signer | (() => Promise<Signer>);
      readonly purpose?: Purpose;
      /** In place of the purpose's usual one. */
      readonly usages?: readonly ServiceUsage[];
      readonly commonName?: string;
    };

export interface CertificateWish extends NewOrder {
  readonly key: CertificateKey;
  /** Best first. */
  readonly proofs: readonly DomainProof[];
  /** Which of several chains; the CA's default when not given. */
  readonly chain?: ChainPolicy;
  /** PEM, to which the chain must lead; when not given, it is checked in itself. */
  readonly roots?: readonly string[];
  /** URL of an order that an earlier run has placed: goes on from its status. */
  readonly orderUrl?: string;
  /** Called when the order exists, before anything is proven: write `url` down to be able to go on after a kill. */
  readonly placed?: (order: Order) => void | Promise<void>;
  /** Milliseconds that the CA gets for each proof and for issuing; ten minutes when not given. */
  readonly patience?: number;
  readonly clock?: Clock;
  /** Hears of proofs that could not be taken away again. */
  readonly report: (doing: string, error: unknown) => void;
}

export interface ObtainedCertificate {
  readonly order: Order;
  /** PEM, verified: ours, whole, in time and for the ordered names. */
  readonly chain: readonly string[];
  readonly choice: ChainChoice;
  /** RFC 9773 §4.1: for asking when to renew, and for the successor's `replaces`. */
  readonly certificateIdentifier: string | undefined;
}

const defaultPatience = 10 * 60_000;
const mostProofsAtOnce = 8;

/**
 * A certificate, in the order of RFC 8555 §7.1. The client has an account already.
 * Throws besides what requests throw: `NoProof`, `AuthorizationFailed`, `OrderFailed`, `CertificateError`, `UnsupportedName`, and what proofs throw.
 */
export async function obtainCertificate(
  client: AcmeClient,
  wish: CertificateWish,
  signal?: AbortSignal,
): Promise<ObtainedCertificate> {
  const { proofs, report, clock = systemClock, patience = defaultPatience } = wish;
  checkNames(wish);
  const request = makeRequest(wish);

  const order = await (wish.orderUrl === undefined
    ? newOrder(client, wish, signal)
    : client.orders.fetch(wish.orderUrl, signal));
  await wish.placed?.(order);
  if (order.status === 'invalid') throw new OrderFailed(order);

  if (order.status === 'pending') {
    const proving = { client, identifiers: wish.identifiers, proofs, report, clock, patience };
    const prove = (url: string, either: AbortSignal) => proveAuthorization(url, proving, either);
    await inParallel(order.authorizations, prove, { limit: mostProofsAtOnce, signal });
  }

  const csr = await request;
  signal?.throwIfAborted();
  const deadline = new Date(clock.now().getTime() + patience);
  const issued = await finalizeOrder(client, order, { csr, deadline }, signal);

  const url = certificateOf(issued);
  const { chain: offered, choice } = await client.certificates.download(url, wish.chain, signal);
  const { identifiers, roots } = wish;
  const leafSpki = requestedKey(csr);
  const { purpose, usages } = 'csr' in wish.key ? {} : wish.key;
  const { issuers } = client;
  const wanted = { leafSpki, roots, now: clock.now(), identifiers, purpose, usages, issuers };
  const chain = verifyChain({ chain: offered, ...wanted });
  const named = certificateIdentifier(chain[0] ?? '');
  return { order: issued, chain, choice, certificateIdentifier: named };
}

/** RFC 8555 §7.4: a request of one's own is for exactly what is ordered; found out now, it costs no proofs. */
function checkNames({ key, identifiers }: CertificateWish): void {
  if (!('csr' in key) || namesExactly(key.csr, identifiers)) return;
  throw new AcmeRequestError('other-names', 'reading the certificate request');
}

/** Begun before the first request is sent: keys take time that the network leaves. */
function makeRequest({ key, identifiers }: CertificateWish): Promise<Uint8Array> {
  const made = 'csr' in key ? Promise.resolve(key.csr) : requestBy(key, identifiers);
  // Whoever waits learns of it; until then it is no unhandled rejection.
  made.catch(() => undefined);
  return made;
}

async function requestBy(
  key: Extract<CertificateKey, { readonly signer: unknown }>,
  identifiers: CertificateWish['identifiers'],
): Promise<Uint8Array> {
  const { signer, purpose, usages, commonName } = key;
  return createCertificateRequest({
    signer: typeof signer === 'function' ? await signer() : signer,
    identifiers,
    purpose,
    usages,
    ...(commonName !== undefined && { commonName }),
  });
}

/** RFC 8555 §7.4; RFC 9773 §5: a predecessor that has a successor already is no reason not to get a certificate. */
async function newOrder(
  client: AcmeClient,
  wish: CertificateWish,
  signal: AbortSignal | undefined,
): Promise<Order> {
  const { identifiers, profile, notBefore, notAfter, replaces } = wish;
  const details: NewOrder = {
    identifiers,
    ...(profile !== undefined && { profile }),
    ...(notBefore && { notBefore }),
    ...(notAfter && { notAfter }),
  };
  const place = (): Promise<Order> => newOrderOnceMore(client, details, signal);
  if (replaces === undefined) return place();
  try {
    return await newOrderOnceMore(client, { ...details, replaces }, signal);
  } catch (error) {
    if (error instanceof AcmeProblem && error.type === 'alreadyReplaced') return place();
    throw error;
  }
}

/** An order whose answer was lost issues nothing and expires; another one costs a place in the CA's rate limit at most. */
async function newOrderOnceMore(
  client: AcmeClient,
  details: NewOrder,
  signal: AbortSignal | undefined,
): Promise<Order> {
  try {
    return await client.orders.newOrder(details, signal);
  } catch (error) {
    if (error instanceof AcmeOutcomeUnknown) return client.orders.newOrder(details, signal);
    throw error;
  }
}
