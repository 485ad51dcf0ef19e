import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { errorOf, invitationLink, mac, ready, TestDoorstep } from '../testing/doorstep.ts';
import {
  createProfileSigner,
  sampleProfile,
  type ProfileSigner,
} from '../testing/profile-signer.ts';
import type { Doorstep } from './previews.ts';
import type { Voucher } from './trust.ts';

const now = new Date();
let time: Date;
let doorstep: TestDoorstep;
let signer: ProfileSigner;
let stranger: ProfileSigner;

beforeAll(async () => {
  [signer, stranger] = await Promise.all([createProfileSigner(), createProfileSigner()]);
});
beforeEach(() => {
  time = now;
  doorstep = new TestDoorstep(() => time);
});
afterEach(() => doorstep.close());

const earlier = (hours: number) => new Date(now.getTime() - hours * 3_600_000).toISOString();

/** Of the binding that waits. */
const kid = async () => (await doorstep.store.externalAccount('example.test'))?.binding.kid;

async function join(profile: object, by = signer): Promise<void> {
  const previews = doorstep.previews({ profile: by.sign(profile) });
  await previews.openLink(invitationLink);
  await previews.accept({ previewId: ready(previews).previewId, wordsMatch: true });
}

describe('opening an invitation', () => {
  it('says where it looks, then shows the organisation; nobody vouches for a stranger', async () => {
    const previews = doorstep.previews({ profile: signer.sign(sampleProfile(now)) });
    const seen: (Doorstep | null)[] = [];
    previews.subscribe(() => seen.push(previews.state));
    await previews.openLink(`${invitationLink}&credential=wifi&email=alex%40example.test`);
    expect(seen[0]).toEqual({ status: 'loading', host: 'ca.example.test' });
    const preview = ready(previews);
    expect(preview.verified.profile.id).toBe('example.test');
    expect(preview).toMatchObject({ vouchedBy: null, alreadyJoined: false });
    expect(preview.invitation).toMatchObject({ offerId: 'wifi', email: 'alex@example.test' });
  });

  it.each([
    ['a invitationLink that is none', 'hello', 'not-an-invitation'],
    ['a invitationLink that carries trust', `${invitationLink}&root=MIIB`, 'carries-trust'],
    [
      'an offer that the organisation has not',
      `${invitationLink}&credential=other`,
      'other-organization',
    ],
  ])('fails for %s', async (_what, text, reason) => {
    const previews = doorstep.previews({ profile: signer.sign(sampleProfile(now)) });
    await previews.openLink(text);
    expect(errorOf(previews)).toMatchObject({ code: 'invitation', reason });
  });

  it('fails for a profile that does not hold, and for a server that does not answer', async () => {
    const previews = doorstep.previews({ profile: 'hello' });
    await previews.openLink(invitationLink);
    expect(errorOf(previews)).toMatchObject({ code: 'profile', reason: 'not-a-profile' });
    const unanswered = doorstep.previews({ profile: () => Promise.reject(new Error('refused')) });
    await unanswered.openLink(invitationLink);
    expect(errorOf(unanswered)).toMatchObject({ message: 'refused' });
  });

  it('reads a profile from a file, of which it takes no more than a profile may have', async () => {
    const file = path.join(doorstep.directory, 'example.enroll');
    writeFileSync(file, await signer.sign(sampleProfile(now)));
    const previews = doorstep.previews();
    await previews.openFile(file);
    expect(ready(previews).verified.profile.id).toBe('example.test');
    writeFileSync(file, 'x'.repeat(300_000));
    await previews.openFile(file);
    expect(errorOf(previews)).toMatchObject({ code: 'profile', reason: 'too-large' });
    for (const nowhere of [
      doorstep.directory,
      path.join(doorstep.directory, 'missing.enroll'),
      'a\0b',
    ]) {
      await previews.openFile(nowhere);
      expect(errorOf(previews)).toMatchObject({ code: 'profile', reason: 'not-a-profile' });
    }
  });

  it('drops what it was waiting for when something else is opened', async () => {
    const aborted: unknown[] = [];
    const previews = doorstep.previews({
      profile: (signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            aborted.push(signal.reason);
            reject(new Error('late'));
          });
        }),
    });
    const first = previews.openLink(invitationLink);
    await previews.openText(await signer.sign(sampleProfile(now)));
    await first;
    expect(aborted).toHaveLength(1);
    expect(ready(previews).verified.profile.id).toBe('example.test');
  });

  it('stays dismissed although the answer comes later', async () => {
    const answer = Promise.withResolvers<string>();
    const previews = doorstep.previews({ profile: answer.promise });
    const opening = previews.openLink(invitationLink);
    previews.dismiss();
    answer.resolve(await signer.sign(sampleProfile(now)));
    await opening;
    expect(previews.state).toBeNull();
  });
});

describe('joining', () => {
  it('needs a comparison when nobody vouches, and remembers that it was made', async () => {
    const previews = doorstep.previews({ profile: signer.sign(sampleProfile(now)) });
    await previews.openLink(`${invitationLink}&email=alex%40example.test`);
    const { previewId, verified } = ready(previews);
    await expect(previews.accept({ previewId, wordsMatch: false })).rejects.toMatchObject({
      reason: 'not-compared',
    });
    expect(doorstep.store.list()).toEqual([]);
    await expect(previews.accept({ previewId, wordsMatch: true })).resolves.toEqual({
      organizationId: 'example.test',
    });
    expect(previews.state).toBeNull();
    expect(doorstep.store.find('example.test')).toMatchObject({
      signer: verified.signer,
      signedProfile: verified.signedProfile,
      vouchedBy: { by: 'comparison' },
      invitedEmail: 'alex@example.test',
    });
    const waiting = await doorstep.store.externalAccount('example.test');
    expect(waiting?.binding).toEqual({ kid: 'eab-1', macKey: mac });
  });

  it('leaves no secret of the invitation on the disk', async () => {
    await join(sampleProfile(now));
    doorstep.wallet.close();
    const files = readdirSync(path.join(doorstep.directory, 'wallet'));
    expect(files).not.toEqual([]);
    for (const file of files) {
      expect(readFileSync(path.join(doorstep.directory, 'wallet', file)).includes(mac)).toBe(false);
    }
  });

  it('joins only what is shown', async () => {
    const previews = doorstep.previews({ profile: signer.sign(sampleProfile(now)) });
    const gone = { code: 'preview', reason: 'gone' };
    await expect(previews.accept({ previewId: 'a', wordsMatch: true })).rejects.toMatchObject(gone);
    await previews.openLink(invitationLink);
    const { previewId } = ready(previews);
    await previews.openLink(invitationLink);
    await expect(previews.accept({ previewId, wordsMatch: true })).rejects.toMatchObject(gone);
    previews.dismiss();
    await expect(previews.accept({ previewId, wordsMatch: true })).rejects.toMatchObject(gone);
    expect(doorstep.store.list()).toEqual([]);
  });

  it('lets the first voucher by rank speak', async () => {
    const profile = signer.sign(sampleProfile(now));
    const domain: Voucher = () => ({ by: 'domain', domain: 'example.test' });
    const policy: Voucher = () => Promise.resolve({ by: 'managed-policy', source: 'file' });
    const previews = doorstep.previews({ profile, vouchers: [() => null, domain, policy] });
    await previews.openLink(invitationLink);
    expect(ready(previews).vouchedBy).toEqual({ by: 'domain', domain: 'example.test' });
    await previews.accept({ previewId: ready(previews).previewId, wordsMatch: false });
    expect(doorstep.store.find('example.test')?.vouchedBy.by).toBe('domain');
  });
});

describe('what changed while an organisation was looked at', () => {
  it('lets nobody in under a name that somebody else has taken meanwhile', async () => {
    const first = doorstep.previews({ profile: signer.sign(sampleProfile(now)) });
    await first.openLink(invitationLink);
    const second = doorstep.previews({ profile: stranger.sign(sampleProfile(now)) });
    await second.openLink(invitationLink.replace('eab-1', 'eab-2'));
    const [one, two] = [ready(first), ready(second)];
    const accepted = first.accept({ previewId: one.previewId, wordsMatch: true });
    const refused = second.accept({ previewId: two.previewId, wordsMatch: true });
    await expect(refused).rejects.toMatchObject({ code: 'profile', reason: 'signer-changed' });
    await accepted;
    expect(doorstep.store.find('example.test')?.signer).toEqual(one.verified.signer);
    expect(await kid()).toBe('eab-1');
  });

  it('replaces no invitation that nobody was asked about', async () => {
    const [first, second] = [1, 2].map(() =>
      doorstep.previews({ profile: signer.sign(sampleProfile(now)) }),
    );
    if (first === undefined || second === undefined) throw new Error('there are two');
    await first.openLink(invitationLink);
    await second.openLink(invitationLink.replace('eab-1', 'eab-2'));
    const [one, two] = [ready(first), ready(second)];
    expect([one.replacesInvitation, two.replacesInvitation]).toEqual([false, false]);
    const accepted = first.accept({ previewId: one.previewId, wordsMatch: true });
    const refused = second.accept({ previewId: two.previewId, wordsMatch: true });
    await expect(refused).rejects.toMatchObject({ code: 'preview', reason: 'gone' });
    await accepted;
    expect(await kid()).toBe('eab-1');

    // Now it is asked, and what was looked at before is not what is shown any more.
    const { previewId, ...asked } = ready(second);
    expect(asked).toMatchObject({ alreadyJoined: true, replacesInvitation: true });
    expect(previewId).not.toBe(two.previewId);
    await second.accept({ previewId, wordsMatch: true, replaceInvitation: true });
    expect(await kid()).toBe('eab-2');
  });

  it('keeps a newer profile that was joined meanwhile', async () => {
    const old = doorstep.previews({ profile: signer.sign(sampleProfile(now)) });
    await old.openLink(invitationLink);
    const newer = { ...sampleProfile(now), issued: earlier(0.5) };
    await join(newer);
    const accepting = old.accept({ previewId: ready(old).previewId, wordsMatch: true });
    await expect(accepting).rejects.toMatchObject({ code: 'profile', reason: 'superseded' });
    expect(doorstep.store.find('example.test')?.profile.issued).toBe(newer.issued);
  });

  it('refuses a profile that expired on the screen', async () => {
    const previews = doorstep.previews({ profile: signer.sign(sampleProfile(now)) });
    await previews.openLink(invitationLink);
    const { previewId, verified } = ready(previews);
    time = new Date(verified.profile.expires);
    const accepting = previews.accept({ previewId, wordsMatch: true });
    await expect(accepting).rejects.toMatchObject({ code: 'profile', reason: 'expired' });
    expect(doorstep.store.list()).toEqual([]);
  });
});

describe('an organisation that was joined before', () => {
  beforeEach(() => join(sampleProfile(now)));

  it('is recognised by its signer and needs no second comparison', async () => {
    const previews = doorstep.previews({ profile: signer.sign(sampleProfile(now)) });
    await previews.openLink(invitationLink);
    expect(ready(previews)).toMatchObject({
      alreadyJoined: true,
      vouchedBy: { by: 'comparison' },
    });
  });

  it('takes a newer profile of the same signer', async () => {
    const newer = { ...sampleProfile(now), issued: earlier(0.5), terms: 'x' };
    await join(newer);
    expect(doorstep.store.find('example.test')?.profile.issued).toBe(newer.issued);
  });

  it('keeps an invitation that was not used yet unless the person wants the other', async () => {
    const previews = doorstep.previews({ profile: signer.sign(sampleProfile(now)) });
    const other = `${invitationLink.replace('eab-1', 'eab-2')}&email=eve%40example.test`;
    const accept = async (link: string, replaceInvitation: boolean) => {
      await previews.openLink(link);
      const { previewId, replacesInvitation } = ready(previews);
      await previews.accept({ previewId, wordsMatch: true, replaceInvitation });
      return replacesInvitation;
    };
    expect(await accept(other, false)).toBe(true);
    expect(await kid()).toBe('eab-1');
    expect(doorstep.store.find('example.test')).not.toHaveProperty('invitedEmail');

    expect(await accept(other, true)).toBe(true);
    expect(await kid()).toBe('eab-2');
    expect(doorstep.store.find('example.test')?.invitedEmail).toBe('eve@example.test');

    (await doorstep.store.externalAccount('example.test'))?.forget();
    expect(await accept(invitationLink, false)).toBe(false);
    expect(await kid()).toBe('eab-1');
  });

  it('can be joined again by its signer alone when what was stored cannot be read', async () => {
    const stored = doorstep.store.find('example.test');
    if (stored === undefined) throw new Error('not joined');
    doorstep.wallet.organizations.save({ ...stored, signedProfile: 'e30.e30.c2ln' });
    const other = doorstep.previews({ profile: stranger.sign(sampleProfile(now)) });
    await other.openLink(invitationLink);
    expect(errorOf(other)).toMatchObject({ code: 'profile', reason: 'signer-changed' });
    await join(sampleProfile(now));
    expect(doorstep.store.find('example.test')?.profile.id).toBe('example.test');
  });

  it('refuses an older profile', async () => {
    const previews = doorstep.previews({
      profile: signer.sign({ ...sampleProfile(now), issued: earlier(5) }),
    });
    await previews.openLink(invitationLink);
    expect(errorOf(previews)).toMatchObject({
      code: 'profile',
      reason: 'superseded',
      contact: { helpdesk: { email: 'help@example.test' } },
    });
  });

  it('refuses somebody else under its name, however new and whoever vouches', async () => {
    const previews = doorstep.previews({
      profile: stranger.sign({ ...sampleProfile(now), issued: earlier(0) }),
      vouchers: [() => ({ by: 'domain', domain: 'example.test' })],
    });
    await previews.openLink(invitationLink);
    expect(errorOf(previews)).toMatchObject({ code: 'profile', reason: 'signer-changed' });
  });

  it('vouches for nobody else who has the same signer', async () => {
    const previews = doorstep.previews({
      profile: signer.sign({ ...sampleProfile(now), id: 'other' }),
    });
    await previews.openLink(invitationLink);
    expect(ready(previews)).toMatchObject({ alreadyJoined: false, vouchedBy: null });
  });
});
