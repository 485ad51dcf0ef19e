import type { ProblemDocument } from '../../shared/failure.ts';
import type { KeyPlace } from '../../shared/models/enrollment-profile.ts';
import type { JsonObject } from './json.ts';
import { identifier, sameIdentifiers, type Identifier } from './identifier.ts';
import { problemDocument } from './problem.ts';
import { AcmeProtocolError } from './protocol-error.ts';
import { lenient, list, object, oneOf, optional, resourceUrl, text } from './shape.ts';
import { timestamp } from './timestamp.ts';

const orderStatuses = ['pending', 'ready', 'processing', 'valid', 'invalid'] as const;
export type OrderStatus = (typeof orderStatuses)[number];

/** Each authorization costs requests; CAs in the field certify no more than a hundred names at once. */
const mostNames = 100;

const orderObject = object({
  status: oneOf(orderStatuses),
  expires: optional(timestamp),
  identifiers: list(identifier, { minimum: 1, maximum: mostNames }),
  notBefore: optional(timestamp),
  notAfter: optional(timestamp),
  error: optional(problemDocument),
  authorizations: list(resourceUrl, { maximum: mostNames }),
  finalize: resourceUrl,
  certificate: optional(resourceUrl),
  profile: lenient(text({ maximum: 255 })),
  replaces: lenient(text({ maximum: 1024 })),
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

/** An identifier to order a certificate for. */
export interface OrderIdentifier extends Identifier {
  /** RFC 9444 §4.3: a name above it that may be proven in its place. */
  readonly ancestorDomain?: string;
}

/** What others are asked to approve (docs/approvals.md §3): the person's words, and the wallet's word about the key. */
export interface ApprovalWish {
  readonly reason: string;
  readonly key: {
    /** DER, base64url. */
    readonly spki: string;
    readonly place: KeyPlace;
    readonly token?: {
      readonly manufacturer: string;
      readonly model: string;
      readonly serial: string;
    };
    readonly neverExtractable: boolean;
    readonly local: boolean;
  };
}

/** What is ordered (RFC 8555 §7.4). */
export interface NewOrder {
  readonly identifiers: readonly OrderIdentifier[];
  /** draft-ietf-acme-profiles: a name that the directory's meta lists. */
  readonly profile?: string;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  /** RFC 9773 §5: the certificate identifier of the predecessor; not sent to servers without renewalInfo. */
  readonly replaces?: string;
  /** Not sent to servers that do not know approvals. */
  readonly approval?: ApprovalWish;
}

export function newOrderPayload(order: NewOrder): JsonObject {
  const { identifiers, profile, notBefore, notAfter, replaces, approval } = order;
  return {
    identifiers: identifiers.map(({ type, value, ancestorDomain }) => ({
      type,
      value,
      ancestorDomain,
    })),
    profile,
    notBefore: notBefore?.toISOString(),
    notAfter: notAfter?.toISOString(),
    replaces,
    ...(approval && { approval: approvalPayload(approval) }),
  };
}

const approvalPayload = ({ reason, key: { token, ...key } }: ApprovalWish): JsonObject => ({
  reason,
  key: { ...key, ...(token && { token: { ...token } }) },
});

export function parseOrder(json: unknown, url: string, retryAfter?: Date): Order {
  const read = AcmeProtocolError.guard(() => orderObject(json, ''), {
    reason: 'order-malformed',
    doing: 'reading the order',
    url,
    location: url,
  });
  return { url, ...read, retryAfter };
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
