import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { windowsProgram } from '../electron/testing/program-samples.ts';
import { SmartCardReader } from '../electron/testing/tokens/smart-card-reader.ts';
import { SoftHsm } from '../electron/testing/tokens/soft-hsm.ts';
import { startMailServer, type TestMailServer } from '../ca/testing/mail-server.ts';
import { problemsOf, wcag } from './accessibility.ts';
import { mailedLink } from './approval-mail.ts';
import {
  contentOf,
  follow,
  haveThemLookOften,
  lookAtCredential,
  openRequest,
  order,
  readByKeyboard,
  readByWheel,
  saveReceipt,
  tampered,
} from './approval-steps.ts';
import { countersign } from './command.ts';
import { domain, expect, test as base, usePasskey } from './company.ts';
import { filesWith } from './secret-search.ts';
import { signDocument } from './sign-document.ts';
import { personalizeCard } from './token-certificate.ts';

const run = promisify(execFile);

const test = base.extend<{ readonly mailServer: TestMailServer }>({
  // eslint-disable-next-line no-empty-pattern -- Playwright reads the names of the fixtures from this pattern
  mailServer: async ({}, use) => {
    const server = await startMailServer();
    await use(server);
    await server.stop();
  },
});

const mailing = test.extend({
  caOptions: async ({ mailServer: { port } }, use) => {
    const server = { host: '127.0.0.1', port, security: 'none' } as const;
    await use({ mail: { server, from: `ca@${domain}` } });
  },
});

/** Nothing else in the world is spelt like this. */
const newPin = (): string => String(randomInt(10_000_000, 99_999_999));

test('A program is signed in the name of a company once two have approved, one by passkey, one by card', async ({
  company,
  folder,
}) => {
  test.slow();
  haveThemLookOften(company);
  const pins = { hsm: newPin(), card: newPin() };
  await using hsm = await SoftHsm.create({ label: 'Safe', pin: pins.hsm });
  await using reader = await SmartCardReader.start({ keys: { '9a': 'P-256' }, pin: pins.card });
  const [alex, kim, robin] = await Promise.all([
    company.colleague('Alex'),
    company.colleague('Kim'),
    company.colleague('Robin'),
  ]);
  const card = await personalizeCard(reader.card, company.cardOffice, {
    subject: 'CN=Robin of Staff',
  });
  company.localCa.ca.registry.addCertificate(robin.subject, card, { onToken: true });
  await reader.insert();
  const [atAlex, atKim, atRobin] = await Promise.all([
    alex.join({ env: hsm.env }),
    kim.join(),
    robin.join({ env: reader.env }),
  ]);
  const reason = 'Installer of release 4.2';
  await order(atAlex, alex, { offer: `EV code signing, ${domain}`, reason, hsm });

  await openRequest(atKim);
  await readByWheel(atKim);
  await expect(atKim.screens.approval.exact('reason')).toHaveText(reason);
  await usePasskey(atKim, kim.passkey, () => atKim.screens.approval.approveByPasskey.click());
  await expect(atKim.screens.approval.approved).toBeVisible();
  const first = await saveReceipt(atKim, join(folder, 'kim.p7s'));

  await openRequest(atRobin);
  for (const colorScheme of ['light', 'dark'] as const) {
    await atRobin.page.emulateMedia({ colorScheme });
    expect(await problemsOf(atRobin.page, { type: 'tag', values: wcag })).toEqual([]);
  }
  await readByKeyboard(atRobin);
  await atRobin.screens.approval.another.click();
  await atRobin.screens.approval.way('Certificate').click();
  await expect(atRobin.screens.prove.certificate('Robin of Staff')).toBeChecked();
  await atRobin.screens.approval.approveByCertificate.click();
  await atRobin.screens.pin.answer(pins.card);
  await expect(atRobin.screens.approval.approved).toBeVisible();
  const second = await saveReceipt(atRobin, join(folder, 'robin.p7s'));

  for (const [receipt, by, method] of [
    [first, kim, 'passkey'],
    [second, robin, 'certificate'],
  ] as const) {
    expect(await contentOf(receipt, company, folder)).toMatchObject({
      approval: { reason, organization: 'Example Corp', profile: 'ev-code-signing' },
      ...{ decision: 'approve', by: { email: by.email }, evidence: { type: method } },
    });
    await expect(contentOf(tampered(receipt, reason), company, folder)).rejects.toThrow();
  }

  // It has seen by itself that enough have approved.
  await lookAtCredential(atAlex, hsm);
  const { uses } = atAlex.screens.credential;
  await uses.signingTool('osslsigncode').click();
  const own = await uses.ownSigningCommand.first().innerText();
  const credentialId = /--credential (\S+)/.exec(own)?.[1] ?? '';
  await atAlex.kill();

  const source = join(folder, 'app.exe');
  await writeFile(source, windowsProgram());
  await countersign(
    { stage: alex, env: hsm.env, pin: pins.hsm },
    ...['sign', '--with', 'osslsigncode', '--credential', credentialId, '--pin-fd', '3', source],
  );
  const roots = join(folder, 'roots.pem');
  await writeFile(roots, company.localCa.ca.rootPem);
  const judged = await run('osslsigncode', [
    ...['verify', '-CAfile', roots, '-TSA-CAfile', roots, join(folder, 'app.signed.exe')],
  ]);
  expect(judged.stdout).toContain('Signature verification: ok');

  for (const pin of Object.values(pins)) {
    for (const place of [folder, alex.session.home, robin.session.home]) {
      expect(await filesWith(place, pin)).toEqual([]);
    }
  }
});

mailing(
  'A document is signed in the name of a company once a question about it was answered',
  async ({ company, folder, mailServer }) => {
    mailing.slow();
    haveThemLookOften(company);
    await using hsm = await SoftHsm.create({ label: 'Safe', pin: newPin() });
    const [alex, kim, robin] = await Promise.all([
      company.colleague('Alex'),
      company.colleague('Kim'),
      company.colleague('Robin'),
    ]);
    const [atAlex, atKim, atRobin] = await Promise.all([
      alex.join({ env: hsm.env }),
      kim.join(),
      robin.join(),
    ]);
    const reason = 'Contracts of this winter';
    await order(atAlex, alex, { offer: `EV document signing, ${domain}`, reason, hsm });

    await follow(atKim, await mailedLink(mailServer, kim.email, company));
    await atKim.screens.approval.openQuestion.click();
    await atKim.screens.approval.question.fill('Which of them?');
    await atKim.screens.approval.sendQuestion.click();
    await expect(atKim.screens.approval.messages).toContainText('Which of them?');
    const { waiting } = atAlex.screens;
    await expect(waiting.messages).toContainText('Which of them?');
    await waiting.answer.fill('Those with the suppliers.');
    await waiting.sendAnswer.click();
    await expect(waiting.messages).toContainText('suppliers');

    for (const [{ passkey }, wallet] of [
      [kim, atKim],
      [robin, atRobin],
    ] as const) {
      const { approval } = wallet.screens;
      await openRequest(wallet);
      await expect(approval.messages).toContainText('suppliers');
      await readByKeyboard(wallet);
      await usePasskey(wallet, passkey, () => approval.approveByPasskey.click());
      await expect(approval.approved).toBeVisible();
    }

    await lookAtCredential(atAlex, hsm);
    expect(await signDocument(atAlex, hsm, folder)).toContain('Signature is Valid.');
  },
);
