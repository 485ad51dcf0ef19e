import type { Purpose } from '../shared/models/enrollment-profile.ts';
import type { IconName } from './ui/icon.tsx';

/** The sign of each purpose, the same wherever a credential is shown. */
export const purposeIcons: Readonly<Record<Purpose, IconName>> = {
  client: 'wifi',
  device: 'laptop',
  codeSigning: 'code',
  documentSigning: 'document',
  email: 'mail',
  service: 'server',
};
