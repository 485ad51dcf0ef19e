import { X509Certificate } from 'node:crypto';
import type { InstallTargetId } from '../../shared/models/credential.ts';
import { InstallError } from './install-target.ts';

export interface ChainQuestion {
  readonly certificate: X509Certificate;
  /** Those that the store has. */
  readonly issuers: readonly X509Certificate[];
  /** Where the chain has to lead; with none there is nothing to be said. */
  readonly anchors: readonly X509Certificate[];
  readonly now: Date;
}

const longestChain = 8;

/** Throws `proof-failed` unless a chain of what is there leads from the certificate to an anchor. */
export function assertChain(target: InstallTargetId, question: ChainQuestion): void {
  const { certificate, anchors, now } = question;
  if (certificate.validToDate < now) throw broken(target, 'expired', certificate.validTo);
  if (anchors.length === 0 || leads([certificate], question)) return;
  throw broken(target, 'chain', 'no issuers that lead to the organisation');
}

function leads(path: readonly X509Certificate[], question: ChainQuestion): boolean {
  const last = path.at(-1);
  if (last === undefined || path.length > longestChain) return false;
  const isIssuer = (each: X509Certificate) => last.checkIssued(each) && last.verify(each.publicKey);
  if (question.anchors.some((anchor) => anchor.raw.equals(last.raw) || isIssuer(anchor)))
    return true;
  return question.issuers.some(
    (each) =>
      !path.some(({ raw }) => raw.equals(each.raw)) &&
      isIssuer(each) &&
      leads([...path, each], question),
  );
}

const broken = (target: InstallTargetId, link: 'chain' | 'expired', detail: string): InstallError =>
  new InstallError(target, 'proof-failed', detail, { link });
