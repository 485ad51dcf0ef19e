import type { WalletSnapshot } from '../../shared/models/wallet.ts';
import {
  dueCredential,
  expiredCredential,
  manyCredentials,
  revokedCredential,
  signingCredential,
  wifiCredential,
} from '../testing/credentials.ts';
import { authorization, proving, underway } from '../testing/enrollments.ts';
import { longNamed, northlight } from '../testing/organizations.ts';
import { scene, type Scene } from './scene.ts';

const locked = {
  secretStore: { status: 'unavailable', failure: { code: 'secret-store', reason: 'locked' } },
} as const satisfies Partial<WalletSnapshot>;

const interrupted = {
  credentialId: wifiCredential.id,
  name: wifiCredential.name,
  at: '2026-11-22T09:58:00Z',
} as const;

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
  'home-interrupted': scene({
    wallet: {
      credentials: [wifiCredential],
      interruptedInstalls: [
        { ...interrupted, target: 'nss', outcome: 'finished' },
        { ...interrupted, target: 'network-manager', outcome: 'rolled-back' },
      ],
    },
  }),
  'home-locked': scene({ wallet: { ...locked, credentials: [wifiCredential] } }),
  'home-many': scene({ wallet: { credentials: manyCredentials(10_000) } }),
  'home-leave': scene({ acts: [{ press: 'home.leave' }] }),
  settings: scene({ acts: [{ press: 'settings.title' }] }),
};
