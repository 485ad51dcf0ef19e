import { AcmeClient } from '../acme/client.ts';
import { accountUse } from '../credentials/account-key-change.ts';
import { keyUse } from '../credentials/key-use.ts';
import type { EnrollmentRecord } from '../wallet/enrollment-journal.ts';
import type { Wallet } from '../wallet/wallet.ts';
import { isAwaited } from './awaited-approvals.ts';
import type { Rooms } from './rooms.ts';
import type { Run } from './run.ts';

/** Milliseconds that the CA gets to hear of a cancelled order. */
const limit = 5_000;

/** Takes back what an enrolment that came to nothing has left behind: its authorizations and its key. */
export async function withdraw(run: Run, rooms: Rooms, client?: AcmeClient): Promise<void> {
  const { record } = run;
  try {
    if (record.state === 'cancelled') await deactivateInTime(record, rooms, client);
    await abandonKey(record, rooms);
  } catch (error) {
    // It ended all the same; the key is looked for again when the wallet is opened.
    rooms.report('withdrawing an enrolment', error);
  }
}

/** Whoever cancels is there to be asked for a PIN; one that nobody types leaves the key behind, to be removed later. */
async function abandonKey(record: EnrollmentRecord, { wallet, keys, closing }: Rooms) {
  if (!isUnused(record, wallet)) return;
  const { keyId, credentialId: purpose, state, plan } = record;
  const how = {
    reason: 'remove-key',
    isUnattended: state !== 'cancelled',
    signal: closing,
  } as const;
  const { organizationId } = plan;
  await keys.abandon(keyId, keyUse(wallet, { organizationId, purpose, ...how }));
}

/** As much as can be done when nobody waits for it, and no token is to be woken. */
export async function sweepKey(record: EnrollmentRecord, { wallet, keys }: Rooms): Promise<void> {
  if (isUnused(record, wallet)) await keys.leaveBehind(record.keyId);
}

/** A key that was made for a certificate that never came. */
function isUnused({ state, credentialId }: EnrollmentRecord, { credentials }: Wallet): boolean {
  const abandoned = state === 'cancelled' || state === 'failed';
  return abandoned && credentials.find(credentialId) === undefined;
}

/** Never rejects, and waits for a few seconds at most. */
export async function deactivateInTime(
  record: EnrollmentRecord,
  rooms: Rooms,
  client?: AcmeClient,
): Promise<void> {
  const late = new AbortController();
  const done = new AbortController();
  const timer = rooms.clock
    .sleep(limit, done.signal)
    .then(() => late.abort(new Error('the CA did not answer in time')))
    .catch(() => undefined);
  try {
    await deactivate(record, client ?? (await reconnect(record, rooms, late.signal)), late.signal);
  } catch (error) {
    // Nothing depends on it: pending authorizations expire by themselves.
    rooms.report('deactivating authorizations', error);
  } finally {
    done.abort();
    await timer;
  }
}

/** RFC 8555 §7.5.2: whoever gives an order up should not leave its authorizations open. */
async function deactivate(
  { orderUrl }: EnrollmentRecord,
  client: AcmeClient | undefined,
  signal: AbortSignal,
): Promise<void> {
  if (orderUrl === undefined || client === undefined) return;
  const order = await client.orders.fetch(orderUrl, signal);
  const mayBeApproved = order.status === 'ready' && client.approvals.isOffered;
  if (order.status !== 'pending' && !mayBeApproved) return;
  for (const url of order.authorizations) {
    const authorization = await client.authorizations.fetch(url, signal);
    const { status } = authorization;
    // docs/approvals.md §3: what others have approved is taken back as long as nothing was issued.
    const isOpen = status === 'pending' || (status === 'valid' && isAwaited(authorization));
    if (isOpen) await client.authorizations.deactivate(url, signal);
  }
}

async function reconnect(
  { orderUrl, plan, credentialId: purpose }: EnrollmentRecord,
  { wallet, keys, httpTo, acme, clock, random }: Rooms,
  signal: AbortSignal,
): Promise<AcmeClient | undefined> {
  const { organizationId, directoryUrl } = plan;
  const account = wallet.accounts.find(organizationId, directoryUrl);
  if (orderUrl === undefined || !account?.accountUrl) return undefined;
  const use = accountUse(wallet, organizationId, { purpose, signal, isUnattended: true });
  const signer = await keys.signer(account.keyId, use);
  const { accountUrl } = account;
  const http = httpTo(organizationId);
  return AcmeClient.connect(
    { ...acme, http, clock, random, directoryUrl, signer, accountUrl },
    signal,
  );
}
