import { X509Certificate } from 'node:crypto';
import { receiptChecks, type ReceiptCheck } from '../../shared/models/approval.ts';
import { CertificateError } from '../certificates/certificate-error.ts';
import { readDetails } from '../certificates/certificate-details.ts';
import { readStructure } from '../certificates/certificate-structure.ts';
import { pathToRoot } from '../certificates/chain.ts';
import { DerError } from '../certificates/der-reader.ts';
import { commonNameOf } from '../certificates/distinguished-name.ts';
import { verifySignedData } from '../certificates/verify-signed-data.ts';
import type { FoundReceipt } from '../wallet/approval-table.ts';
import { ApprovalError } from './approval-error.ts';
import { readDocument, type ReadDocument } from './approval-document.ts';
import { canonicalDigest } from './canonical-json.ts';
import { isBound, isSigned, type Claim } from './evidence.ts';
import { readContent, type ReceiptContent } from './receipt-content.ts';

export interface ReceiptExpectations {
  /** PEM, of who may vouch for the CA. */
  readonly roots: readonly string[];
  /** URL of the directory that it has to be of; any when not given. */
  readonly directory?: string;
  /** What else it has to be, as part of the binding: the decision that was just made. */
  readonly isOurs?: (content: ReceiptContent) => boolean;
}

/** A receipt as it was found to be: each check that was made, and what it says where the first of them passed. */
export interface CheckedReceipt {
  readonly holds: boolean;
  /** In order; the first that fails is the last. */
  readonly checks: readonly ReceiptCheck[];
  readonly content?: ReceiptContent;
  /** Undefined of one that does not hold. */
  readonly found?: FoundReceipt;
}

/** Verifies a receipt (docs/approvals.md §6), DER of a CMS SignedData, as of the time that it names. Never throws for what it says. */
export function checkReceipt(der: Buffer, expected: ReceiptExpectations): CheckedReceipt {
  const content = signedContent(der, expected);
  if (content === undefined)
    return { holds: false, checks: [{ check: 'signature', passed: false }] };
  const read = documentOf(content);
  const claim: Claim = { ...content, approvalUrl: read?.document.url ?? '' };
  const { evidence } = content;
  const passes: Readonly<Record<ReceiptCheck['check'], () => boolean>> = {
    signature: () => true,
    digest: () => read?.digest === content.digest,
    binding: () => isBound(evidence, claim) && (expected.isOurs?.(content) ?? true),
    evidence: () => isSigned(evidence, claim),
    log: () => isLogged(content, claim.approvalUrl),
  };
  const checks: ReceiptCheck[] = [];
  for (const check of receiptChecks) {
    const passed = passes[check]();
    checks.push({ check, passed });
    if (!passed) return { holds: false, checks, content };
  }
  return { holds: true, checks, content, ...(read && { found: foundIn(content, read, checks) }) };
}

function foundIn(
  { digest, decision, reason, by, at, log, evidence }: ReceiptContent,
  { document }: ReadDocument,
  checks: readonly ReceiptCheck[],
): FoundReceipt {
  return {
    ...{ document, digest, decision, at, checks, method: evidence.type },
    by: { name: by.name, email: by.email },
    sequence: log.sequence,
    ...(reason !== undefined && { reason }),
  };
}

/** What the CA has signed by the one certificate that it has for that; undefined when it did not. */
function signedContent(
  der: Buffer,
  { roots, directory }: ReceiptExpectations,
): ReceiptContent | undefined {
  try {
    const { content: octets, chain } = verifySignedData(der);
    const content = readContent(octets);
    if (content === undefined || !isReceiptSigner(chain[0])) return undefined;
    const isOther = directory !== undefined && !isSameUrl(content.directory, directory);
    if (isOther) return undefined;
    const trusted = roots.map((pem) => new X509Certificate(pem));
    const path = pathToRoot(chain, { roots: trusted, now: new Date(content.at) });
    // One that is in there and not needed could say anything.
    const isWhole = chain.every(({ raw }) => path.some((each) => each.raw.equals(raw)));
    return isWhole ? content : undefined;
  } catch (error) {
    if (error instanceof DerError || error instanceof CertificateError) return undefined;
    throw error;
  }
}

const isSameUrl = (one: string, other: string): boolean =>
  new URL(one).href === new URL(other).href;

const documentSigning = '1.3.6.1.5.5.7.3.36';
const subjectAlternativeName = '2.5.29.17';
const signerName = 'Local CA Approvals';

/**
 * People have certificates of the same CA, for signing documents too. What was issued for an order has the names that were ordered in
 * its alternative names (RFC 8555 §7.4); a signer of receipts has none.
 */
function isReceiptSigner(certificate: X509Certificate | undefined): boolean {
  if (certificate === undefined || certificate.ca) return false;
  const structure = readStructure(certificate.raw);
  const { extendedKeyUsages, keyUsages } = readDetails(certificate.raw);
  const isForReceipts = extendedKeyUsages.length === 1 && extendedKeyUsages[0] === documentSigning;
  return (
    isForReceipts &&
    keyUsages.includes('digitalSignature') &&
    !structure.extensions.has(subjectAlternativeName) &&
    commonNameOf(structure.subject) === signerName
  );
}

function documentOf({ approval, directory }: ReceiptContent): ReadDocument | undefined {
  const { origin } = new URL(directory);
  const isOwn = (url: string): boolean => URL.parse(url)?.origin === origin;
  const url =
    typeof approval === 'object' && approval !== null && 'url' in approval ? approval.url : '';
  if (typeof url !== 'string' || !isOwn(url)) return undefined;
  try {
    return readDocument(approval, { url, isOwn });
  } catch (error) {
    if (error instanceof ApprovalError) return undefined;
    throw error;
  }
}

/** The entry of the log is of this decision and this evidence. */
function isLogged(
  { log, decision, digest, evidence, by, at, approval }: ReceiptContent,
  approvalUrl: string,
): boolean {
  const isOfOrganization =
    typeof approval === 'object' &&
    approval !== null &&
    'organization' in approval &&
    approval.organization === log.organization;
  return (
    isOfOrganization &&
    log.event === 'decided' &&
    log.request === approvalUrl &&
    log.by === by.email &&
    log.at === at &&
    log.data.decision === decision &&
    log.data.digest === digest &&
    log.data.evidence === canonicalDigest(evidence)
  );
}
