import type { CredentialDetail } from '../../shared/models/credential.ts';
import type { WalletSnapshot } from '../../shared/models/wallet.ts';
import {
  dueCredential,
  expiredCredential,
  inBrowsers,
  manyCredentials,
  revokedCredential,
  signingCredential,
  wifiCredential,
  wifiDetail,
} from '../testing/credentials.ts';
import { authorization, proving, underway } from '../testing/enrollments.ts';
import { card } from '../testing/tokens.ts';
import { longNamed, northlight } from '../testing/organizations.ts';
import { refusal, scene, type Act, type Scene } from './scene.ts';
import type { Replies } from '../testing/fake-wallet.ts';

const locked = {
  secretStore: { status: 'unavailable', failure: { code: 'secret-store', reason: 'locked' } },
} as const satisfies Partial<WalletSnapshot>;

const detailed = (detail: CredentialDetail): Replies['credential'] => ({
  detail: () => Promise.resolve({ ok: true, value: detail }),
});

function opened(detail: CredentialDetail, acts: readonly Act[] = [], replies: Replies = {}): Scene {
  return scene({
    wallet: { credentials: [detail] },
    start: { at: 'credential', credentialId: detail.id },
    replies: { credential: { ...detailed(detail), ...replies.credential } },
    acts,
  });
}

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

/** Day by day. */
export const atHome: Readonly<Record<string, Scene>> = {
  home: scene({ wallet: { credentials: [wifiCredential, signingCredential] } }),
  'home-empty': scene({ wallet: { credentials: [] } }),
  'home-renew': scene({
    wallet: { credentials: [signingCredential, dueCredential, revokedCredential] },
  }),
  'home-expired': scene({
    wallet: {
      credentials: [expiredCredential, signingCredential],
      organizations: [northlight, longNamed],
    },
  }),
  'home-unfinished': scene({
    wallet: { credentials: [signingCredential], organizations: [northlight, longNamed] },
    enrollments: [
      proving([authorization()]),
      { ...underway.interrupted('order'), enrollmentId: 'e-2' },
      { ...underway.failed('issue', { code: 'order-expired' }), enrollmentId: 'e-3' },
    ],
  }),
  'home-locked': scene({ wallet: { ...locked, credentials: [wifiCredential] } }),
  'home-many': scene({ wallet: { credentials: manyCredentials(10_000) } }),
  'home-leave': scene({ acts: [{ press: 'home.leave' }] }),
  settings: scene({ acts: [{ press: 'settings.title' }] }),
  credential: opened(wifiDetail),
  'credential-details': opened(wifiDetail, [{ open: 'details' }, { scroll: 'end' }]),
  'credential-exportable': opened(signing),
  'credential-test-failed': opened(
    {
      ...wifiDetail,
      installations: [
        {
          ...inBrowsers,
          proofs: [
            {
              status: 'failed',
              at: '2026-11-21T09:00:00Z',
              failure: { code: 'install', target: 'nss', reason: 'not-found' },
            },
          ],
        },
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
  'credential-export': opened(signing, [{ press: 'actions.export' }]),
  'credential-export-short': opened(signing, [
    { press: 'actions.export' },
    { fill: 'export.passphrase', text: 'short' },
    { press: 'export.save' },
  ]),
  'credential-revoke': opened(wifiDetail, [{ press: 'actions.revoke' }]),
  'credential-remove': opened(onCard, [{ press: 'actions.remove' }]),
};
