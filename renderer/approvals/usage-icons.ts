import type { IconName } from '../ui/icon.tsx';
import type { UsageKind } from './usage-words.ts';

/** The sign beside a request, by the gravest of its usages. */
export const usageIcons = {
  code: 'code',
  document: 'document',
  email: 'mail',
  client: 'laptop',
  server: 'server',
  time: 'clock',
  revocation: 'shield',
  any: 'warning',
  other: 'key',
} as const satisfies Record<UsageKind, IconName>;
