import type {
  ApprovalDecision,
  ApprovalDocument,
  ApprovalOrganization,
  ApprovalProgress,
  ApprovalReceipt,
  ApprovalRequest,
  ApprovalsView,
  ApprovalSummary,
} from '../../shared/models/approval.ts';
import { receiptChecks } from '../../shared/models/approval.ts';
import { byCertificate, certificate, passkey } from './enrollments.ts';

type OrderDocument = Extract<ApprovalDocument, { kind: 'order' }>;
type StandingDocument = Extract<ApprovalDocument, { kind: 'standing' }>;

export const alex = { name: 'Alex Demo', email: 'alex@northlight.example' };
export const kim = { name: 'Kim Larsen', email: 'kim.larsen@northlight.example' };
export const robin = { name: 'Robin Weber', email: 'robin.weber@northlight.example' };

const digest = 'ZjFkMGM1YWIyZTk0Yzc3ODBkMWYzYTJiOTRlMDZjNTc';
export const otherDigest = 'YTRjMWYwOTI4YjdkNmU1ZjQzMjEwZmVkY2JhOTg3NjU';
const approvalId = 'https://ca.northlight.example/acme/approval/evOGpD-hFJRzLaVqzqyTWA';

const common = {
  version: 1,
  url: approvalId,
  organization: 'Northlight Shipyards',
  requestedBy: alex,
  usages: ['1.3.6.1.5.5.7.3.3'],
  identifiers: [{ type: 'dns', value: 'northlight.example' }],
  reason: 'Installer of the yard planner, release 4.2',
  rule: { approvals: 2, by: ['ppkp-01', 'cert-01'], hardware: true },
  requested: '2026-11-22T09:12:00Z',
  expires: '2026-11-23T09:12:00Z',
} as const satisfies Partial<ApprovalDocument>;

export const orderDocument = (changes: Partial<OrderDocument> = {}): OrderDocument => ({
  ...common,
  kind: 'order',
  profile: 'ev-code-signing',
  order: 'https://ca.northlight.example/acme/order/8kq2YwJdZrM',
  requester: 'oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U',
  lifetime: 39_744_000,
  key: {
    spkiSha256: 'bx0MWrLpTHeA0fOiuU4GxX0vihHDQF5rl9ig8uTGuNE',
    algorithm: 'P-384',
    place: 'token',
    token: { manufacturer: 'Kestrel Cards', model: 'Kestrel 3', serial: '0042A7C19E' },
    neverExtractable: true,
    local: true,
  },
  ...changes,
});

export const standingDocument = (changes: Partial<StandingDocument> = {}): StandingDocument => ({
  ...common,
  kind: 'standing',
  profile: 'one-time-code-signing',
  requestedBy: { service: 'build' },
  proposedBy: kim,
  lifetime: 900,
  count: 10,
  until: '2026-12-24T22:59:59Z',
  reason: 'Nightly builds until Christmas',
  ...changes,
});

export const approvedBy = (
  by: ApprovalDecision['by'],
  changes: Partial<ApprovalDecision> = {},
): ApprovalDecision => ({
  decision: 'approve',
  by,
  at: '2026-11-22T09:40:00Z',
  method: 'ppkp-01',
  ...changes,
});

/** To be decided by this wallet's person, and by another one. */
export const summary = (changes: Partial<ApprovalSummary> = {}): ApprovalSummary => ({
  organizationId: 'northlight',
  approvalId,
  status: 'pending',
  document: orderDocument(),
  roles: ['approver'],
  mayDecide: true,
  decisions: [],
  approvers: [kim, robin],
  messages: [],
  certificates: [],
  ...changes,
});

export const standingSummary = (changes: Partial<ApprovalSummary> = {}): ApprovalSummary =>
  summary({
    approvalId: `${approvalId}-standing`,
    status: 'approved',
    mayDecide: false,
    document: standingDocument(),
    decisions: [approvedBy(kim), approvedBy(robin, { method: 'cert-01' })],
    approvers: [],
    remaining: 7,
    ...changes,
  });

export const request = (changes: Partial<ApprovalRequest> = {}): ApprovalRequest => ({
  ...summary(),
  digest,
  challenges: [passkey, byCertificate([certificate()])],
  proposed: passkey.challengeId,
  link: `https://ca.northlight.example/approve?approval=${encodeURIComponent(approvalId)}`,
  ...changes,
});

export const receipt = (changes: Partial<ApprovalReceipt> = {}): ApprovalReceipt => ({
  receiptId: 'r-17',
  organizationId: 'northlight',
  approvalId,
  isOwn: true,
  document: orderDocument(),
  digest,
  decision: 'approve',
  by: kim,
  at: '2026-11-22T10:00:03Z',
  sequence: 1017,
  method: 'passkey',
  checks: receiptChecks.map((check) => ({ check, passed: true })),
  ...changes,
});

export const organization: ApprovalOrganization = {
  organizationId: 'northlight',
  name: 'Northlight Shipyards',
  roles: ['approver'],
  domains: ['northlight.example', 'yards.northlight.example'],
  requesters: [alex, { service: 'build' }],
  profiles: [
    {
      name: 'one-time-code-signing',
      description: 'For one signature on a program',
      usages: ['1.3.6.1.5.5.7.3.3'],
      lifetime: 900,
      standing: true,
    },
    {
      name: 'ev-code-signing',
      description: 'For programs',
      usages: ['1.3.6.1.5.5.7.3.3'],
      lifetime: 39_744_000,
      standing: false,
    },
  ],
};

export const approvalsView = (changes: Partial<ApprovalsView> = {}): ApprovalsView => ({
  status: 'ready',
  organizations: [organization],
  requests: [],
  receipts: [],
  failures: [],
  asked: null,
  unopened: [],
  linkFailure: null,
  ...changes,
});

/** As it stands for who asked. */
export const progress = (changes: Partial<ApprovalProgress> = {}): ApprovalProgress => ({
  approvalId,
  status: 'pending',
  required: 2,
  expires: common.expires,
  link: `https://ca.northlight.example/approve?approval=${encodeURIComponent(approvalId)}`,
  decisions: [approvedBy(kim)],
  approvers: [robin],
  messages: [],
  ...changes,
});
