import { z } from 'zod';
import type { ProblemDocument } from '../../shared/failure.ts';
import type { JsonObject } from './json.ts';
import { identifierSchema, sameIdentifiers, toIdentifier, type Identifier } from './identifier.ts';
import { problemDocumentSchema } from './problem.ts';
import { AcmeProtocolError } from './protocol-error.ts';
import { timestampSchema } from './timestamp.ts';

const resource = z.url({ protocol: /^https$/ }).max(2048);
const orderStatuses = ['pending', 'ready', 'processing', 'valid', 'invalid'] as const;
export type OrderStatus = (typeof orderStatuses)[number];

const orderSchema = z.looseObject({
  status: z.enum(orderStatuses),
  expires: timestampSchema.nullish(),
  identifiers: z.array(identifierSchema).min(1).max(1_000),
  notBefore: timestampSchema.nullish(),
  notAfter: timestampSchema.nullish(),
  error: problemDocumentSchema.nullish(),
  authorizations: z.array(resource).max(1_000),
  finalize: resource,
  certificate: resource.nullish(),
  profile: z.string().max(255).nullish().catch(undefined),
  replaces: z.string().max(1024).nullish().catch(undefined),
});

/** One answer about an order (RFC 8555 §7.1.3); a later answer is a new value. */
export interface Order {
  /** From `Location`: the object itself does not say where it is. */
  readonly url: string;
  readonly status: OrderStatus;
  readonly expires: Date | undefined;
  readonly identifiers: readonly Identifier[];
  readonly notBefore: Date | undefined;
  readonly notAfter: Date | undefined;
  readonly error: ProblemDocument | undefined;
  /** URLs, in no particular order; there need not be one for each identifier. */
  readonly authorizations: readonly string[];
  readonly finalize: string;
  readonly certificate: string | undefined;
  readonly profile: string | undefined;
  readonly replaces: string | undefined;
  /** When the server wants to be asked again. */
  readonly retryAfter: Date | undefined;
}

/** What is ordered (RFC 8555 §7.4). */
export interface NewOrder {
  readonly identifiers: readonly Identifier[];
  /** draft-ietf-acme-profiles: a name that the directory's meta lists. */
  readonly profile?: string;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  /** RFC 9773 §5: the certificate identifier of the predecessor; only for servers with renewalInfo. */
  readonly replaces?: string;
}

export function newOrderPayload(order: NewOrder): JsonObject {
  const { identifiers, profile, notBefore, notAfter, replaces } = order;
  return {
    identifiers: identifiers.map(({ type, value }) => ({ type, value })),
    profile,
    notBefore: notBefore?.toISOString(),
    notAfter: notAfter?.toISOString(),
    replaces,
  };
}

export function parseOrder(json: unknown, url: string, retryAfter?: Date): Order {
  const parsed = orderSchema.safeParse(json);
  if (!parsed.success) {
    const details = { url, location: url, cause: parsed.error };
    throw new AcmeProtocolError('order-malformed', 'reading the order', details);
  }
  const order = parsed.data;
  return {
    url,
    status: order.status,
    expires: order.expires ?? undefined,
    identifiers: order.identifiers.map(toIdentifier),
    notBefore: order.notBefore ?? undefined,
    notAfter: order.notAfter ?? undefined,
    error: order.error ?? undefined,
    authorizations: order.authorizations,
    finalize: order.finalize,
    certificate: order.certificate ?? undefined,
    profile: order.profile ?? undefined,
    replaces: order.replaces ?? undefined,
    retryAfter,
  };
}

/** RFC 8555 §7.1.3: "If a client observes a change in the contents of either array, then it SHOULD consider the order invalid." */
export function checkUnchanged(before: Order, after: Order): Order {
  const authorizations = new Set(before.authorizations);
  const unchanged =
    sameIdentifiers(before.identifiers, after.identifiers) &&
    authorizations.size === new Set(after.authorizations).size &&
    after.authorizations.every((url) => authorizations.has(url));
  if (unchanged) return after;
  throw new AcmeProtocolError('order-changed', 'polling the order', { url: after.url });
}

/** Nothing more happens to the order by waiting. */
export const isOrderSettled = ({ status }: Order): boolean =>
  status === 'ready' || status === 'valid' || status === 'invalid';

/** The CA has decided about issuing (RFC 8555 §7.1.6). */
export const isOrderFinal = ({ status }: Order): boolean =>
  status === 'valid' || status === 'invalid';
