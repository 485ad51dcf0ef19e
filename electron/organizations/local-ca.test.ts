import { chmodSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { errorOf, invitationLink, mac, ready, TestDoorstep } from '../testing/doorstep.ts';
import {
  createProfileSigner,
  sampleProfile,
  type ProfileSigner,
} from '../testing/profile-signer.ts';

const now = new Date();
let doorstep: TestDoorstep;
let signer: ProfileSigner;
let stranger: ProfileSigner;

beforeAll(async () => {
  [signer, stranger] = await Promise.all([createProfileSigner(), createProfileSigner()]);
});
beforeEach(() => {
  doorstep = new TestDoorstep(() => now);
});
afterEach(() => doorstep.close());

describe('the Local CA', () => {
  const file = () => path.join(doorstep.directory, 'local-ca.json');
  const hand = async (content: object | string, mode = 0o600) => {
    writeFileSync(file(), typeof content === 'string' ? content : JSON.stringify(content));
    chmodSync(file(), mode);
    const previews = doorstep.previews({
      localCaPath: file(),
      profile: signer.sign(sampleProfile(now)),
    });
    await previews.openLocalCa();
    return previews;
  };
  const whole = async () => ({
    profile: await signer.sign(sampleProfile(now)),
    invitation: invitationLink,
  });

  it('is vouched for by the file that was handed over', async () => {
    const previews = await hand(await whole());
    expect(ready(previews)).toMatchObject({
      vouchedBy: { by: 'local-ca' },
      invitation: { binding: { kid: 'eab-1', macKey: mac } },
    });
  });

  it('is known by its signer when one of its links is opened', async () => {
    const previews = await hand(await whole());
    await previews.openLink(invitationLink);
    expect(ready(previews).vouchedBy).toEqual({ by: 'local-ca' });
  });

  it('vouches for no other signer, and for nobody once its file is gone', async () => {
    const previews = await hand(await whole());
    await previews.openText(await stranger.sign(sampleProfile(now)));
    expect(ready(previews).vouchedBy).toBeNull();
    rmSync(file());
    await previews.openLink(invitationLink);
    expect(ready(previews).vouchedBy).toBeNull();
  });

  it('does not stay vouched for when the wallet is started without it', async () => {
    const previews = await hand(await whole());
    await previews.accept({ previewId: ready(previews).previewId, wordsMatch: false });
    const later = doorstep.previews({ profile: signer.sign(sampleProfile(now)) });
    await later.openLink(invitationLink);
    expect(ready(later)).toMatchObject({ alreadyJoined: true, vouchedBy: null });
  });

  it.each([0o644, 0o660, 0o602])('is not believed from a file of mode %o', async (mode) => {
    const previews = await hand(await whole(), mode);
    expect(errorOf(previews)).toMatchObject({ code: 'profile', reason: 'not-a-profile' });
    await previews.openLink(invitationLink);
    expect(ready(previews).vouchedBy).toBeNull();
  });

  it('is not believed through a symbolic link', async () => {
    await hand(await whole());
    const detour = path.join(doorstep.directory, 'detour.json');
    symlinkSync(file(), detour);
    const previews = doorstep.previews({ localCaPath: detour });
    await previews.openLocalCa();
    expect(errorOf(previews)).toMatchObject({ code: 'profile', reason: 'not-a-profile' });
  });

  it.each([
    ['nothing', ''],
    ['half of it', '{"profile":"'],
    ['no profile', JSON.stringify({ invitation: invitationLink })],
    [
      'more than it should',
      JSON.stringify({ profile: 'a', invitation: invitationLink, trust: true }),
    ],
    ['repeated members', `{"profile":"a","profile":"b","invitation":"${invitationLink}"}`],
    ['too much', JSON.stringify({ profile: 'a'.repeat(300_000), invitation: invitationLink })],
  ])('is refused when its file holds %s', async (_what, content) => {
    expect(errorOf(await hand(content))).toMatchObject({
      code: 'profile',
      reason: 'not-a-profile',
    });
  });

  it('is refused when its invitation is for somebody else', async () => {
    const other = invitationLink.replace('ca.example.test', 'other.example.test');
    const previews = await hand({ ...(await whole()), invitation: other });
    expect(errorOf(previews)).toMatchObject({ reason: 'other-organization' });
  });

  it('is not there unless it was handed over', async () => {
    const previews = doorstep.previews();
    await previews.openLocalCa();
    expect(errorOf(previews)).toMatchObject({ code: 'preview', reason: 'gone' });
  });

  it('is refused when its file is not there', async () => {
    const previews = doorstep.previews({ localCaPath: file() });
    await previews.openLocalCa();
    expect(errorOf(previews)).toMatchObject({ code: 'profile', reason: 'not-a-profile' });
  });
});
