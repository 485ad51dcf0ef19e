import { canonicalJson } from '../canonical-json.ts';
import type { Json } from '../canonical-json.ts';
import type { Hierarchy } from '../hierarchy.ts';
import { certifyOwnSigner } from '../own-signer.ts';
import type { LogEntry } from '../state/approval-log.ts';
import { purposes } from '../x509/extensions.ts';
import { signData } from '../x509/signed-data.ts';
import type { ApprovalDocument, PersonWords } from './document.ts';
import type { Evidence } from './evidence.ts';

/** What a receipt says (docs/approvals.md §6). */
export type ReceiptContents = {
  readonly version: 1;
  readonly directory: string;
  readonly approval: ApprovalDocument;
  readonly digest: string;
  readonly decision: 'approve' | 'decline';
  readonly reason?: string;
  /** `account` is the thumbprint of the account key. */
  readonly by: PersonWords & { readonly account: string };
  readonly at: string;
  readonly evidence: Evidence;
  readonly log: LogEntry;
};

export type Receipts = {
  /** CMS SignedData, DER. */
  sign(contents: ReceiptContents, at: Date): Buffer;
};

/** Signs receipts with a key of its own for this run, which signs nothing else. */
export function createReceipts(hierarchy: Hierarchy, clock: () => Date): Receipts {
  const { key, certificate } = certifyOwnSigner(hierarchy, {
    ...{ commonName: 'Local CA Approvals', purpose: purposes.documentSigning, now: clock() },
  });
  const certificates = [certificate, hierarchy.issuer.certificate, hierarchy.root.certificate];
  return {
    sign: (contents, signingTime) =>
      signData({
        content: Buffer.from(canonicalJson(contents satisfies Json)),
        ...{ key, certificate, certificates, signingTime },
      }),
  };
}
