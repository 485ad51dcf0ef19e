import type { MessageId } from '../words.ts';
import type { ApprovalDocument } from '../../shared/models/approval.ts';

/** What a certificate can be used for, in the person's words; by its extended key usage (RFC 5280 §4.2.1.12). */
const known: ReadonlyMap<string, UsageKind> = new Map([
  ['1.3.6.1.5.5.7.3.3', 'code'],
  ['1.3.6.1.5.5.7.3.36', 'document'],
  ['1.3.6.1.4.1.311.10.3.12', 'document'],
  ['1.2.840.113583.1.1.5', 'document'],
  ['1.3.6.1.5.5.7.3.4', 'email'],
  ['1.3.6.1.5.5.7.3.2', 'client'],
  ['1.3.6.1.5.5.7.3.1', 'server'],
  ['1.3.6.1.5.5.7.3.8', 'time'],
  ['1.3.6.1.5.5.7.3.9', 'revocation'],
  ['2.5.29.37.0', 'any'],
] as const);

export type UsageKind =
  ('code' | 'document' | 'email' | 'client' | 'server') | ('time' | 'revocation' | 'any' | 'other');

export function usageKind(oid: string): UsageKind {
  return known.get(oid) ?? 'other';
}

/** Each kind once, in the order of the document. */
export function usageKinds(usages: readonly string[]): readonly UsageKind[] {
  return [...new Set(usages.map(usageKind))];
}

/** What it all is about, where one word has to do: the usage that lets most happen. */
export function leadingUsage({ usages }: Pick<ApprovalDocument, 'usages'>): UsageKind {
  const kinds = usageKinds(usages);
  return gravest.find((kind) => kinds.includes(kind)) ?? 'other';
}

const gravest: readonly UsageKind[] = [
  'any',
  'code',
  'document',
  'revocation',
  'time',
  'server',
  'email',
  'client',
];

export const usageName = (kind: UsageKind): MessageId => `approval.usage.${kind}`;
export const usageText = (kind: UsageKind): MessageId => `approval.usage.${kind}.text`;
