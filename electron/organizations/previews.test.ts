import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AesGcmSealer } from '../keystore/sealer.ts';
import { MemorySecretStore } from '../testing/memory-secret-store.ts';
import {
  createProfileSigner,
  sampleProfile,
  type ProfileSigner,
} from '../testing/profile-signer.ts';
import { JoinedOrganizations } from '../wallet/joined-organizations.ts';
import { openWallet, type Wallet } from '../wallet/wallet.ts';
import { localCaVoucher } from './local-ca.ts';
import { Previews, type Doorstep, type Preview } from './previews.ts';
import { earlierComparison, type Voucher } from './trust.ts';

const now = new Date();
const clock = () => now;
const from = 'https://ca.example.test/enrollment-profile';
const mac = 'c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlYw';
const link = `countersign://join?from=${encodeURIComponent(from)}#kid=eab-1&mac=${mac}`;
const earlier = (hours: number) => new Date(now.getTime() - hours * 3_600_000).toISOString();

let directory: string;
let wallet: Wallet;
let store: JoinedOrganizations;
let signer: ProfileSigner;
let stranger: ProfileSigner;

beforeAll(async () => {
  [signer, stranger] = await Promise.all([createProfileSigner(), createProfileSigner()]);
});

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'previews-'));
  wallet = openWallet({ directory: path.join(directory, 'wallet'), clock });
  const sealer = new AesGcmSealer({ secrets: new MemorySecretStore(), record: wallet.masterKey });
  store = new JoinedOrganizations(wallet, sealer);
});

afterEach(() => {
  wallet.close();
  rmSync(directory, { recursive: true });
});

interface Setting {
  readonly profile?: string | Promise<string> | ((signal: AbortSignal) => Promise<string>);
  readonly vouchers?: readonly Voucher[];
  readonly localCaPath?: string;
}

function previewsWith({ profile = '', vouchers, localCaPath }: Setting = {}): Previews {
  const local = localCaPath === undefined ? [] : [localCaVoucher(localCaPath, clock)];
  return new Previews({
    store,
    fetchProfile: async (_url, signal) =>
      typeof profile === 'function' ? profile(signal) : await profile,
    vouchers: vouchers ?? [earlierComparison(store), ...local],
    localCaPath: localCaPath ?? null,
    clock,
    randomUuid: () => randomUUID(),
  });
}

function ready(previews: Previews): Preview {
  if (previews.state?.status !== 'ready')
    throw new Error(`not ready: ${String(errorOf(previews))}`);
  return previews.state.preview;
}

function errorOf({ state }: Previews): unknown {
  return state?.status === 'failed' ? state.error : undefined;
}

async function join(profile: object, by = signer, text = link): Promise<void> {
  const previews = previewsWith({ profile: by.sign(profile) });
  await previews.openLink(text);
  await previews.accept({ previewId: ready(previews).previewId, wordsMatch: true });
}

describe('opening an invitation', () => {
  it('says where it looks, then shows the organisation; nobody vouches for a stranger', async () => {
    const previews = previewsWith({ profile: signer.sign(sampleProfile(now)) });
    const seen: (Doorstep | null)[] = [];
    previews.subscribe(() => seen.push(previews.state));
    await previews.openLink(`${link}&credential=wifi&email=alex%40example.test`);
    expect(seen[0]).toEqual({ status: 'loading', host: 'ca.example.test' });
    const preview = ready(previews);
    expect(preview.verified.profile.id).toBe('example.test');
    expect(preview).toMatchObject({ vouchedBy: null, alreadyJoined: false });
    expect(preview.invitation).toMatchObject({ offerId: 'wifi', email: 'alex@example.test' });
  });

  it.each([
    ['a link that is none', 'hello', 'not-an-invitation'],
    ['a link that carries trust', `${link}&root=MIIB`, 'carries-trust'],
    ['an offer that the organisation has not', `${link}&credential=other`, 'other-organization'],
  ])('fails for %s', async (_what, text, reason) => {
    const previews = previewsWith({ profile: signer.sign(sampleProfile(now)) });
    await previews.openLink(text);
    expect(errorOf(previews)).toMatchObject({ code: 'invitation', reason });
  });

  it('fails for a profile that does not hold, and for a server that does not answer', async () => {
    const previews = previewsWith({ profile: 'hello' });
    await previews.openLink(link);
    expect(errorOf(previews)).toMatchObject({ code: 'profile', reason: 'not-a-profile' });
    const unanswered = previewsWith({ profile: () => Promise.reject(new Error('refused')) });
    await unanswered.openLink(link);
    expect(errorOf(unanswered)).toMatchObject({ message: 'refused' });
  });

  it('drops what it was waiting for when something else is opened', async () => {
    const aborted: unknown[] = [];
    const previews = previewsWith({
      profile: (signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            aborted.push(signal.reason);
            reject(new Error('late'));
          });
        }),
    });
    const first = previews.openLink(link);
    await previews.openText(await signer.sign(sampleProfile(now)));
    await first;
    expect(aborted).toHaveLength(1);
    expect(ready(previews).verified.profile.id).toBe('example.test');
  });

  it('stays dismissed although the answer comes later', async () => {
    const answer = Promise.withResolvers<string>();
    const previews = previewsWith({ profile: answer.promise });
    const opening = previews.openLink(link);
    previews.dismiss();
    answer.resolve(await signer.sign(sampleProfile(now)));
    await opening;
    expect(previews.state).toBeNull();
  });
});

describe('joining', () => {
  it('needs a comparison when nobody vouches, and remembers that it was made', async () => {
    const previews = previewsWith({ profile: signer.sign(sampleProfile(now)) });
    await previews.openLink(`${link}&email=alex%40example.test`);
    const { previewId, verified } = ready(previews);
    await expect(previews.accept({ previewId, wordsMatch: false })).rejects.toMatchObject({
      reason: 'not-compared',
    });
    expect(store.list()).toEqual([]);
    await expect(previews.accept({ previewId, wordsMatch: true })).resolves.toEqual({
      organizationId: 'example.test',
    });
    expect(previews.state).toBeNull();
    expect(store.find('example.test')).toMatchObject({
      signer: verified.signer,
      signedProfile: verified.signedProfile,
      vouchedBy: { by: 'comparison' },
      invitedEmail: 'alex@example.test',
    });
    expect(await store.externalAccount('example.test')).toEqual({ kid: 'eab-1', macKey: mac });
  });

  it('leaves no secret of the invitation on the disk', async () => {
    await join(sampleProfile(now));
    wallet.close();
    const files = readdirSync(path.join(directory, 'wallet'));
    expect(files).not.toEqual([]);
    for (const file of files) {
      expect(readFileSync(path.join(directory, 'wallet', file)).includes(mac)).toBe(false);
    }
  });

  it('joins only what is shown', async () => {
    const previews = previewsWith({ profile: signer.sign(sampleProfile(now)) });
    const gone = { code: 'preview', reason: 'gone' };
    await expect(previews.accept({ previewId: 'a', wordsMatch: true })).rejects.toMatchObject(gone);
    await previews.openLink(link);
    const { previewId } = ready(previews);
    await previews.openLink(link);
    await expect(previews.accept({ previewId, wordsMatch: true })).rejects.toMatchObject(gone);
    previews.dismiss();
    await expect(previews.accept({ previewId, wordsMatch: true })).rejects.toMatchObject(gone);
    expect(store.list()).toEqual([]);
  });

  it('lets the first voucher by rank speak', async () => {
    const profile = signer.sign(sampleProfile(now));
    const domain: Voucher = () => ({ by: 'domain', domain: 'example.test' });
    const policy: Voucher = () => Promise.resolve({ by: 'managed-policy', source: 'file' });
    const previews = previewsWith({ profile, vouchers: [() => null, domain, policy] });
    await previews.openLink(link);
    expect(ready(previews).vouchedBy).toEqual({ by: 'domain', domain: 'example.test' });
    await previews.accept({ previewId: ready(previews).previewId, wordsMatch: false });
    expect(store.find('example.test')?.vouchedBy.by).toBe('domain');
  });
});

describe('an organisation that was joined before', () => {
  beforeEach(() => join(sampleProfile(now)));

  it('is recognised by its signer and needs no second comparison', async () => {
    const previews = previewsWith({ profile: signer.sign(sampleProfile(now)) });
    await previews.openLink(link);
    expect(ready(previews)).toMatchObject({
      alreadyJoined: true,
      vouchedBy: { by: 'comparison' },
    });
  });

  it('takes a newer profile of the same signer', async () => {
    const newer = { ...sampleProfile(now), issued: earlier(0.5), terms: 'x' };
    await join(newer);
    expect(store.find('example.test')?.profile.issued).toBe(newer.issued);
  });

  it('refuses an older profile', async () => {
    const previews = previewsWith({
      profile: signer.sign({ ...sampleProfile(now), issued: earlier(5) }),
    });
    await previews.openLink(link);
    expect(errorOf(previews)).toMatchObject({
      code: 'profile',
      reason: 'superseded',
      contact: { helpdesk: { email: 'help@example.test' } },
    });
  });

  it('refuses somebody else under its name, however new and whoever vouches', async () => {
    const previews = previewsWith({
      profile: stranger.sign({ ...sampleProfile(now), issued: earlier(0) }),
      vouchers: [() => ({ by: 'domain', domain: 'example.test' })],
    });
    await previews.openLink(link);
    expect(errorOf(previews)).toMatchObject({ code: 'profile', reason: 'signer-changed' });
  });

  it('vouches for nobody else who has the same signer', async () => {
    const previews = previewsWith({ profile: signer.sign({ ...sampleProfile(now), id: 'other' }) });
    await previews.openLink(link);
    expect(ready(previews)).toMatchObject({ alreadyJoined: false, vouchedBy: null });
  });
});

describe('the Local CA', () => {
  const file = () => path.join(directory, 'local-ca.json');
  const hand = async (content: object | string, mode = 0o600) => {
    writeFileSync(file(), typeof content === 'string' ? content : JSON.stringify(content));
    chmodSync(file(), mode);
    const previews = previewsWith({
      localCaPath: file(),
      profile: signer.sign(sampleProfile(now)),
    });
    await previews.openLocalCa();
    return previews;
  };
  const whole = async () => ({ profile: await signer.sign(sampleProfile(now)), invitation: link });

  it('is vouched for by the file that was handed over', async () => {
    const previews = await hand(await whole());
    expect(ready(previews)).toMatchObject({
      vouchedBy: { by: 'local-ca' },
      invitation: { binding: { kid: 'eab-1', macKey: mac } },
    });
  });

  it('is known by its signer when one of its links is opened', async () => {
    const previews = await hand(await whole());
    await previews.openLink(link);
    expect(ready(previews).vouchedBy).toEqual({ by: 'local-ca' });
  });

  it('vouches for no other signer, and for nobody once its file is gone', async () => {
    const previews = await hand(await whole());
    await previews.openText(await stranger.sign(sampleProfile(now)));
    expect(ready(previews).vouchedBy).toBeNull();
    rmSync(file());
    await previews.openLink(link);
    expect(ready(previews).vouchedBy).toBeNull();
  });

  it('does not stay vouched for when the wallet is started without it', async () => {
    const previews = await hand(await whole());
    await previews.accept({ previewId: ready(previews).previewId, wordsMatch: false });
    const later = previewsWith({ profile: signer.sign(sampleProfile(now)) });
    await later.openLink(link);
    expect(ready(later)).toMatchObject({ alreadyJoined: true, vouchedBy: null });
  });

  it.each([0o644, 0o660, 0o602])('is not believed from a file of mode %o', async (mode) => {
    const previews = await hand(await whole(), mode);
    expect(errorOf(previews)).toMatchObject({ code: 'profile', reason: 'not-a-profile' });
    await previews.openLink(link);
    expect(ready(previews).vouchedBy).toBeNull();
  });

  it('is not believed through a symbolic link', async () => {
    await hand(await whole());
    const detour = path.join(directory, 'detour.json');
    symlinkSync(file(), detour);
    const previews = previewsWith({ localCaPath: detour });
    await previews.openLocalCa();
    expect(errorOf(previews)).toMatchObject({ code: 'profile', reason: 'not-a-profile' });
  });

  it.each([
    ['nothing', ''],
    ['half of it', '{"profile":"'],
    ['no profile', JSON.stringify({ invitation: link })],
    ['more than it should', JSON.stringify({ profile: 'a', invitation: link, trust: true })],
    ['repeated members', `{"profile":"a","profile":"b","invitation":"${link}"}`],
    ['too much', JSON.stringify({ profile: 'a'.repeat(300_000), invitation: link })],
  ])('is refused when its file holds %s', async (_what, content) => {
    expect(errorOf(await hand(content))).toMatchObject({
      code: 'profile',
      reason: 'not-a-profile',
    });
  });

  it('is refused when its invitation is for somebody else', async () => {
    const other = link.replace('ca.example.test', 'other.example.test');
    const previews = await hand({ ...(await whole()), invitation: other });
    expect(errorOf(previews)).toMatchObject({ reason: 'other-organization' });
  });

  it('is not there unless it was handed over', async () => {
    const previews = previewsWith();
    await previews.openLocalCa();
    expect(errorOf(previews)).toMatchObject({ code: 'preview', reason: 'gone' });
  });

  it('is refused when its file is not there', async () => {
    const previews = previewsWith({ localCaPath: file() });
    await previews.openLocalCa();
    expect(errorOf(previews)).toMatchObject({ code: 'profile', reason: 'not-a-profile' });
  });
});
