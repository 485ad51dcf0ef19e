import { createCertificateRequest } from '../certificates/certificate-request.ts';
import { keyUse } from '../credentials/key-use.ts';
import type { KeyUse } from '../keys/key-ring.ts';
import type { PinReason } from '../../shared/models/token.ts';
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
  const csr = await signedRequest(run, rooms);
  const events = plan.key.token === undefined ? [] : (['token-key-made'] as const);
  run.journal('needs-account', { csr: Buffer.from(csr).toString('base64url') }, ...events);
}

/** One request per enrolment: a finalize that has to be repeated sends the very same bytes. */
export async function journalledRequest(run: Run, rooms: Rooms): Promise<Uint8Array> {
  const { csr } = run.record;
  if (csr !== undefined) return Buffer.from(csr, 'base64url');
  // Journals of earlier versions have none yet.
  const request = await signedRequest(run, rooms);
  run.journal('needs-issuance', { csr: Buffer.from(request).toString('base64url') });
  return request;
}

async function signedRequest(run: Run, rooms: Rooms): Promise<Uint8Array> {
  const { keyId, plan } = run.record;
  const { purpose, commonName, userPrincipalName, identifiers } = plan;
  return createCertificateRequest({
    signer: await rooms.keys.signer(keyId, useOf(run, rooms, 'sign-request')),
    purpose,
    identifiers,
    ...(commonName !== undefined && { commonName }),
    ...(userPrincipalName !== undefined && { userPrincipalName }),
  });
}

/** For how long the organisation lets a token stay unlocked, and whom the person is told about. */
export function useOf({ record, signal }: Run, { wallet }: Rooms, reason: PinReason): KeyUse {
  const { organizationId, key } = record.plan;
  return { ...keyUse(wallet, organizationId, reason), ...(key.hold && { hold: key.hold }), signal };
}
