import { AcmeProtocolError } from './protocol-error.ts';
import { anything, flag, list, object, oneOf, optional, resourceUrl, text } from './shape.ts';

const accountObject = object({
  status: oneOf(['valid', 'deactivated', 'revoked']),
  contact: optional(list(text({ maximum: 1024 }), { maximum: 64 })),
  termsOfServiceAgreed: optional(flag),
  // RFC 8555 §7.1.2 requires it; servers in the field leave it out.
  orders: optional(resourceUrl),
  externalAccountBinding: anything,
});

/** RFC 8555 §7.1.2. */
export interface Account {
  /** The account URL, which is the key id of every request. */
  readonly url: string;
  readonly status: 'valid' | 'deactivated' | 'revoked';
  readonly contact: readonly string[];
  readonly termsOfServiceAgreed: boolean | undefined;
  readonly orders: string | undefined;
  /** The server shows the binding, which it does only when it verified it (RFC 8555 §7.3.4). */
  readonly externalAccountBound: boolean;
}

export function parseAccount(json: unknown, url: string): Account {
  const { contact, externalAccountBinding, ...rest } = AcmeProtocolError.guard(
    () => accountObject(json, ''),
    { reason: 'account-malformed', doing: 'reading the account', url, location: url },
  );
  return {
    url,
    ...rest,
    contact: contact ?? [],
    externalAccountBound:
      typeof externalAccountBinding === 'object' && externalAccountBinding !== null,
  };
}

/** What a new account is asked for with (RFC 8555 §7.3). */
export interface NewAccount {
  /** `mailto:` URLs. */
  readonly contact?: readonly string[];
  readonly termsOfServiceAgreed?: boolean;
  /** Finds the account of this key, makes none (RFC 8555 §7.3.1). */
  readonly onlyReturnExisting?: boolean;
  readonly externalAccountBinding?: ExternalAccountKey;
}

/** What can be changed of an account (RFC 8555 §7.3.2). */
export interface AccountChanges {
  /** In place of those before; an empty list leaves none. */
  readonly contact?: readonly string[];
  /**
   * To the terms that are in force now. RFC 8555 §7.3.3 leaves it to the CA whether that is enough: many want the
   * person at the `instance` of their userActionRequired instead.
   */
  readonly termsOfServiceAgreed?: true;
}

/** The key that the CA gave out of band (RFC 8555 §7.3.4); `macKey` is a secret, in base64url. */
export interface ExternalAccountKey {
  readonly kid: string;
  readonly macKey: string;
}

/** In all, on however many pages. */
export const mostOrders = 1_000;

const orderList = object({ orders: list(text({ maximum: 2048 }), { maximum: mostOrders }) });

/** One page of an account's orders (RFC 8555 §7.1.2.1). */
export const parseOrderList = (json: unknown, url: string): readonly string[] =>
  AcmeProtocolError.guard(() => orderList(json, '').orders, {
    reason: 'orders-malformed',
    doing: 'reading the list of orders',
    url,
  });
