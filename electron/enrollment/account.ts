import type { NewAccount } from '../acme/account.ts';
import { AcmeProblem } from '../acme/problem.ts';
import { AcmeClient } from '../acme/client.ts';
import { isOnToken, settled, type AccountRooms } from '../credentials/account-key-change.ts';
import { keyUse, type UseContext } from '../credentials/key-use.ts';
import type { AccountRecord } from '../wallet/account-store.ts';
import type { EnrollmentProfile } from '../../shared/models/enrollment-profile.ts';
import { EnrollmentError } from './enrollment-error.ts';
import type { Rooms } from './rooms.ts';

/** Whose account it is, where, and as what its key is used. */
export interface AccountOf {
  readonly organizationId: string;
  readonly directoryUrl: string;
  readonly context: UseContext & { readonly signal: AbortSignal };
}

/** What it takes to make an account. */
export type AccountMakers = Pick<
  Rooms,
  | 'wallet'
  | 'organizations'
  | 'keys'
  | 'turns'
  | 'httpTo'
  | 'acme'
  | 'clock'
  | 'random'
  | 'randomUuid'
>;

/** The organisation's account and a key for it, made on first use: one key per directory. */
export function accountKey(of: AccountOf, rooms: AccountMakers): Promise<AccountRecord> {
  const { wallet, turns } = rooms;
  const { organizationId, directoryUrl, context } = of;
  return turns.take(organizationId, context.signal, async () => {
    const known = wallet.accounts.find(organizationId, directoryUrl);
    // It may have been left while its turn was waited for.
    if (rooms.organizations.find(organizationId) === undefined) {
      throw new EnrollmentError({ code: 'not-found' }, 'finding the organisation');
    }
    const account = known ?? newAccount(of, rooms);
    if (known === undefined) wallet.accounts.save(account);
    if (account.status === 'needs-registration') await ensureAccountKey(of, account, rooms);
    return settled(account, accountRooms(rooms, context));
  });
}

/** Its key needs nobody at the keyboard, and cannot be copied where the operating system sees to that. */
function newAccount(
  { organizationId, directoryUrl }: AccountOf,
  { keys, clock, randomUuid }: AccountMakers,
): AccountRecord {
  return {
    ...{ organizationId, directoryUrl, keyId: randomUuid(), keyType: 'P-256' },
    keyPlace: keys.osTypes.includes('P-256') ? 'os' : 'software',
    ...{ keyChange: null, accountUrl: null, status: 'needs-registration' },
    createdAt: clock.now().toISOString(),
  };
}

/** Makes the key that the journal has announced, unless it was made before the wallet stopped. */
async function ensureAccountKey(
  { context }: AccountOf,
  account: AccountRecord,
  { wallet, keys }: AccountMakers,
): Promise<void> {
  const { organizationId, keyId: id, keyType: type, keyPlace: place } = account;
  // One on a token was made before the account was given it.
  if (isOnToken(place)) return;
  const use = keyUse(wallet, { ...context, organizationId, reason: 'make-key' });
  await keys.ensure({ id, type, home: { place }, label: accountLabel(account) }, use);
}

/** What the key of an account is called on a token. */
export const accountLabel = ({ directoryUrl }: Pick<AccountRecord, 'directoryUrl'>): string =>
  `ACME account ${new URL(directoryUrl).host}`;

/** What it takes to find out which key an account has. */
export function accountRooms(
  rooms: Pick<Rooms, 'wallet' | 'keys' | 'httpTo' | 'acme' | 'clock' | 'random'>,
  context: UseContext,
): AccountRooms {
  const { wallet, keys, httpTo, acme, clock, random } = rooms;
  return {
    ...{ wallet, keys, context },
    connect: (organizationId, account) =>
      AcmeClient.connect(
        { ...acme, http: httpTo(organizationId), clock, random, ...account },
        context.signal,
      ),
  };
}

/** RFC 8555 §7.3: registers the organisation's account unless that was done before. */
export async function ensureAccount(
  { organizationId, directoryUrl, context: { signal } }: AccountOf,
  rooms: AccountMakers,
  client: AcmeClient,
): Promise<void> {
  await rooms.turns.take(organizationId, signal, async () => {
    signal.throwIfAborted();
    const account = rooms.wallet.accounts.find(organizationId, directoryUrl);
    if (account === undefined) throw new TypeError('the account has a key before it is needed');
    if (account.status !== 'valid' || client.accountUrl === undefined) {
      await register(signal, rooms, client, account);
    }
  });
}

/** The CA does not know the account any more: registers the same key once more. */
export async function renewAccount(
  { organizationId, directoryUrl, context: { signal } }: AccountOf,
  rooms: AccountMakers,
  client: AcmeClient,
): Promise<void> {
  const account = rooms.wallet.accounts.find(organizationId, directoryUrl);
  if (account === undefined) throw new TypeError('an account that was used is remembered');
  const lost = { ...account, status: 'needs-registration' as const, accountUrl: null };
  rooms.wallet.accounts.save(lost);
  await register(signal, rooms, client, lost);
}

async function register(
  signal: AbortSignal,
  { wallet, organizations }: AccountMakers,
  client: AcmeClient,
  account: AccountRecord,
): Promise<void> {
  const { organizationId, directoryUrl } = account;
  const profile = organizations.find(organizationId)?.profile;
  if (profile === undefined) throw new EnrollmentError({ code: 'not-found' }, 'registering');
  const agreement = agree(client, profile);
  const waiting =
    profile.externalAccount === 'none'
      ? undefined
      : await organizations.externalAccount(organizationId);
  const answer = await findOrMake(client, signal, {
    ...agreement,
    ...(waiting === undefined ? {} : { externalAccountBinding: waiting.binding }),
  });
  if (answer.status !== 'valid') {
    const detail = `the account is ${answer.status}`;
    throw new EnrollmentError({ code: 'acme-protocol', detail }, 'registering the account');
  }
  wallet.transaction(() => {
    wallet.accounts.save({ ...account, accountUrl: answer.url, status: 'valid' });
    waiting?.forget();
    if (account.status === 'valid') return;
    const detail = new URL(directoryUrl).host;
    wallet.activity.append({ event: 'account-created', organizationId, detail });
  });
}

/** RFC 8555 §7.3: agrees to the terms that were shown when the organisation was joined, and to no others. */
function agree(
  { directory }: AcmeClient,
  { organization }: EnrollmentProfile,
): Pick<NewAccount, 'termsOfServiceAgreed'> {
  const { termsOfService } = directory.meta;
  if (termsOfService === undefined) return {};
  const shown = organization.terms;
  if (shown === undefined || new URL(shown).href !== new URL(termsOfService).href) {
    const failure = { code: 'terms', url: termsOfService } as const;
    throw new EnrollmentError(failure, 'agreeing to the terms of service');
  }
  return { termsOfServiceAgreed: true };
}

/**
 * A wallet that was stopped after its newAccount reached the CA asks again with a binding that is used up by now.
 * RFC 8555 §7.3.1 wants the account to be found all the same; servers that look at the binding first need the question put plainly.
 */
async function findOrMake(client: AcmeClient, signal: AbortSignal, details: NewAccount) {
  try {
    return await client.account.newAccount(details, signal);
  } catch (error) {
    if (!(error instanceof AcmeProblem) || error.status >= 500 || error.status === 429) throw error;
    return client.account
      .newAccount({ onlyReturnExisting: true }, signal)
      .catch((other: unknown) => {
        if (!(other instanceof AcmeProblem)) throw other;
        // Only where there is no account at all can the binding be to blame.
        throw other.type === 'accountDoesNotExist' ? aboutInvitation(error, details) : error;
      });
  }
}

/** CAs refuse a used, withdrawn, expired or foreign binding alike (RFC 8555 §7.3.4): what they say is passed on. */
function aboutInvitation(refusal: AcmeProblem, { externalAccountBinding }: NewAccount): Error {
  const reason = externalAccountBinding === undefined ? 'required' : 'not-accepted';
  const blamed: readonly AcmeProblem['type'][] =
    reason === 'required'
      ? ['externalAccountRequired']
      : ['externalAccountRequired', 'unauthorized', 'malformed'];
  if (!blamed.includes(refusal.type)) return refusal;
  const failure = { code: 'invitation', reason, problem: refusal.document } as const;
  return new EnrollmentError(failure, 'binding the account', { cause: refusal });
}
