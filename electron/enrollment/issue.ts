import type { AcmeClient } from '../acme/client.ts';
import { certificateOf, finalizeOrder } from '../acme/finalize-order.ts';
import { OrderFailed } from '../acme/issuance-error.ts';
import type { Order } from '../acme/order.ts';
import { AcmePollDeadline } from '../acme/protocol-error.ts';
import { createCertificateRequest } from '../certificates/certificate-request.ts';
import { verifyChain } from '../certificates/chain.ts';
import { parseCertificate, pemOf } from '../certificates/pem.ts';
import { renewalWindow } from '../credentials/renewal-window.ts';
import type { Signer } from '../keys/signer.ts';
import type { CredentialRecord } from '../wallet/credential-store.ts';
import { EnrollmentError } from './enrollment-error.ts';
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
  const signer = await rooms.keys.signer(run.record.keyId);
  if (run.record.certificateUrl === undefined) {
    const csr = await journalledRequest(run, signer);
    const issued = await finalized({ run, rooms, client, order, csr });
    run.journal('needs-certificate', { certificateUrl: certificateOf(issued) });
  }
  const { certificateUrl = '' } = run.record;
  const { chain } = await client.certificates.download(certificateUrl, undefined, run.signal);
  const credential = verifiedCredential(run, rooms, signer, chain);
  run.signal.throwIfAborted();
  rooms.wallet.transaction(() => {
    rooms.wallet.credentials.save(credential);
    run.journal('needs-installation', {}, 'certificate-issued');
  });
}

/** One request per enrolment: a finalize that has to be repeated sends the very same bytes. */
async function journalledRequest(run: Run, signer: Signer): Promise<Uint8Array> {
  const { csr, plan } = run.record;
  if (csr !== undefined) return Buffer.from(csr, 'base64url');
  const { purpose, commonName, userPrincipalName, identifiers } = plan;
  const request = await createCertificateRequest({
    signer,
    purpose,
    identifiers,
    ...(commonName !== undefined && { commonName }),
    ...(userPrincipalName !== undefined && { userPrincipalName }),
  });
  run.journal('needs-issuance', { csr: Buffer.from(request).toString('base64url') });
  return request;
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
    if (error instanceof OrderFailed) throw orderFailed(error.order, rooms.clock.now());
    const isOurs = order.expires === undefined || order.expires > deadline;
    if (error instanceof AcmePollDeadline && isOurs) throw undecided(error);
    throw error;
  }
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
  signer: Signer,
  offered: readonly string[],
): CredentialRecord {
  const { plan, credentialId, keyId } = run.record;
  const { organizationId, identifiers, purpose } = plan;
  // Without roots of its own, the organisation leaves whom to believe to the operating system: TLS has vouched
  // for the server, and the chain is checked in itself.
  const roots = wallet.organizations.find(organizationId)?.profile.roots?.map(pemOfBase64);
  const chain = verifyChain({
    chain: offered,
    leafSpki: signer.publicSpki,
    roots,
    now: clock.now(),
    identifiers,
    purpose,
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
    status: 'active',
    issuedAt: clock.now().toISOString(),
    notBefore: validFromDate.toISOString(),
    notAfter: validToDate.toISOString(),
    renewal: renewalWindow(lifetime, plan.renewalFraction),
    key: { id: keyId, ...plan.key },
    chain: chain.join(''),
    directoryUrl: plan.directoryUrl,
    ...(plan.probeUrl === undefined ? {} : { probeUrl: plan.probeUrl }),
    installations: [],
  };
}

const pemOfBase64 = (der: string): string => pemOf(Buffer.from(der, 'base64'));
