import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { invitationLink, mac, ready, TestDoorstep } from '../testing/doorstep.ts';
import { createProfileSigner, sampleProfile } from '../testing/profile-signer.ts';
import { KeystoreError } from '../keystore/secret-store.ts';
import type { Previews } from '../organizations/previews.ts';
import { organizationHandlers } from './handlers/organization.ts';
import { walletHandlers } from './handlers/wallet.ts';
import { SecretStoreWatch } from './secret-store-watch.ts';
import { walletSnapshot } from './snapshot.ts';
import { failureTranslator } from './to-failure.ts';

const now = new Date();
const unforeseen: unknown[] = [];
const toFailure = failureTranslator((error) => unforeseen.push(error));
let doorstep: TestDoorstep;

beforeEach(() => {
  doorstep = new TestDoorstep(() => now);
});
afterEach(() => {
  doorstep.close();
  expect(unforeseen.splice(0)).toEqual([]);
});

async function signed(changes: object = {}): Promise<string> {
  return (await createProfileSigner()).sign({ ...sampleProfile(now), ...changes });
}

function snapshotWith(previews: Previews) {
  return walletSnapshot({
    version: '1.2.3',
    localCaOffered: false,
    deviceName: 'gannet',
    installTargets: ['nss'],
    osKeysOffered: false,
    accounts: doorstep.wallet.accounts,
    tokenKeys: doorstep.wallet.tokenKeys,
    settings: doorstep.wallet.settings,
    systemLanguages: () => ['de-AT'],
    secretStore: { status: { status: 'ready' } },
    authenticator: { standing: () => 'kept' },
    previews,
    organizations: doorstep.store,
    credentials: { summaries: () => [] },
    interruptedInstalls: () => [],
    toFailure,
  });
}

describe('walletSnapshot', () => {
  it('of a new wallet is empty and speaks the language of the system', () => {
    expect(snapshotWith(doorstep.previews())).toEqual({
      version: '1.2.3',
      localCaOffered: false,
      deviceName: 'gannet',
      installTargets: ['nss'],
      osKeysOffered: false,
      settings: { language: 'system', theme: 'system' },
      locale: 'de-AT',
      secretStore: { status: 'ready' },
      preview: null,
      organizations: [],
      credentials: [],
      interruptedInstalls: [],
    });
  });

  it('shows what was opened, and of its secret only that there is one', async () => {
    const logo = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><g></g></svg>');
    const organization = {
      ...sampleProfile(now).organization,
      logo: { mediaType: 'image/svg+xml', data: logo.toString('base64') },
    };
    const previews = doorstep.previews({ profile: signed({ organization }) });
    await previews.openLink(`${invitationLink}&credential=wifi&email=alex%40example.test`);
    const snapshot = snapshotWith(previews);
    expect(snapshot.preview).toMatchObject({
      status: 'ready',
      preview: {
        vouchedBy: null,
        alreadyJoined: false,
        invitation: { offerId: 'wifi', email: 'alex@example.test', bindsAccount: true },
        organization: {
          id: 'example.test',
          directoryUrl: 'https://ca.example.test/directory',
          logo: `data:image/svg+xml;base64,${logo.toString('base64')}`,
          terms: 'https://www.example.test/terms',
        },
      },
    });
    expect(JSON.stringify(snapshot)).not.toContain(mac);
  });

  it('shows why nothing could be opened', async () => {
    const previews = doorstep.previews({ profile: 'hello' });
    await previews.openLink(invitationLink);
    expect(snapshotWith(previews).preview).toEqual({
      status: 'failed',
      failure: { code: 'profile', reason: 'not-a-profile' },
    });
  });

  it('lists what was joined and who vouched, without what opened it', async () => {
    const previews = doorstep.previews({ profile: signed() });
    await previews.openLink(invitationLink);
    await previews.accept({ previewId: ready(previews).previewId, wordsMatch: true });
    const snapshot = snapshotWith(previews);
    expect(snapshot.preview).toBeNull();
    expect(snapshot.organizations).toMatchObject([
      {
        ...{ id: 'example.test', vouchedBy: { by: 'comparison' }, rootFingerprints: [] },
        ownAuthenticator: 'kept',
      },
    ]);
    expect(JSON.stringify(snapshot)).not.toContain(mac);
  });
});

describe('the requests about organisations', () => {
  function room(profile: string | Promise<string>, chosen: string | null = null) {
    const opened: string[] = [];
    const previews = doorstep.previews({ profile });
    const handlers = organizationHandlers({
      previews,
      openLink: (link) => previews.openLink(link),
      organizations: doorstep.store,
      leave: (id) => {
        doorstep.store.leave(id);
        return Promise.resolve();
      },
      moveAccountKey: () => Promise.resolve(),
      authenticator: { keep: () => Promise.resolve(), forget: () => true },
      registrations: {
        credentials: () => Promise.resolve({ passkeys: [], keys: [], canRegister: false }),
        registerPasskey: () => Promise.resolve(),
        stopRegistering: () => undefined,
        registerKey: () => Promise.resolve(),
        forget: () => Promise.resolve(),
      },
      chooseProfileFile: () => Promise.resolve(chosen),
      openExternal: (url) => Promise.resolve(void opened.push(url)),
    });
    return { previews, handlers, opened };
  }

  it('open pages of the organisation that is shown, and after joining', async () => {
    const { previews, handlers, opened } = room(signed());
    await handlers.openLink({ link: invitationLink });
    await handlers.openPage({ organizationId: 'example.test', page: 'terms' });
    await handlers.accept({
      previewId: ready(previews).previewId,
      wordsMatch: true,
      replaceInvitation: false,
    });
    await handlers.openPage({ organizationId: 'example.test', page: 'helpdesk' });
    expect(opened).toEqual(['https://www.example.test/terms', 'https://help.example.test/']);
  });

  it('open no page of an organisation that is not there, or that it does not have', async () => {
    const plain = { organization: { name: { en: 'Example' } } };
    const { handlers, opened } = room(signed(plain));
    const gone = { code: 'preview', reason: 'gone' };
    const terms = { organizationId: 'example.test', page: 'terms' } as const;
    await expect(handlers.openPage(terms)).rejects.toMatchObject(gone);
    await handlers.openLink({ link: invitationLink });
    await expect(handlers.openPage(terms)).rejects.toMatchObject(gone);
    await handlers.dismiss();
    await expect(handlers.openPage(terms)).rejects.toMatchObject(gone);
    expect(opened).toEqual([]);
  });

  it('leave everything as it was when no file was chosen', async () => {
    const { previews, handlers } = room('');
    await handlers.chooseFile();
    expect(previews.state).toBeNull();
  });
});

describe('the requests about the wallet', () => {
  it('change only the settings that are named', async () => {
    const { settings } = doorstep.wallet;
    const handlers = walletHandlers({
      snapshot: () => snapshotWith(doorstep.previews()),
      tokens: () => ({ status: 'not-looked', modules: [], pinQuestion: null }),
      approvals: () => ({
        ...{ status: 'unknown', organizations: [], requests: [], receipts: [] },
        ...{ unopened: [], failures: [] },
        ...{ asked: null, linkFailure: null },
      }),
      enrollments: { states: () => [] },
      changeSettings: (changes) => settings.change(changes),
      secretStore: { check: () => Promise.resolve() },
    });
    await handlers.changeSettings({ theme: 'dark', language: undefined });
    await handlers.changeSettings({ language: 'de' });
    const initial = await handlers.initial();
    expect(initial.wallet.settings).toEqual({ language: 'de', theme: 'dark' });
    expect(initial.tokens.status).toBe('not-looked');
  });
});

describe('SecretStoreWatch', () => {
  it('says what it found the last time it looked', async () => {
    let error: Error | null = new KeystoreError('locked', 'asking');
    let changes = 0;
    const watch = new SecretStoreWatch({
      probe: () => (error === null ? Promise.resolve() : Promise.reject(error)),
      toFailure,
      changed: () => changes++,
    });
    expect(watch.status).toEqual({ status: 'ready' });
    await watch.check();
    expect(watch.status).toEqual({
      status: 'unavailable',
      failure: { code: 'secret-store', reason: 'locked' },
    });
    error = null;
    await watch.check();
    expect(watch.status).toEqual({ status: 'ready' });
    expect(changes).toBe(2);
  });
});
