import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { errorOf, invitationLink, ready, TestDoorstep } from '../testing/doorstep.ts';
import {
  createProfileSigner,
  sampleProfile,
  type ProfileSigner,
} from '../testing/profile-signer.ts';
import { localCaOrigin } from './local-ca.ts';
import type { Previews } from './previews.ts';

const now = new Date();
let doorstep: TestDoorstep;
let signer: ProfileSigner;
let fetched: number;

beforeAll(async () => {
  signer = await createProfileSigner();
});
beforeEach(() => {
  doorstep = new TestDoorstep(() => now);
  fetched = 0;
});
afterEach(() => doorstep.close());

const link = { kind: 'link', link: invitationLink } as const;
const asking = { status: 'asking', from: 'ca.example.test' };

function open(familiar: readonly string[] = []): Previews {
  const profile = (): Promise<string> => {
    fetched += 1;
    return signer.sign(sampleProfile(now));
  };
  return doorstep.previews({ profile, familiar });
}

it('a link from outside asks nobody for anything before the person agrees', async () => {
  const previews = open();
  await previews.receive(link);
  expect(previews.state).toMatchObject(asking);
  expect(fetched).toBe(0);
  await previews.openAsked();
  expect(ready(previews).invitation?.binding?.kid).toBe('eab-1');
  expect(fetched).toBe(1);
});

it('a link that the person does not want leads nowhere', async () => {
  const previews = open();
  await previews.receive(link);
  previews.dismiss();
  expect(previews.state).toBeNull();
  await expect(previews.openAsked()).rejects.toMatchObject({ code: 'preview', reason: 'gone' });
  expect(fetched).toBe(0);
});

it('a link to where the wallet has been is opened at once', async () => {
  const previews = open(['https://ca.example.test']);
  await previews.receive(link);
  expect(ready(previews).verified.profile.id).toBe('example.test');
});

it('a link that is none fails with its reason', async () => {
  const previews = open();
  await previews.receive({ kind: 'link', link: 'countersign://join?from=http%3A%2F%2Fx' });
  expect(errorOf(previews)).toMatchObject({ code: 'invitation' });
});

it('the Local CA is where its file says, if the file is ours', async () => {
  const file = path.join(doorstep.directory, 'local-ca.json');
  expect(await localCaOrigin(file)).toBeNull();
  const handed = JSON.stringify({ profile: 'x', invitation: invitationLink });
  writeFileSync(file, handed, { mode: 0o644 });
  expect(await localCaOrigin(file)).toBeNull();
  const ours = path.join(doorstep.directory, 'ours.json');
  writeFileSync(ours, handed, { mode: 0o600 });
  expect(await localCaOrigin(ours)).toBe('https://ca.example.test');
});

it('nothing from outside takes the place of what the person looks at', async () => {
  const previews = open(['https://ca.example.test']);
  await previews.openText(await signer.sign(sampleProfile(now)));
  const { previewId } = ready(previews);
  await previews.receive({ kind: 'file', path: '/tmp/evil.enroll' });
  await previews.receive(link);
  expect(ready(previews).previewId).toBe(previewId);
  expect(fetched).toBe(0);

  await previews.accept({ previewId, wordsMatch: true });
  expect(previews.state).toMatchObject(asking);
  expect(fetched).toBe(0);
  previews.dismiss();
  expect(previews.state).toBeNull();
});

it('a file waits for its turn too, and is asked about by its name', async () => {
  const file = path.join(doorstep.directory, 'example.enroll');
  writeFileSync(file, await signer.sign(sampleProfile(now)));
  const previews = open();
  await previews.receive(link);
  await previews.receive({ kind: 'file', path: file });
  expect(previews.state).toMatchObject(asking);
  previews.dismiss();
  expect(previews.state).toMatchObject({ status: 'asking', from: 'example.enroll' });
  await previews.openAsked();
  expect(ready(previews).invitation).toBeUndefined();
});

it('who clicks a link twice is asked once', async () => {
  const previews = open();
  await previews.receive(link);
  await previews.receive(link);
  await previews.openAsked();
  await previews.receive(link);
  previews.dismiss();
  expect(previews.state).toBeNull();
});

it('what waits is forgotten when the wallet closes', async () => {
  const previews = open();
  await previews.receive(link);
  await previews.receive({ kind: 'file', path: '/tmp/other.enroll' });
  previews.close();
  expect(previews.state).toBeNull();
});
