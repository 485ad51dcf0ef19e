import type { CredentialDetail } from '../../shared/models/credential.ts';
import {
  brokenAt,
  expiredCredential,
  inBrowsers,
  revokedCredential,
  signingCredential,
  wifiDetail,
} from '../testing/credentials.ts';
import { card } from '../testing/tokens.ts';
import {
  configurations,
  eduroam,
  networkDetail,
  policies,
  releaseDetail,
  signingTools,
} from '../testing/uses.ts';
import type { Replies } from '../testing/fake-wallet.ts';
import { refusal, scene, type Act, type Scene } from './scene.ts';

const answering =
  <T>(value: T) =>
  () =>
    Promise.resolve({ ok: true as const, value });

function opened(detail: CredentialDetail, acts: readonly Act[] = [], replies: Replies = {}): Scene {
  return scene({
    wallet: { credentials: [detail], installTargets: ['nss', 'network-manager'] },
    start: { at: 'credential', credentialId: detail.id },
    replies: { credential: { detail: answering(detail), ...replies.credential } },
    acts,
  });
}

const uses: Replies = {
  credential: {
    browserPolicies: answering(policies),
    configurations: answering(configurations),
    signingTools: answering(signingTools),
    chooseNetwork: answering(eduroam),
    signDocument: answering({
      path: '/home/alex/Documents/Contract for the new slipway, signed.pdf',
      timestampedAt: '2026-11-22T10:00:12Z',
      timestampedBy: 'Northlight Time Stamping 1',
    }),
  },
};

const signing: CredentialDetail = { ...wifiDetail, ...signingCredential };

const { label, manufacturer, model, serial } = card;
const onCard: CredentialDetail = {
  ...wifiDetail,
  key: {
    ...wifiDetail.key,
    place: 'token',
    token: { label, manufacturer, model, serial },
  },
};

const open = { open: 'details' } as const;

/** One credential, and what can be done with it. */
export const ofOneCredential: Readonly<Record<string, Scene>> = {
  credential: opened(networkDetail, [], uses),
  'credential-details': opened(wifiDetail, [open, { scroll: 'end' }], uses),
  // What is asked for as the first ones open has more of them.
  'credential-uses': opened(networkDetail, [open, open], uses),
  'credential-network': opened(networkDetail, [{ press: 'networks.add' }], uses),
  'credential-browser': opened(networkDetail, [open, { press: 'browsers.set' }], uses),
  'credential-tools': opened(releaseDetail, [open, open], uses),
  'credential-signed': opened(signing, [{ press: 'documents.sign' }], uses),
  'credential-test-failed': opened(
    {
      ...wifiDetail,
      installations: [
        { ...inBrowsers, proofs: [...inBrowsers.proofs.slice(0, 1), brokenAt('name-mismatch')] },
      ],
    },
    [{ press: 'places.prove' }],
    {
      credential: {
        prove: refusal({ code: 'install', target: 'nss', reason: 'store-locked' }),
      },
    },
  ),
  'credential-revoked': opened({ ...wifiDetail, ...revokedCredential }),
  'credential-expired': opened({ ...wifiDetail, ...expiredCredential }),
  'credential-unreadable': opened(wifiDetail, [], {
    credential: { detail: refusal({ code: 'wallet-storage', reason: 'unreadable' }) },
  }),
  'credential-save': opened(wifiDetail, [{ press: 'actions.save' }]),
  'credential-export': opened(signing, [{ press: 'actions.export' }, { choose: 'export.legacy' }]),
  'credential-export-short': opened(signing, [
    { press: 'actions.export' },
    { fill: 'export.passphrase', text: 'short' },
    { press: 'export.save' },
  ]),
  'credential-revoke': opened(wifiDetail, [{ press: 'actions.revoke' }]),
  'credential-remove': opened(onCard, [{ press: 'actions.remove' }]),
};
