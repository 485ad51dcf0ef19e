import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { invitationLink } from '../ca/portal/invitation-link.ts';
import type { CaOptions } from '../ca/running-ca.ts';
import { TestAuthority } from '../electron/testing/test-authority.ts';
import { SmartCardReader } from '../electron/testing/tokens/smart-card-reader.ts';
import { SoftHsm } from '../electron/testing/tokens/soft-hsm.ts';
import { countersign, fingerprintOf } from './command.ts';
import { ask, askForMore, expect, idOf, offer, person, test as base } from './journey.ts';
import type { OpenWallet, Stage } from './journey.ts';
import { signDocument } from './sign-document.ts';
import { personalize, personalizeCard } from './token-certificate.ts';

/** Other people's CAs, by what theirs prove at ours. */
interface Authorities {
  /** Whose address is in it. */
  readonly employer: TestAuthority;
  /** Whose it was registered to be. */
  readonly cardOffice: TestAuthority;
  /** Which device it is. */
  readonly maker: TestAuthority;
}

const test = base.extend<{ readonly authorities: Authorities }>({
  // eslint-disable-next-line no-empty-pattern -- Playwright reads the names of the fixtures from this pattern
  authorities: async ({}, use) => {
    const root = (name: string) => TestAuthority.root({ name });
    const [employer, cardOffice] = [await root('Employer'), await root('Card office')];
    await use({ employer, cardOffice, maker: await root('Maker of devices') });
  },
  caOptions: async ({ authorities: { employer, cardOffice, maker } }, use) => {
    const challengeAnchors: CaOptions['challengeAnchors'] = [
      { pem: employer.certificate, maps: 'person-email' },
      { pem: cardOffice.certificate, maps: 'certificate' },
      { pem: maker.certificate, maps: 'device-serial' },
    ];
    await use({ challengeAnchors });
  },
});

const certificatesForSigning = [
  // RFC 9336, of which OpenSSL has no name yet. approvals.spec.ts signs a document with one that others approved.
  { name: 'Document signing, example.test', usage: '1.3.6.1.5.5.7.3.36', tag: ['@deep'] },
  // signing.spec.ts signs with such a one.
  { name: 'Code signing, example.test', usage: 'Code Signing', tag: ['@deep'] },
];

test.describe('A certificate that somebody has', () => {
  test.slow();

  test('on a token proves who they are, and so does the credential that comes of it', async ({
    stage,
    authorities: { employer: authority },
    folder,
  }) => {
    await using hsm = await SoftHsm.create('Staff card');
    const names = [{ type: 'email', value: person }] as const;
    await personalize({ hsm, authority, holder: { subject: 'CN=Alex of Staff', names }, folder });
    const wallet = await stage.open({ env: hsm.env });
    const { screens } = wallet;
    await begin(wallet, offer);
    await expect(screens.prove.certificate('Alex of Staff')).toBeChecked();
    await screens.prove.sign.click();
    await screens.pin.answer('000000');
    await expect(screens.pin.failure).toContainText('not right');
    await screens.pin.answer(hsm.token.pin);
    await expect(screens.install.ready).toBeVisible();

    stage.localCa.ca.registry.acceptIssued(idOf(stage.localCa), true);
    await askForMore(wallet, 'Internal websites');
    await screens.prove.certificate('Alex Demo').check();
    await screens.prove.sign.click();
    await expect(screens.install.ready).toBeVisible();
    await expect(screens.pin.dialog).toHaveCount(0);
    expect(stage.localCa.ca.requestLog.count({ resource: 'challenge', method: 'POST' })).toBe(2);
  });

  test('is its maker’s for a device, and the person behind it gives a code as well', async ({
    stage,
    authorities: { maker: authority },
    folder,
  }) => {
    await using hsm = await SoftHsm.create('Device key');
    // 2.5.4.5 is serialNumber.
    const holder = { subject: `2.5.4.5=${hostname()}, CN=Model 7` };
    await personalize({ hsm, authority, holder, folder });
    const wallet = await stage.open({ env: hsm.env });
    const { prove, pin, install } = wallet.screens;
    await begin(wallet, 'Managed device');
    await expect(prove.part(/^This device/)).toContainText('To do');
    await expect(prove.part(/^Your email address/)).toContainText('To do');
    await prove.sign.click();
    await pin.answer(hsm.token.pin);
    await expect(prove.part(/^This device/)).toContainText('Proven');
    await prove.answer(await stage.code());
    await expect(install.ready).toBeVisible();
  });

  for (const { name, usage, tag } of certificatesForSigning) {
    test(
      `is an administrator’s on a PIV card, who then gets a certificate for signing: ${name}`,
      { tag },
      async ({ stage, authorities: { cardOffice }, folder }) => {
        await using reader = await SmartCardReader.start({ keys: { '9a': 'P-256' } });
        await using hsm = await SoftHsm.create('Safe');
        const { ca } = stage.localCa;
        const ada = {
          name: 'Ada Admin',
          email: 'ada@example.test',
          role: 'administrator',
        } as const;
        const { id } = ca.people.register(ada);
        ca.registry.addDomain('organization', 'example.test');
        const pem = await personalizeCard(reader.card, cardOffice, { subject: 'CN=Ada of Staff' });
        ca.registry.addCertificate(`person:${id}`, pem, { onToken: true });
        await reader.insert();

        const wallet = await stage.open({ withLocalCa: false, env: { ...hsm.env, ...reader.env } });
        const { screens } = wallet;
        const { choose, prove, pin, install, home, credential } = screens;
        await screens.welcome.openLink(stage.localCa.invite(ada.email, 'administrator'));
        await screens.organization.wordsMatch.click();
        await choose.offer('Administrator').check();
        await makeKeyOn(wallet, hsm);
        await expect(prove.certificate('Ada of Staff')).toBeChecked();
        await prove.sign.click();
        await pin.answer('000000');
        await expect(pin.failure).toContainText('not right');
        await pin.answer('000000');
        await expect(pin.dialog).toContainText('This is the last try');
        expect(reader.card.pinTriesLeft).toBe(1);
        await pin.acceptFinalTry.check();
        await pin.answer(reader.pin);
        await expect(install.ready).toBeVisible();

        ca.registry.acceptIssued(id, true);
        await install.done.click();
        await home.getCredential.click();
        await choose.offer(name).check();
        await getSigningCertificate(wallet, hsm);
        const text = await saveAndRead(wallet, join(folder, `${name}.pem`));
        expect(text).toContain('subject=CN = example.test\n');
        expect(text).toMatch(new RegExp(`Extended Key Usage:[^:]*\\n\\s*${usage}\\s*$`));
        if (name.startsWith('Document')) {
          expect(await signDocument(wallet, hsm, folder)).toContain('Signature is Valid.');
          await expect(credential.uses.documentTimestamped).toContainText('Local CA Timestamps');
        }
      },
    );
  }

  test('is a service’s, which enrols and renews with nobody at hand', async ({
    stage,
    authorities: { cardOffice: authority },
    folder,
  }) => {
    await using hsm = await SoftHsm.create('Server room');
    const { ca } = stage.localCa;
    const holder = { subject: 'CN=mail server' };
    const card = await personalize({ hsm, authority, holder, folder });
    ca.registry.addDomain('service:mail', 'mail.example.test');
    const { kid, macKey } = ca.people.invite({ for: { service: 'mail' } });
    ca.registry.addCertificate('service:mail', card);
    const link = invitationLink({ from: `${ca.origin}/profile.enroll`, kid, macKey });
    const run = { stage, env: hsm.env };
    const joined = await countersign(
      run,
      'join',
      link,
      '--fingerprint',
      await fingerprintOf(stage),
    );
    const { organization } = joined as { readonly organization: { readonly id: string } };
    const enrolled = await countersign(
      { ...run, pin: hsm.token.pin },
      ...['enroll', '--organization', organization.id, '--offer', 'service-mail'],
      ...['--token', 'software', '--install', 'none', '--pin-fd', '3'],
    );
    const { credentialId } = enrolled as { readonly credentialId: string };
    const [first = ''] = await valid(stage, folder);
    expect(first).toContain('mail.example.test');

    const renewed = await countersign(
      { stage },
      ...['renew', '--credential', credentialId, '--install', 'none'],
    );
    expect(renewed).toMatchObject({
      credentials: [{ credentialId, outcome: 'renewed', isRetired: true }],
    });
    const [second = '', ...others] = (await valid(stage, folder)).filter((text) => text !== first);
    expect(others).toEqual([]);
    expect(second).toContain('mail.example.test');
    expect(ca.requestLog.count({ resource: 'challenge', method: 'POST' })).toBe(2);
  });
});

/** From the first screen to the question for a proof. */
async function begin(wallet: OpenWallet, name: string): Promise<void> {
  await wallet.screens.welcome.tryLocalCa.click();
  await wallet.screens.organization.accept.click();
  await ask(wallet, name);
  await wallet.screens.prove.title.waitFor();
}

async function makeKeyOn({ screens }: OpenWallet, { token }: SoftHsm): Promise<void> {
  await screens.choose.keyPlace(`On “${token.label}”`).check();
  await screens.choose.start.click();
  await screens.pin.answer(token.pin);
}

/** From the choice of the offer to the credential: Ada proves herself by her key on the token, where the new one is made. */
async function getSigningCertificate(wallet: OpenWallet, hsm: SoftHsm): Promise<void> {
  const { prove, pin, install, credential } = wallet.screens;
  await makeKeyOn(wallet, hsm);
  await prove.certificate('Ada Admin').check();
  await prove.sign.click();
  await pin.answer(hsm.token.pin);
  // The proof had its own PIN, and has locked the token behind it.
  await expect(pin.dialog).toContainText('about to be written');
  await pin.answer(hsm.token.pin);
  await expect(install.look).toBeVisible();
  await install.look.click();
  await credential.history.waitFor();
}

/** Subject and usages of the credential that is shown, as OpenSSL reads them from the file that the person saves. */
async function saveAndRead({ app, screens }: OpenWallet, file: string): Promise<string> {
  await app.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
  }, file);
  await screens.credential.save.click();
  await screens.credential.saveFile.click();
  const read = () =>
    openssl('x509', '-in', file, '-noout', '-subject', '-ext', 'extendedKeyUsage').catch(() => '');
  await expect.poll(read).not.toBe('');
  return read();
}

/** What OpenSSL reads in the certificates of the service, after it has verified each. */
async function valid({ localCa: { ca } }: Stage, folder: string): Promise<readonly string[]> {
  const [root, issuer] = [join(folder, 'root.pem'), join(folder, 'issuer.pem')];
  await writeFile(root, ca.rootPem);
  await writeFile(issuer, ca.issuerPem);
  return Promise.all(
    ca.registry.issued('service:mail').map(async ({ pem, serialNumber }) => {
      const file = join(folder, `${serialNumber}.pem`);
      await writeFile(file, pem);
      const trust = ['-purpose', 'sslclient', '-CAfile', root, '-untrusted', issuer];
      await openssl('verify', ...trust, file);
      return openssl('x509', '-in', file, '-noout', '-text');
    }),
  );
}

async function openssl(...words: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('openssl', words);
  return stdout;
}
