import { z } from 'zod';
import { AcmeProtocolError } from './protocol-error.ts';

const accountSchema = z.looseObject({
  status: z.enum(['valid', 'deactivated', 'revoked']),
  contact: z.array(z.string().max(1024)).max(64).nullish(),
  termsOfServiceAgreed: z.boolean().nullish(),
  /** RFC 8555 §7.1.2 requires it; servers in the field leave it out. */
  orders: z
    .url({ protocol: /^https$/ })
    .max(2048)
    .nullish(),
  externalAccountBinding: z.unknown().optional(),
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
  const parsed = accountSchema.safeParse(json);
  if (!parsed.success) {
    const details = { url, location: url, cause: parsed.error };
    throw new AcmeProtocolError('account-malformed', 'reading the account', details);
  }
  const { status, contact, termsOfServiceAgreed, orders, externalAccountBinding } = parsed.data;
  return {
    url,
    status,
    contact: contact ?? [],
    termsOfServiceAgreed: termsOfServiceAgreed ?? undefined,
    orders: orders ?? undefined,
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

/** The key that the CA gave out of band (RFC 8555 §7.3.4); `macKey` is a secret, in base64url. */
export interface ExternalAccountKey {
  readonly kid: string;
  readonly macKey: string;
}

const orderListSchema = z.looseObject({ orders: z.array(z.string().max(2048)).max(10_000) });

/** One page of an account's orders (RFC 8555 §7.1.2.1). */
export function parseOrderList(json: unknown, url: string): readonly string[] {
  const parsed = orderListSchema.safeParse(json);
  if (parsed.success) return parsed.data.orders;
  const cause = parsed.error;
  throw new AcmeProtocolError('orders-malformed', 'reading the list of orders', { url, cause });
}
