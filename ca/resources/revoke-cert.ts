import { X509Certificate } from 'node:crypto';
import { thumbprintOf } from '../account-key.ts';
import { subjectOf } from '../account-subject.ts';
import { empty } from '../answer.ts';
import type { Answer } from '../answer.ts';
import { recordRevocation } from '../approvals/revoking.ts';
import type { Authority } from '../authority.ts';
import { ancestorsOf, covers } from '../coverage.ts';
import { baseDomain } from '../identifiers.ts';
import { isBase64Url } from '../jws.ts';
import type { JwsHeader } from '../jws.ts';
import { Problem } from '../problems.ts';
import { profileNamed } from '../profiles.ts';
import { readPayload } from '../requests.ts';
import type { AccountRequest, KeyRequest } from '../requests.ts';
import type { Account } from '../state/accounts.ts';
import type { IssuedCertificate } from '../state/certificates.ts';
import type { SubjectName } from '../state/subject-certificates.ts';
import { authorizationStatus } from '../status.ts';
import { isProven } from './authorize.ts';

/** RFC 5280 §5.3.1: what a holder may say; the rest is the CA's to say about itself. */
const allowedReasons = [0, 1, 3, 4, 5];

/** RFC 8555 §7.6, signed with an account key. */
export function revokeByAccount(request: AccountRequest, authority: Authority): Answer {
  const payload = readPayload(request);
  const issued = findIssued(payload, authority);
  const { account } = request;
  if (issued.accountId !== account.id && !holdsAll(account, issued, authority)) {
    throw new Problem('unauthorized', 'The account may not revoke this certificate.');
  }
  return revoke(issued, payload, { authority, by: subjectOf(account, authority.state) });
}

/** RFC 8555 §7.6, signed with the key in the certificate. */
export function revokeByKey(request: KeyRequest, authority: Authority): Answer {
  const payload = readPayload(request);
  const issued = findIssued(payload, authority);
  const { publicKey } = new X509Certificate(issued.leaf);
  if (thumbprintOf(publicKey) !== request.key.thumbprint) {
    throw new Problem('unauthorized', 'The request is not signed with the key of the certificate.');
  }
  return revoke(issued, payload, { authority, by: undefined });
}

function findIssued(payload: JwsHeader, { state }: Authority): IssuedCertificate {
  const text = payload['certificate'];
  if (typeof text !== 'string' || !isBase64Url(text)) {
    throw new Problem('malformed', 'The payload has no base64url "certificate".');
  }
  const der = Buffer.from(text, 'base64url');
  const issued = state.certificates.findBySerial(readSerial(der));
  if (issued?.leaf.equals(der) === true) return issued;
  throw new Problem('malformed', 'This CA did not issue that certificate.', { status: 404 });
}

function readSerial(der: Buffer): Buffer {
  try {
    return Buffer.from(new X509Certificate(der).serialNumber, 'hex');
  } catch (cause) {
    throw new Problem('malformed', 'The "certificate" cannot be read.', { cause });
  }
}

/** §7.6: an account that could have the certificate issued may also have it revoked; by proofs that its profile accepts. */
function holdsAll(account: Account, issued: IssuedCertificate, authority: Authority): boolean {
  const now = authority.clock();
  const profile = profileNamed(authority.state.orders.find(issued.orderId)?.profile ?? '');
  // What others had to approve is not another's for having asked for the same.
  if (profile?.approval !== undefined) return false;
  return issued.identifiers.every((identifier) => {
    const { type, value } = identifier;
    if (type === 'permanent-identifier' && !keeps(account, value, authority)) return false;
    const base = type === 'dns' ? baseDomain(value) : value;
    const names = type === 'dns' ? [base, ...ancestorsOf(base)] : [base];
    return names
      .flatMap((name) =>
        authority.state.authorizations.forIdentifier(account.id, { type, value: name }, now),
      )
      .filter((candidate) => covers(candidate, identifier))
      .filter((candidate) => authorizationStatus(candidate, now) === 'valid')
      .some(
        (candidate) =>
          candidate.grantedAt !== undefined ||
          (profile !== undefined && isProven(candidate, profile)),
      );
  });
}

/** Anybody may vouch for a device that is nobody's yet: to have done so says nothing about it. */
function keeps({ personId }: Account, device: string, { state }: Authority): boolean {
  return personId !== undefined && state.devices.keeperOf(device) === personId;
}

type Revoker = { readonly authority: Authority; readonly by: SubjectName | undefined };

function revoke(issued: IssuedCertificate, payload: JwsHeader, { authority, by }: Revoker): Answer {
  const { state } = authority;
  const now = authority.clock();
  const reason = readReason(payload['reason']);
  if (issued.revokedAt !== undefined) {
    throw new Problem('alreadyRevoked', 'The certificate was revoked already.');
  }
  state.transaction(() => {
    state.certificates.revoke(issued.id, now, reason);
    recordRevocation(issued, { state, now, by, reason });
  });
  authority.revocationList.invalidate();
  return empty(200, { 'Content-Length': '0' });
}

function readReason(value: unknown): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    throw new Problem('malformed', 'The "reason" must be a whole number.');
  }
  if (allowedReasons.includes(value)) return value;
  const detail = `Reason ${value} is not accepted; one of ${allowedReasons.join(', ')} is.`;
  throw new Problem('badRevocationReason', detail);
}
