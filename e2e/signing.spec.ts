import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { CaOptions } from '../ca/running-ca.ts';
import { windowsProgram } from '../electron/testing/program-samples.ts';
import { TestAuthority } from '../electron/testing/test-authority.ts';
import { SoftHsm } from '../electron/testing/tokens/soft-hsm.ts';
import { countersign } from './command.ts';
import { expect, test as base } from './journey.ts';
import { personalize } from './token-certificate.ts';

const test = base.extend<{ readonly cardOffice: TestAuthority }>({
  // eslint-disable-next-line no-empty-pattern -- Playwright reads the names of the fixtures from this pattern
  cardOffice: async ({}, use) => use(await TestAuthority.root({ name: 'Card office' })),
  caOptions: async ({ cardOffice }, use) => {
    const challengeAnchors: CaOptions['challengeAnchors'] = [
      { pem: cardOffice.certificate, maps: 'certificate' },
    ];
    await use({ challengeAnchors });
  },
});

// approvals.spec.ts signs programs, too.
test(
  'An administrator gets a certificate for signing code, and signs a program by it',
  { tag: '@deep' },
  async ({ stage, cardOffice: authority, folder }) => {
    test.slow();
    await using hsm = await SoftHsm.create('Safe');
    const { ca } = stage.localCa;
    const ada = { name: 'Ada Admin', email: 'ada@example.test', role: 'administrator' } as const;
    const { id } = ca.people.register(ada);
    ca.registry.addDomain('organization', 'example.test');
    const card = await personalize({
      hsm,
      authority,
      holder: { subject: 'CN=Ada of Staff' },
      folder,
    });
    ca.registry.addCertificate(`person:${id}`, card, { onToken: true });

    const wallet = await stage.open({ withLocalCa: false, env: hsm.env });
    const { welcome, organization, choose, prove, pin, install, credential } = wallet.screens;
    await welcome.openLink(stage.localCa.invite(ada.email, 'administrator'));
    await organization.wordsMatch.click();
    await choose.offer('Code signing, example.test').check();
    await choose.keyPlace(`On “${hsm.token.label}”`).check();
    await choose.start.click();
    await pin.answer(hsm.token.pin);
    await prove.certificate('Ada of Staff').check();
    await prove.sign.click();
    await pin.answer(hsm.token.pin);
    // The proof had its own PIN, and has locked the token behind it.
    await expect(pin.dialog).toContainText('about to be written');
    await pin.answer(hsm.token.pin);
    await install.look.click();

    await credential.uses.signingTool('osslsigncode').click();
    const command = await credential.uses.signingCommand('osslsigncode').innerText();
    expect(command).toMatch(/^osslsigncode sign -pkcs11module \S+\/libsofthsm2.so /);
    expect(command).toContain(`serial=${hsm.token.serial}`);
    expect(command).not.toContain(hsm.token.pin);
    const own = await credential.uses.ownSigningCommand.first().innerText();
    const credentialId = /--credential (\S+)/.exec(own)?.[1] ?? '';
    await wallet.kill();

    const source = join(folder, 'app.exe');
    await writeFile(source, windowsProgram());
    const said = await countersign(
      { stage, env: hsm.env, pin: hsm.token.pin },
      ...['sign', '--with', 'osslsigncode', '--credential', credentialId, '--pin-fd', '3', source],
    );
    const out = join(folder, 'app.signed.exe');
    expect(said).toMatchObject({ with: 'osslsigncode', files: [{ file: source, out }] });

    const roots = join(folder, 'roots.pem');
    await writeFile(roots, ca.rootPem);
    const verify = (file: string) =>
      promisify(execFile)('osslsigncode', ['verify', '-CAfile', roots, '-TSA-CAfile', roots, file]);
    expect((await verify(out)).stdout).toContain('Signature verification: ok');
    const tampered = join(folder, 'tampered.exe');
    const octets = await readFile(out);
    octets.writeUInt8(0x33, 0x200);
    await writeFile(tampered, octets);
    await expect(verify(tampered)).rejects.toThrow('Signature verification: failed');
  },
);
