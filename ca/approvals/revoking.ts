import type { State } from '../state.ts';
import { ApprovalLogError } from '../state/approval-log.ts';
import type { IssuedCertificate } from '../state/certificates.ts';
import { nameInLog } from './parties.ts';
import type { SubjectName } from '../state/subject-certificates.ts';

type Revocation = {
  readonly state: State;
  readonly now: Date;
  /** Undefined where it was the key of the certificate that asked. */
  readonly by: SubjectName | undefined;
  /** RFC 5280 §5.3.1. */
  readonly reason: number | undefined;
};

/** Enters the revocation of what was issued under an approval, in the same transaction. */
export function recordRevocation(
  { id, serial }: IssuedCertificate,
  { state, now, by, reason }: Revocation,
): void {
  const request = state.approvals.ofCertificate(id);
  if (request === undefined) return;
  const { organization, url } = request.document;
  state.approvals.touch(request.id, now);
  try {
    state.approvalLog.append({
      ...{ at: now, event: 'revoked', organization, request: url },
      ...(by !== undefined && { by: nameInLog(by, state) }),
      data: { serial: serial.toString('hex'), ...(reason !== undefined && { reason }) },
    });
  } catch (error) {
    // Everything else waits until a damaged log was looked at; what is to be trusted no longer, cannot.
    if (!(error instanceof ApprovalLogError)) throw error;
  }
}
