import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, person, test } from './journey.ts';

test.describe('An invitation', () => {
  const refused = [
    ['is no invitation', () => 'please let me in', 'That is not an invitation'],
    [
      'leads to an unprotected address',
      (link: string) => link.replace('https%3A', 'http%3A'),
      'This invitation leads to an unsafe address',
    ],
    [
      'brings a trust anchor',
      (link: string) => link.replace('#', '&root=MIIB#'),
      'This invitation asks for too much',
    ],
    [
      'was cut off in its middle',
      (link: string) => link.slice(0, link.indexOf('mac=') + 8),
      'This invitation is damaged',
    ],
  ] as const;

  test(`that ${refused.map(([what]) => what).join(', ')}: is refused with a reason`, async ({
    stage,
  }) => {
    const { page, screens } = await stage.open({ withLocalCa: false });
    for (const [, tamper, words] of refused) {
      await screens.welcome.openLink(tamper(stage.localCa.invite(person)));
      await expect(page.getByText(words).first()).toBeVisible();
      await screens.organization.close.click();
    }
    expect(stage.localCa.ca.requestLog.count({ resource: 'newAccount' })).toBe(0);
  });

  test('that is not accepted any more says why, and whom to ask for a new one', async ({
    stage,
  }) => {
    const link = stage.localCa.invite(person);
    const kid = new URLSearchParams(new URL(link).hash.slice(1)).get('kid');
    if (kid === null) throw new Error('the invitation has no kid');
    stage.localCa.ca.people.withdraw(kid);
    const { page, screens } = await stage.open({ withLocalCa: false });
    await screens.welcome.openLink(link);
    await screens.organization.wordsMatch.click();
    await screens.choose.start.click();
    await expect(screens.progress.interrupted).toBeVisible();
    for (const words of [
      'The organisation did not accept this invitation',
      'It was used already, was withdrawn or has expired: each works once, and for a limited time.',
      'The external account key has expired.',
      'Ask for a new one, open it, and then go on here.',
      'helpdesk@example.test',
    ]) {
      await expect(page.getByText(words).first()).toBeVisible();
    }
    expect(stage.localCa.ca.requestLog.count({ resource: 'newOrder' })).toBe(0);
  });

  test('file is opened with the system’s dialog; a tampered one is refused', async ({
    stage,
    folder,
  }) => {
    const good = join(folder, 'good.enroll');
    const bad = join(folder, 'bad.enroll');
    await writeFile(good, await stage.localCa.profile());
    const [header, payload, signature] = (await readFile(good, 'utf8')).split('.');
    const claims = Buffer.from(payload ?? '', 'base64url')
      .toString()
      .replace('Local CA', 'Evil CA!');
    await writeFile(bad, [header, Buffer.from(claims).toString('base64url'), signature].join('.'));

    const { app, page, screens } = await stage.open({ withLocalCa: false });
    const choose = (path: string) =>
      app.evaluate(({ dialog }, filePath) => {
        dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [filePath] });
      }, path);
    await choose(bad);
    await screens.welcome.chooseFile.click();
    await expect(page.getByText('The signature is not valid').first()).toBeVisible();
    await screens.organization.close.click();
    await choose(good);
    await screens.welcome.chooseFile.click();
    await expect(screens.organization.fingerprintWords).toHaveCount(8);
  });
});
