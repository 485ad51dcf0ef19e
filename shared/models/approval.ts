import { z } from 'zod';
import { keyPlaces } from './enrollment-profile.ts';
import type { ChallengeView } from '../enrollment-state.ts';
import type { Failure } from '../failure.ts';
import { utcTime } from './utc-time.ts';

// The texts of an approval document are shown as they are or not at all, so these schemas take only what can be shown;
// which characters that leaves is for `electron/approvals` to say, where the digest is made.
const text = (maximum: number) => z.string().max(maximum);
const time = utcTime;
const digest = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
const url = z.string().min(1).max(2048);

const person = z.strictObject({ name: text(200).min(1), email: text(254).min(3) });
const service = z.strictObject({ service: text(100).min(1) });
const requester = z.union([person, service]);

/** How an approver proves who they are. */
export const approvalMethods = ['ppkp-01', 'cert-01'] as const;
export type ApprovalMethod = (typeof approvalMethods)[number];

/** What has to come together before a certificate is issued. */
const approvalRule = z.strictObject({
  /** By how many people. */
  approvals: z.int().min(1).max(8),
  by: z.array(z.enum(approvalMethods)).min(1).max(approvalMethods.length),
  /** A certificate counts only with its key on a token. */
  hardware: z.boolean(),
});

const approvedKey = z.strictObject({
  /** base64url(SHA-256(SubjectPublicKeyInfo)). */
  spkiSha256: digest,
  algorithm: z.enum(['P-256', 'P-384', 'RSA-2048', 'RSA-3072', 'RSA-4096', 'Ed25519']),
  place: z.enum(keyPlaces),
  token: z
    .strictObject({ manufacturer: text(64), model: text(64), serial: text(64) })
    .exactOptional(),
  /** CKA_NEVER_EXTRACTABLE and CKA_LOCAL; the word of the requester's wallet, like `place` and `token`. */
  neverExtractable: z.boolean(),
  local: z.boolean(),
});

const common = {
  version: z.literal(1),
  url,
  organization: text(80).min(1),
  requestedBy: requester,
  profile: text(64).min(1),
  /** Extended key usages, dotted. */
  usages: z
    .array(z.string().regex(/^[0-2](\.\d{1,20}){1,30}$/))
    .min(1)
    .max(8),
  identifiers: z
    .array(z.strictObject({ type: text(64).min(1), value: text(255).min(1) }))
    .min(1)
    .max(16),
  /** Seconds. */
  lifetime: z.int().min(1).max(315_360_000),
  reason: text(400),
  rule: approvalRule,
  requested: time,
  expires: time,
};

/** What is approved, member by member (docs/approvals.md, Section 2): shown whole, and signed whole. */
export const approvalDocument = z.discriminatedUnion('kind', [
  z.strictObject({
    ...common,
    kind: z.literal('order'),
    order: url,
    /** RFC 7638 thumbprint of the account key. */
    requester: digest,
    key: approvedKey,
  }),
  z.strictObject({
    ...common,
    kind: z.literal('standing'),
    proposedBy: person,
    count: z.int().min(1).max(1000),
    until: time,
  }),
]);
export type ApprovalDocument = z.infer<typeof approvalDocument>;
export type ApprovalRequester = z.infer<typeof requester>;
export type ApprovalPerson = z.infer<typeof person>;

export const approvalStatuses = [
  'pending',
  'approved',
  'declined',
  'expired',
  'withdrawn',
  'spent',
] as const;
export type ApprovalStatus = (typeof approvalStatuses)[number];

export type ApprovalRole = 'requester' | 'approver' | 'auditor';

export interface ApprovalDecision {
  readonly decision: 'approve' | 'decline';
  readonly by: ApprovalPerson;
  readonly at: string;
  /** Absent of a decline. */
  readonly method?: ApprovalMethod;
  /** Of a decline. */
  readonly reason?: string;
  /** Of a receipt that this wallet keeps. */
  readonly receiptId?: string;
}

export interface ApprovalMessage {
  readonly from: ApprovalRequester;
  readonly at: string;
  readonly text: string;
}

/** One request in a list. */
export interface ApprovalSummary {
  readonly organizationId: string;
  /** URL of the request, opaque to the renderer. */
  readonly approvalId: string;
  readonly status: ApprovalStatus;
  readonly document: ApprovalDocument;
  /** Of this wallet's account here. */
  readonly roles: readonly ApprovalRole[];
  /** The person may decide it, and has not. */
  readonly mayDecide: boolean;
  readonly decisions: readonly ApprovalDecision[];
  /** Who may still decide. */
  readonly approvers: readonly ApprovalPerson[];
  readonly messages: readonly ApprovalMessage[];
  /** Certificates that a standing one still has. */
  readonly remaining?: number;
  readonly withdrawn?: {
    readonly by: ApprovalRequester;
    readonly at: string;
    readonly reason: string;
  };
  readonly certificates: readonly ApprovedCertificate[];
}

export interface ApprovedCertificate {
  /** Hex. */
  readonly serial: string;
  readonly issued: string;
  readonly notAfter: string;
  readonly revoked?: string;
}

/** A request as it is read and decided: what is shown is what `digest` is of. */
export interface ApprovalRequest extends ApprovalSummary {
  /** base64url(SHA-256(JCS(document))), computed here. */
  readonly digest: string;
  /** How it can be approved now; empty for who may not decide. */
  readonly challenges: readonly ChallengeView[];
  /** The strongest of them that can be met now. */
  readonly proposed?: string;
  /** For who may hand the link on: the requester, by mail or QR code. */
  readonly link: string;
}

/** What this wallet's account may do in an organisation of the CA, for proposing standing pre-authorizations. */
export interface ApprovalOrganization {
  readonly organizationId: string;
  /** Its name at the CA. */
  readonly name: string;
  readonly roles: readonly ApprovalRole[];
  readonly domains: readonly string[];
  readonly requesters: readonly ApprovalRequester[];
  readonly profiles: readonly ApprovalProfile[];
}

export interface ApprovalProfile {
  readonly name: string;
  readonly description: string;
  readonly usages: readonly string[];
  /** Seconds. */
  readonly lifetime: number;
  /** Whether standing pre-authorizations may be for it. */
  readonly standing: boolean;
}

/** A receipt of the CA that this wallet keeps, as it was found to be. */
export interface ApprovalReceipt {
  readonly receiptId: string;
  readonly organizationId: string;
  readonly approvalId: string;
  /** Of a decision that this wallet's account made; those of others are kept for whoever may read them. */
  readonly isOwn: boolean;
  readonly document: ApprovalDocument;
  readonly digest: string;
  readonly decision: 'approve' | 'decline';
  readonly reason?: string;
  readonly by: ApprovalPerson;
  readonly at: string;
  /** Place in the CA's log. */
  readonly sequence: number;
  readonly method: 'passkey' | 'key' | 'certificate' | 'account';
  /** Each step of the verification, in order; the first failure ends it. */
  readonly checks: readonly ReceiptCheck[];
}

export const receiptChecks = [
  // The CA's signature on the receipt, up to a root of the organisation.
  'signature',
  // The digest is that of the document.
  'digest',
  // What the approver signed is this digest …
  'binding',
  // … with the key that the receipt names.
  'evidence',
  // The entry of the log names this decision and this evidence.
  'log',
] as const;
export interface ReceiptCheck {
  readonly check: (typeof receiptChecks)[number];
  readonly passed: boolean;
}

/** Everything about approvals that the page may know without asking. */
export interface ApprovalsView {
  /** `unknown`: nobody has looked yet. `none`: no organisation here knows approvals. */
  readonly status: 'unknown' | 'none' | 'ready';
  readonly organizations: readonly ApprovalOrganization[];
  /** Newest first. */
  readonly requests: readonly ApprovalSummary[];
  /** Newest first. */
  readonly receipts: readonly ApprovalReceipt[];
  /** Organisations that know approvals and have no account of this person's yet: one is made once the person looks. */
  readonly unopened: readonly string[];
  /** Organisations that could not be asked the last time. */
  readonly failures: readonly { readonly organizationId: string; readonly failure: Failure }[];
  /** A link was followed to this request, and nobody has looked at it yet. */
  readonly asked: { readonly organizationId: string; readonly approvalId: string } | null;
  /** Why the last link led nowhere. */
  readonly linkFailure: Failure | null;
}

/** What the requester of an order waits for. */
export interface ApprovalProgress extends Pick<
  ApprovalSummary,
  'decisions' | 'approvers' | 'messages' | 'withdrawn'
> {
  readonly approvalId: string;
  readonly status: ApprovalStatus;
  readonly required: number;
  readonly expires: string;
  /** To be handed to approvers, e.g. as a QR code. */
  readonly link: string;
  /** Before then the CA sends no other reminder. */
  readonly remindAfter?: string;
}

/** Why nothing is approved. */
export const approvalFaults = [
  // The CA does not know approvals, or this account none of them.
  'not-offered',
  // A link leads to no organisation that this wallet has joined, or elsewhere than to its CA.
  'foreign-link',
  'malformed-link',
  // The request says what this version cannot show.
  'unreadable',
  // It is not what the person has read.
  'changed',
  // Somebody or something has decided it meanwhile.
  'over',
  'not-permitted',
  // The CA took the decision, and its receipt does not hold.
  'receipt',
] as const;
export type ApprovalFault = (typeof approvalFaults)[number];
