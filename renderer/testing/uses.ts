import type { BrowserPolicyView } from '../../shared/models/browser-policy.ts';
import type { CredentialDetail, Installation } from '../../shared/models/credential.ts';
import type { NetworkView } from '../../shared/models/network.ts';
import type { ConfigurationText, SigningToolView } from '../../shared/models/signing.ts';
import { inBrowsers, signingCredential, wifiDetail } from './credentials.ts';
import { card } from './tokens.ts';

const sha256 = 'a4c1f0928b7d6e5f43210fedcba98765a4c1f0928b7d6e5f43210fedcba98765';

export const northlightNetwork: NetworkView = {
  id: 'n-1',
  name: 'Northlight',
  source: 'organization',
  ssids: ['Northlight', 'Northlight-Werft-Besprechungsräume'],
  wired: true,
  serverNames: ['radius.northlight.example', 'radius2.northlight.example'],
  serverRoots: [{ name: 'C=DE, O=Northlight Shipyards, CN=Northlight Root CA', sha256 }],
  outerIdentity: '@northlight.example',
};

export const eduroam: NetworkView = {
  id: 'n-2',
  name: 'eduroam (Universität Musterstadt)',
  source: 'file',
  ssids: ['eduroam'],
  wired: false,
  serverNames: ['radius.uni-musterstadt.example'],
  serverRoots: [{ name: 'C=DE, CN=Hochschul-Root 2024', sha256 }],
  outerIdentity: 'anonymous@uni-musterstadt.example',
};

const at = '2026-11-22T10:00:02Z';

export const inNetwork: Installation = {
  target: 'network-manager',
  location: 'NetworkManager: Northlight',
  installedAt: '2026-11-22T10:00:01Z',
  proofs: [
    { status: 'proven', method: 'signature', by: 'openssl', at },
    { status: 'proven', method: 'listed', by: 'nmcli', at },
    { status: 'proven', method: 'eap-tls', by: 'eapol_test', at },
    { status: 'not-tried', method: 'network', reason: 'out-of-reach' },
  ],
};

/** Where the server of the network knows that the credential was revoked. */
export const revokedInNetwork: Installation = {
  ...inNetwork,
  proofs: [
    ...inNetwork.proofs.slice(0, 2),
    {
      status: 'failed',
      method: 'eap-tls',
      at,
      failure: {
        code: 'install',
        target: 'network-manager',
        reason: 'proof-failed',
        link: 'revoked',
        detail: 'TLS alert: fatal certificate revoked',
      },
    },
  ],
};

/** In use in browsers and for networks, from where it works. */
export const networkDetail: CredentialDetail = {
  ...wifiDetail,
  installations: [inBrowsers, inNetwork],
  networks: [northlightNetwork],
  history: [
    ...wifiDetail.history,
    { at: '2026-11-20T17:03:01Z', event: 'rebound', detail: 'nss' },
    { at: '2026-11-22T10:00:01Z', event: 'network-added', detail: 'eduroam' },
    { at: '2026-11-22T10:00:02Z', event: 'proven', detail: 'network-manager · eap-tls' },
    { at: '2026-11-22T10:00:03Z', event: 'browser-policy-set', detail: 'chrome' },
  ],
};

const content = `{
  "AutoSelectCertificateForUrls": [
    "{\\"pattern\\":\\"https://whoami.northlight.example\\",\\"filter\\":{\\"ISSUER\\":{\\"CN\\":\\"Northlight Issuing CA 3\\"}}}"
  ]
}
`;
const path = '/etc/chromium/policies/managed/countersign.json';
const policy: BrowserPolicyView = {
  browser: 'chromium',
  state: 'absent',
  sites: ['https://whoami.northlight.example', 'https://intranet.northlight.example:8443'],
  path,
  content,
  command: `sudo install -D -m 0644 -o root -g root /dev/stdin ${path}`,
  isOffered: true,
};

export const policies: readonly BrowserPolicyView[] = [
  policy,
  {
    ...policy,
    browser: 'chrome',
    state: 'outdated',
    path: path.replace('chromium', 'opt/chrome'),
  },
  { ...policy, browser: 'firefox', state: 'present', isOffered: false },
];

export const configurations: readonly ConfigurationText[] = [
  {
    program: 'openvpn',
    fileName: 'northlight.ovpn',
    text: "client\nremote vpn.example.org 1194\npkcs11-id 'OpenSC/PKCS%2315/0123/Alex/01'\nverify-x509-name vpn.example.org name\n",
  },
  { program: 'openssh', fileName: 'config', text: 'Host *\n  PKCS11Provider opensc.so\n' },
];

const { label, manufacturer, model, serial } = card;
export const releaseDetail: CredentialDetail = {
  ...wifiDetail,
  ...signingCredential,
  purpose: 'codeSigning',
  name: { en: 'Code signing (release)', de: 'Codesignatur (Freigabe)' },
  key: {
    type: 'RSA-3072',
    place: 'token',
    exportable: false,
    token: { label, manufacturer, model, serial },
  },
  chain: wifiDetail.chain,
  history: wifiDetail.history,
};

export const signingTools: readonly SigningToolView[] = [
  {
    tool: 'cosign',
    isInstalled: false,
    command: "cosign sign --key 'pkcs11:token=Alex' IMAGE",
  },
  {
    tool: 'osslsigncode',
    isInstalled: true,
    command:
      "osslsigncode sign -pkcs11module /usr/lib/x86_64-linux-gnu/opensc-pkcs11.so -key 'pkcs11:token=Alex;id=%01;type=private' -certs chain.pem -h sha256 -ts https://timestamp.northlight.example -in setup.exe -out setup-signed.exe",
    ownCommand: 'countersign sign --with osslsigncode setup.exe',
  },
  {
    tool: 'jarsigner',
    isInstalled: true,
    command: 'jarsigner -keystore NONE -storetype PKCS11 app.jar alex',
    ownCommand: 'countersign sign --with jarsigner app.jar',
  },
  { tool: 'signtool', isInstalled: false, command: '', obstacle: 'not-on-this-system' },
  { tool: 'ssh-keygen', isInstalled: true, command: '', obstacle: 'key-type' },
];
