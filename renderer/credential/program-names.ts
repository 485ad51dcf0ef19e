import type { PolicyBrowser } from '../../shared/models/browser-policy.ts';
import type { ConfiguredProgram } from '../../shared/models/signing.ts';

// Names of products are the same in every language.

export const browserNames: Readonly<Record<PolicyBrowser, string>> = {
  chromium: 'Chromium',
  chrome: 'Google Chrome',
  edge: 'Microsoft Edge',
  firefox: 'Firefox',
};

export const programNames: Readonly<Record<ConfiguredProgram, string>> = {
  openvpn: 'OpenVPN',
  strongswan: 'strongSwan',
  openssh: 'OpenSSH',
  windows: 'Windows',
  macos: 'macOS',
};
