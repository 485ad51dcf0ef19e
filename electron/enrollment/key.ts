import { createCertificateRequest } from '../certificates/certificate-request.ts';
import { keyUse } from '../credentials/key-use.ts';
import type { KeyUse } from '../keys/key-ring.ts';
import type { PinReason } from '../../shared/models/token.ts';
import type { EnrollmentRecord } from '../wallet/enrollment-journal.ts';
import { homeOf } from './choose-key.ts';
import type { Rooms } from './rooms.ts';
import type { Run } from './run.ts';

/**
 * Makes the key that the journal has announced, and signs the certificate request with it at once: the token, if there
 * is one, is unlocked now, and the request shows that the key works before anything is ordered for it.
 */
export async function makeKey(run: Run, rooms: Rooms): Promise<void> {
  const { keyId, plan, state } = run.record;
  if (state !== 'needs-key') return;
  const home = homeOf(plan.key);
  const request = { id: keyId, type: plan.key.type, home, label: plan.subject };
  await rooms.keys.ensure(request, useOf(run, rooms, 'make-key'));
  // Before the first signature: a login may be good for one.
  const report = await keyReport(run, rooms);
  const csr = await signedRequest(run, rooms);
  const events = plan.key.token === undefined ? [] : (['token-key-made'] as const);
  run.journal('needs-account', { csr, ...report }, ...events);
}

/** What those who approve are told of it; nobody else is. */
async function keyReport(run: Run, rooms: Rooms): Promise<Pick<EnrollmentRecord, 'keyReport'>> {
  const { keyId, plan } = run.record;
  if (plan.approval === undefined) return {};
  const report = await rooms.keys.report(keyId, useOf(run, rooms, 'make-key'));
  if (report === null) return {};
  const { neverExtractable, local } = report;
  return { keyReport: { neverExtractable, local } };
}

/** One request per enrolment: a finalize that has to be repeated sends the very same bytes. */
export async function journalledRequest(run: Run, rooms: Rooms): Promise<Uint8Array> {
  // Journals of earlier versions have none yet.
  const { csr = await signedRequest(run, rooms) } = run.record;
  // Proven orders need nobody any more to go on.
  if (run.record.certificateUrl === undefined) run.journal('needs-issuance', { csr });
  return Buffer.from(csr, 'base64url');
}

/** DER, base64url. */
async function signedRequest(run: Run, rooms: Rooms): Promise<string> {
  const { keyId, plan } = run.record;
  const { purpose, usages, commonName, userPrincipalName, identifiers } = plan;
  const request = await createCertificateRequest({
    signer: await rooms.keys.signer(keyId, useOf(run, rooms, 'sign-request')),
    purpose,
    usages,
    identifiers,
    ...(commonName !== undefined && { commonName }),
    ...(userPrincipalName !== undefined && { userPrincipalName }),
  });
  return Buffer.from(request).toString('base64url');
}

/** For how long the organisation lets a token stay unlocked, and whom the person is told about. */
function useOf({ record, context }: Run, { wallet }: Rooms, reason: PinReason): KeyUse {
  const { organizationId, key } = record.plan;
  return keyUse(wallet, {
    ...context,
    organizationId,
    reason,
    ...(key.hold && { hold: key.hold }),
  });
}
