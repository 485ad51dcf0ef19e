import { execFile } from 'node:child_process';
import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pkcs11js from 'pkcs11js';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ModuleError } from '../pkcs11/token-error.ts';
import { NssPerson } from '../testing/nss-person.ts';
import { LoadedModule } from '../testing/tokens/loaded-module.ts';
import { TestAuthority } from '../testing/test-authority.ts';
import { SoftHsm } from '../testing/tokens/soft-hsm.ts';
import type { InstallableCredential, TokenKey } from './install-target.ts';
import type { NssTarget } from './nss.ts';

const run = promisify(execFile);
let alex: NssPerson;
let hsm: SoftHsm;
let target: NssTarget;

beforeAll(async () => {
  hsm = await SoftHsm.create('Alex’s card', 'another');
});
afterAll(() => hsm.stop());
beforeEach(async () => {
  alex = await NssPerson.create();
  target = alex.target({ environment: hsm.env });
});
afterEach(async () => {
  await alex[Symbol.asyncDispose]();
});

type TokenCredential = InstallableCredential & { readonly token: TokenKey };

function pkcs11Tool(serial: string, ...words: readonly string[]) {
  const { token, modulePath, env } = hsm;
  const slot = ['--slot-index', String(slotOf(serial)), '--login', '--pin', token.pin];
  return run('pkcs11-tool', ['--module', modulePath, ...slot, ...words], {
    env: { ...process.env, ...env },
    encoding: 'buffer',
  });
}

function slotOf(serial: string): number {
  using module = new LoadedModule(hsm.modulePath, hsm.env);
  const infos = module.slots.map((slot) => module.pkcs11.C_GetTokenInfo(slot));
  return infos.findIndex(({ serialNumber }) => serialNumber.trim() === serial);
}

/** Whether somebody has failed to log in to a token since somebody last succeeded. */
function triesWereSpent(): boolean {
  using module = new LoadedModule(hsm.modulePath, hsm.env);
  return module.slots.some(
    (slot) => (module.pkcs11.C_GetTokenInfo(slot).flags & pkcs11js.CKF_USER_PIN_COUNT_LOW) !== 0,
  );
}

/** A key on the first token, with its certificate beside it unless that is left out. */
async function onToken(id: string, withCertificate = true): Promise<TokenCredential> {
  const { label, serial } = hsm.token;
  const keyId = randomBytes(20).toString('hex');
  await pkcs11Tool(serial, '--keypairgen', '--key-type', 'EC:prime256v1', '--id', keyId);
  const read = await pkcs11Tool(serial, '--read-object', '--type', 'pubkey', '--id', keyId);
  const pem = await alex.issuer.issue({
    subject: `CN=${id}`,
    spki: read.stdout,
    names: [{ type: 'email', value: 'alex@example.test' }],
    extendedKeyUsages: ['1.3.6.1.5.5.7.3.2'],
  });
  const certificate = new X509Certificate(pem).raw;
  const file = join(alex.home, id);
  if (withCertificate) {
    await writeFile(file, certificate);
    await pkcs11Tool(serial, '--write-object', file, '--type', 'cert', '--id', keyId);
  }
  const token = { label, serial, manufacturer: 'SoftHSM project', model: 'SoftHSM v2' };
  return {
    credentialId: id,
    certificate,
    chain: [alex.issuerDer],
    exportPkcs8: null,
    token: {
      ...{ token, keyId, modulePath: hsm.modulePath, moduleName: 'SoftHSM\nlibrary=/evil' },
      checkModule: () => Promise.resolve(),
      lendPin: (work) => work(Buffer.from(hsm.token.pin)),
      sign: async (data) => {
        await writeFile(`${file}.hash`, createHash('sha256').update(data).digest());
        const output = ['--input-file', `${file}.hash`, '--output-file', `${file}.signature`];
        await pkcs11Tool(serial, '--sign', '--mechanism', 'ECDSA', '--id', keyId, ...output);
        return (await run('cat', [`${file}.signature`], { encoding: 'buffer' })).stdout;
      },
    },
  };
}

const ours = 'SoftHSM library evil (Countersign)';
async function moduleNames(): Promise<readonly string[]> {
  const list = await run('cat', [join(alex.database, 'pkcs11.txt')]);
  return Array.from(list.stdout.matchAll(/^name=(.*)$/gm), ([, name = '']) => name).slice(1);
}
const addModule = (name: string, library: string) =>
  run('modutil', ['-add', name, '-libfile', library, '-force', '-dbdir', `sql:${alex.database}`], {
    env: { ...process.env, ...hsm.env },
  });
const makeDatabase = async () => {
  await run('mkdir', ['-p', alex.database]);
  await alex.certutil('-N', '--empty-password');
};
const installError = (reason: string) =>
  expect.objectContaining({ code: 'install', target: 'nss', reason }) as unknown;

describe('a credential with its key on a token', () => {
  test('is told from others by its label where the serial number says nothing', async () => {
    const credential = await onToken('one');
    const token = { ...credential.token.token, serial: '0'.repeat(16) };
    await target.install({ ...credential, token: { ...credential.token, token } });
    expect(await moduleNames()).toEqual([ours]);
  });

  test('is installed by registering its module, and seen there without a PIN', async () => {
    await target.preflight({ onToken: true });
    const credential = await onToken('one');
    const installed = await target.install(credential);
    expect(installed).toMatchObject({ credentialId: 'one', location: alex.database });
    expect(await moduleNames()).toEqual([ours]);
    expect(await target.list([credential, await onToken('two', false)])).toEqual([installed]);
    expect(await alex.nicknames()).toEqual([expect.stringMatching(/^Countersign issuer /)]);
    expect(triesWereSpent()).toBe(false);
  });

  test('brings no module to programs that must not be used any more, and loads none', async () => {
    const credential = await onToken('one');
    const forbidden = new ModuleError({ reason: 'not-allowed', path: hsm.modulePath });
    const token = { ...credential.token, checkModule: () => Promise.reject(forbidden) };
    await expect(target.install({ ...credential, token })).rejects.toBe(forbidden);
    expect(await moduleNames()).toEqual([]);
    const installed = await target.install(credential);
    expect(await target.prove({ ...installed, token })).toMatchObject([
      { status: 'failed', failure: { code: 'token-module', reason: 'not-allowed' } },
    ]);
  });

  test('is proven by a signature of its key', async () => {
    const installed = await target.install(await onToken('one'));
    expect(await target.prove(installed)).toEqual([
      expect.objectContaining({ status: 'proven', method: 'signature' }),
      expect.objectContaining({ status: 'proven', method: 'listed', by: 'certutil' }),
    ]);
    const root = await TestAuthority.root({ name: 'Strangers' });
    const strangers = { anchors: [new X509Certificate(root.certificate).raw] };
    expect(await target.prove(installed, strangers)).toMatchObject([
      { status: 'proven', method: 'signature' },
      { status: 'failed', failure: { reason: 'proof-failed', link: 'chain' } },
    ]);
    expect(await target.prove(installed, { anchors: [alex.rootDer] })).toMatchObject([
      { status: 'proven' },
      { status: 'proven', method: 'listed' },
    ]);
    const other = await onToken('two');
    const sign = other.token.sign;
    const wrong = {
      ...installed,
      token: { ...other.token, keyId: installed.token?.keyId ?? '', sign },
    };
    expect(await target.prove(wrong)).toMatchObject([
      { status: 'failed', failure: { code: 'install', reason: 'proof-failed' } },
    ]);
  });

  test('says by whom a signature failed, and throws what is our own mistake', async () => {
    const credential = await onToken('one');
    const installed = await target.install(credential);
    const failing = (error: Error) => ({
      ...installed,
      token: { ...credential.token, sign: () => Promise.reject(error) },
    });
    const failure = { code: 'token', reason: 'pin-cancelled', module: 'SoftHSM' } as const;
    const told = Object.assign(new Error('declined'), { toFailure: () => failure });
    expect(await target.prove(failing(told))).toMatchObject([{ status: 'failed', failure }]);
    await expect(target.prove(failing(new TypeError('ours')))).rejects.toThrow('ours');
  });

  test('changes nothing when it is installed again', { tags: ['deep'] }, async () => {
    const credential = await onToken('one');
    const installed = await target.install(credential);
    expect(await target.install(credential)).toEqual(installed);
    expect(await moduleNames()).toEqual([ours]);
  });

  test('is not installed without its certificate on the token', async () => {
    await expect(target.install(await onToken('one', false))).rejects.toEqual(
      installError('not-on-token'),
    );
    expect(await moduleNames()).toEqual([]);
  });

  test('leaves no module behind that does not show the token', async () => {
    const credential = await onToken('one');
    const elsewhere = { ...credential.token, token: { ...credential.token.token, serial: 'ff' } };
    await expect(target.install({ ...credential, token: elsewhere })).rejects.toEqual(
      installError('not-found'),
    );
    expect(await moduleNames()).toEqual([]);
  });
});

describe('the modules of the person', () => {
  test('stay as they are, and the one that was added goes with the last credential that needs it', async () => {
    await makeDatabase();
    await addModule('Theirs', '/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so');
    const one = await target.install(await onToken('one'));
    const two = await target.install(await onToken('two'));
    expect(await moduleNames()).toEqual(['Theirs', ours]);
    await target.remove(one, [two]);
    expect(await moduleNames()).toEqual(['Theirs', ours]);
    expect(await target.list([two])).toEqual([two]);
    expect(await alex.nicknames()).toHaveLength(1);
    await target.remove(two, []);
    expect(await moduleNames()).toEqual(['Theirs']);
    expect(await alex.nicknames()).toEqual([]);
  });

  const enough = async (name: string, library: string): Promise<void> => {
    await makeDatabase();
    const link = join(alex.home, 'module.so');
    await symlink(hsm.modulePath, link);
    await addModule(name, library || link);
    const installed = await target.install(await onToken('one'));
    expect(await moduleNames()).toEqual([name]);
    expect(await target.list([installed])).toEqual([installed]);
    await target.remove(installed, []);
    expect(await moduleNames()).toEqual([name]);
  };

  test('are enough when one is another way to the file of the same, and it stays', () =>
    enough('Theirs', ''));

  test.each([
    ['the same module', 'Theirs', '/usr/lib/softhsm/libsofthsm2.so'],
    ['p11-kit, which shows the tokens of all', 'p11', '/usr/lib/x86_64-linux-gnu/p11-kit-proxy.so'],
  ])('are enough when one is %s, and it stays', { tags: ['deep'] }, (_which, name, library) =>
    enough(name, library),
  );

  test('cost no try of a PIN when credentials in software come and go', async () => {
    await makeDatabase();
    await addModule('Theirs', hsm.modulePath);
    const installed = await target.install(await alex.credential({ id: 'soft' }));
    await target.prove(installed);
    await target.remove(installed);
    expect(triesWereSpent()).toBe(false);
    expect(await moduleNames()).toEqual(['Theirs']);
    expect(await alex.nicknames()).toEqual([]);
  });
});

test('a missing modutil is named with the package that brings it', async () => {
  const bare = alex.target({ searchPath: '/nonexistent' });
  await expect(bare.preflight({ onToken: true })).rejects.toMatchObject({
    reason: 'tool-missing',
    detail: 'modutil: sudo apt install libnss3-tools',
  });
});
