import { createPublicKey, X509Certificate } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CertificateDoor } from '../testing/certificate-door.ts';
import { FirefoxPerson } from '../testing/firefox-person.ts';
import { NssPerson } from '../testing/nss-person.ts';
import { RunningFirefox } from '../testing/running-firefox.ts';
import { Pkcs11Shim, type WrappedModule } from '../testing/tokens/pkcs11-shim.ts';
import { SmartCardReader } from '../testing/tokens/smart-card-reader.ts';
import { SoftHsm } from '../testing/tokens/soft-hsm.ts';
import {
  certificateFor,
  credentialOnToken,
  tokenCredential,
  type TokenCredential,
  usable,
} from '../testing/tokens/token-credential.ts';
import { VirtualTpm } from '../testing/tokens/virtual-tpm.ts';
import type { InstallableCredential } from './install-target.ts';

let alex: NssPerson;
let firefox: FirefoxPerson;
let door: CertificateDoor;
let profile: string;

beforeEach(async () => {
  alex = await NssPerson.create();
  firefox = new FirefoxPerson(alex);
  door = await CertificateDoor.open(alex.root);
  [profile = ''] = await firefox.profiles('default');
});
afterEach(async () => {
  await door[Symbol.asyncDispose]();
  await alex[Symbol.asyncDispose]();
});

const serialOf = ({ certificate }: InstallableCredential): string =>
  new X509Certificate(certificate).serialNumber;

async function visits(): Promise<string | undefined> {
  await firefox.visit(profile, door.origin);
  return door.visitors.at(-1);
}

describe('Firefox signs in', () => {
  test('with a key in software, the newer of two once it has taken the older one’s place, and with none when it was removed', async () => {
    const target = firefox.target();
    const older = await target.install(await alex.credential({ id: 'older' }));
    const newer = await alex.credential({ id: 'newer' });
    const installed = await target.install(newer);
    await target.rebind(older, installed, [newer]);
    expect(await visits()).toBe(serialOf(newer));
    await target.remove(installed);
    expect(await visits()).toBe('nobody');
  });

  test(
    'with what comes while it runs, and leaves its database whole',
    { tags: ['deep'] },
    async () => {
      const target = firefox.target();
      const credential = await alex.credential({ id: 'one' });
      {
        await using running = await RunningFirefox.start(profile, alex.home);
        await running.visit(door.origin);
        expect(door.visitors).toEqual(['nobody']);
        const installed = await target.install(credential);
        await running.visit(door.origin);
        expect(door.visitors.at(-1)).toBe(serialOf(credential));
        expect(await target.prove(installed, { anchors: [alex.rootDer] })).toMatchObject([
          { status: 'proven', method: 'signature' },
          { status: 'proven', method: 'listed' },
        ]);
      }
      expect(await target.list([credential])).toHaveLength(1);
    },
  );

  test('with a key in a SoftHSM', { tags: ['deep'] }, async () => {
    await using hsm = await SoftHsm.create('Card');
    const { label, serial, pin } = hsm.token;
    const credential = await credentialOnToken(alex, { ...usable(hsm), label, serial, pin }, 'hsm');
    await signsIn(hsm, pin, credential);
  });

  test('with a module that came while it ran', { tags: ['deep'] }, async () => {
    await using hsm = await SoftHsm.create('Card');
    await using shim = await Pkcs11Shim.around(hsm);
    const { label, serial, pin } = hsm.token;
    const made = await credentialOnToken(alex, { ...usable(hsm), label, serial, pin }, 'hsm');
    shim.autoLogin(pin);
    const token = { ...made.token, modulePath: shim.modulePath };
    {
      await using running = await RunningFirefox.start(profile, alex.home);
      await running.visit(door.origin);
      await firefox.target().install({ ...made, token });
    }
    expect(await visits()).toBe(serialOf(made));
  });

  test('with a key in a TPM', async () => {
    await using tpm = await VirtualTpm.start('chip');
    const token = { ...usable(tpm), label: 'chip', serial: '', pin: tpm.pin };
    await signsIn(tpm, tpm.pin, await credentialOnToken(alex, token, 'tpm'));
  });

  test('with a key on a PIV card', async () => {
    await using reader = await SmartCardReader.start({ keys: { '9a': 'P-256' } });
    const publicKey = createPublicKey(reader.card.privateKey('9a'));
    const spki = publicKey.export({ type: 'spki', format: 'der' });
    // OpenSC calls the card by what the certificate says.
    const certificate = await certificateFor(alex, 'piv', spki);
    reader.card.writeCertificate('9a', certificate);
    await reader.insert();
    const token = { ...usable(reader), label: 'piv', serial: '', pin: reader.pin };
    const key = { id: 'piv', keyId: '01', certificate };
    await signsIn(reader, reader.pin, tokenCredential(alex, token, key));
  });
});

/** By a module that asks nobody for the PIN, as somebody who types it would. */
async function signsIn(
  module: WrappedModule,
  pin: string,
  credential: TokenCredential,
): Promise<void> {
  await using shim = await Pkcs11Shim.around(module);
  shim.autoLogin(pin);
  const token = { ...credential.token, modulePath: shim.modulePath };
  const target = firefox.target();
  const installed = await target.install({ ...credential, token });
  expect(installed.location).toBe(profile);
  expect(await visits()).toBe(serialOf(credential));
  await target.remove(installed);
  expect(await target.list([credential])).toEqual([]);
}
