import { createHash } from 'node:crypto';
import type { ApprovalDocument } from '../../shared/models/approval.ts';

export const approvalOrigin = 'https://ca.example';
export const approvalUrl = `${approvalOrigin}/acme/approval/evOGpD-hFJRzLaVqzqyTWA`;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64url');

const common = {
  version: 1,
  url: approvalUrl,
  organization: 'Example Corp',
  requestedBy: { name: 'Alex Example', email: 'alex@corp.example' },
  profile: 'ev-code-signing',
  usages: ['1.3.6.1.5.5.7.3.3'],
  identifiers: [{ type: 'dns', value: 'corp.example' }],
  lifetime: 31_536_000,
  reason: 'Installer of release 4.2',
  rule: { approvals: 2, by: ['ppkp-01', 'cert-01'], hardware: true },
  requested: '2026-11-30T00:00:00Z',
  expires: '2026-12-01T00:00:00Z',
} as const;

const ofBoth = () => ({
  ...common,
  ...{ usages: [...common.usages], identifiers: [...common.identifiers] },
  rule: { ...common.rule, by: [...common.rule.by] },
});

type Order = Extract<ApprovalDocument, { kind: 'order' }>;
type Standing = Extract<ApprovalDocument, { kind: 'standing' }>;

/** What somebody could be asked to approve: a certificate. */
export const orderDocument = (changes: Partial<Order> = {}): Order => ({
  ...ofBoth(),
  kind: 'order',
  order: `${approvalOrigin}/acme/order/1`,
  requester: sha256('account of the requester'),
  key: {
    spkiSha256: sha256('key'),
    algorithm: 'P-256',
    place: 'token',
    token: { manufacturer: 'Yubico', model: 'YubiKey 5C', serial: '24680' },
    ...{ neverExtractable: true, local: true },
  },
  ...changes,
});

/** Some certificates, until a certain time. */
export const standingDocument = (changes: Partial<Standing> = {}): Standing => ({
  ...ofBoth(),
  ...{ kind: 'standing', proposedBy: { name: 'Kim Example', email: 'kim@corp.example' } },
  ...{ requestedBy: { service: 'build' }, count: 10, until: '2026-12-24T00:00:00Z' },
  ...changes,
});
