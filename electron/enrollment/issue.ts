import type { AcmeClient } from '../acme/client.ts';
import { certificateOf, finalizeOrder } from '../acme/finalize-order.ts';
import { OrderFailed } from '../acme/issuance-error.ts';
import type { Order } from '../acme/order.ts';
import { AcmeProblem } from '../acme/problem.ts';
import { AcmePollDeadline } from '../acme/protocol-error.ts';
import { verifyChain } from '../certificates/chain.ts';
import { parseCertificate, pemOf } from '../certificates/pem.ts';
import { requestedKey } from '../certificates/requested-key.ts';
import { renewalWindow } from '../credentials/renewal-window.ts';
import type { CredentialRecord } from '../wallet/credential-store.ts';
import type { EnrollmentPlan } from '../wallet/enrollment-journal.ts';
import { notApproved } from './approval-progress.ts';
import { useIn } from './credential-use.ts';
import { EnrollmentError } from './enrollment-error.ts';
import { journalledRequest } from './key.ts';
import { orderFailed } from './prove.ts';
import type { Rooms } from './rooms.ts';
import type { Run } from './run.ts';

/** From a proven order to a credential in the wallet (RFC 8555 §7.4). */
export async function issue(
  run: Run,
  rooms: Rooms,
  client: AcmeClient,
  order: Order,
): Promise<void> {
  const csr = await journalledRequest(run, rooms);
  if (run.record.certificateUrl === undefined) {
    const issued = await finalized({ run, rooms, client, order, csr });
    run.journal('needs-certificate', { certificateUrl: certificateOf(issued) });
  }
  const { certificateUrl = '' } = run.record;
  const { chain } = await client.certificates.download(certificateUrl, undefined, run.signal);
  const credential = verifiedCredential(run, rooms, csr, chain);
  run.signal.throwIfAborted();
  rooms.wallet.transaction(() => {
    rooms.wallet.credentials.save(credential);
    run.journal('needs-installation', {}, 'certificate-issued');
  });
}

/** Milliseconds: somebody at the CA may have to look at the request. */
const patience = 24 * 60 * 60_000;

interface Finalizing {
  readonly run: Run;
  readonly rooms: Rooms;
  readonly client: AcmeClient;
  readonly order: Order;
  readonly csr: Uint8Array;
}

async function finalized({ run, rooms, client, order, csr }: Finalizing): Promise<Order> {
  const deadline = new Date(rooms.clock.now().getTime() + patience);
  try {
    return await finalizeOrder(client, order, { csr, deadline }, run.signal);
  } catch (error) {
    const isRefused = error instanceof OrderFailed || error instanceof AcmeProblem;
    const refusal = isRefused ? await withdrawnMeanwhile(run, client) : undefined;
    if (refusal !== undefined) throw refusal;
    if (error instanceof OrderFailed) throw orderFailed(error.order, rooms.clock.now());
    const isOurs = order.expires === undefined || order.expires > deadline;
    if (error instanceof AcmePollDeadline && isOurs) throw undecided(error);
    throw error;
  }
}

/** Granted is not issued: until then the request can be taken back. */
async function withdrawnMeanwhile(
  { record, signal }: Run,
  { approvals }: AcmeClient,
): Promise<EnrollmentError | undefined> {
  const { approvalUrl } = record;
  if (approvalUrl === undefined) return undefined;
  return notApproved(await approvals.fetch(approvalUrl, signal), 'valid');
}

/** Not final: the CA may still issue, and whoever goes on later finds the order as it is then. */
const undecided = (cause: AcmePollDeadline): EnrollmentError =>
  new EnrollmentError(
    { code: 'acme-protocol', detail: 'the CA does not decide about the order' },
    'waiting for the certificate',
    { cause },
  );

/** Checks the chain against what was ordered, and describes it for the wallet. */
function verifiedCredential(
  run: Run,
  { wallet, clock }: Rooms,
  csr: Uint8Array,
  offered: readonly string[],
): CredentialRecord {
  const { plan, credentialId, keyId } = run.record;
  const { organizationId, identifiers, purpose, usages } = plan;
  // Without roots of its own, the organisation leaves whom to believe to the operating system: TLS has vouched
  // for the server, and the chain is checked in itself.
  const roots = wallet.organizations.find(organizationId)?.profile.roots?.map(pemOfBase64);
  const chain = verifyChain({
    chain: offered,
    leafSpki: requestedKey(csr),
    roots,
    now: clock.now(),
    identifiers,
    purpose,
    usages,
  });
  const { validFromDate, validToDate } = parseCertificate(chain[0] ?? '');
  const lifetime = { notBefore: validFromDate, notAfter: validToDate };
  return {
    id: credentialId,
    organizationId,
    offerId: plan.offerId,
    name: plan.name,
    purpose,
    subject: plan.subject,
    identifiers,
    status: 'active',
    issuedAt: clock.now().toISOString(),
    notBefore: validFromDate.toISOString(),
    notAfter: validToDate.toISOString(),
    renewal: renewalWindow(lifetime, plan.renewalFraction),
    key: credentialKey(keyId, plan.key),
    chain: chain.join(''),
    directoryUrl: plan.directoryUrl,
    ...useIn(plan),
    installations: [],
  };
}

const pemOfBase64 = (der: string): string => pemOf(Buffer.from(der, 'base64'));

const credentialKey = (
  id: string,
  { type, place, exportable, token, replaces }: EnrollmentPlan['key'],
): CredentialRecord['key'] => ({
  ...{ id, type, place, exportable },
  ...(token && { token }),
  ...(replaces && { replaces }),
});
