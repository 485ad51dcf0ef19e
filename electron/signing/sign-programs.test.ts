import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { derOf } from '../certificates/pem.ts';
import { readCommandLines } from '../testing/command-lines.ts';
import { everyNth } from '../testing/made-up.ts';
import { javaArchive, powershellScript, windowsProgram } from '../testing/program-samples.ts';
import { SigningWorld } from '../testing/signing-world.ts';
import { TestAuthority } from '../testing/test-authority.ts';
import { TimestampServer } from '../testing/timestamp-server.ts';
import { SoftHsm } from '../testing/tokens/soft-hsm.ts';
import { javaTrustStore, trustStorePassword } from './java-trust-store.ts';
import { signPrograms, type ProgramsToSign, type SignedProgram } from './sign-programs.ts';
import type { SigningFault } from './signing-error.ts';

let hsm: SoftHsm;
let world: SigningWorld;
let stamps: TimestampServer;
let rsa: string;
let nist: string;

beforeAll(async () => {
  hsm = await SoftHsm.create('my token');
  world = await SigningWorld.create(deviceOf(hsm));
  stamps = await TimestampServer.start();
  const timestamp = { url: stamps.url, roots: [base64(stamps.root)] };
  rsa = await world.credential('RSA-3072', { timestamp });
  nist = await world.credential('P-256', { timestamp });
  await world.file('stamps.pem', stamps.root);
});
afterAll(async () => {
  await stamps[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
  await hsm.stop();
});
beforeEach(() => {
  world.asked.length = 0;
  world.pin = hsm.token.pin;
});

const deviceOf = ({ modulePath, env, token }: SoftHsm) => ({ modulePath, env, pin: token.pin });
const base64 = (pem: string): string => pem.replaceAll(/-----[^-]+-----|\s/g, '');

type Wish = Pick<ProgramsToSign, 'tool' | 'credentialId'> & Partial<ProgramsToSign>;
let number = 0;

async function sign(wish: Wish, ...files: readonly (readonly [string, string | Uint8Array])[]) {
  const wanted = [];
  for (const [name, content] of files) {
    number += 1;
    const source = await world.file(`${number}-${name}`, content);
    wanted.push({ source, destination: world.path(`${number}-signed-${name}`) });
  }
  const signed: SignedProgram[] = [];
  const { signal } = new AbortController();
  const told = { files: wanted, signal, signed: (each: SignedProgram) => signed.push(each) };
  await signPrograms({ ...told, ...wish }, world.rooms);
  return signed;
}

const refused = (reason: SigningFault): unknown =>
  expect.objectContaining({ code: 'signing', reason });
const osslVerify = (file: string, root = 'root.pem', ...more: readonly string[]) =>
  world.judge(
    'osslsigncode',
    'verify',
    '-CAfile',
    root,
    '-TSA-CAfile',
    'stamps.pem',
    ...more,
    file,
  );

describe('osslsigncode', () => {
  test.each(['RSA-3072', 'P-256'])(
    'signs a program and a script with a %s key for one PIN, and verifies both, also when the certificate has expired',
    async (type) => {
      const credentialId = type === 'P-256' ? nist : rsa;
      const wish = { tool: 'osslsigncode', credentialId } as const;
      const files = [
        ['app.exe', windowsProgram()],
        ['go.ps1', powershellScript],
      ] as const;
      const signed = await sign(wish, ...files);
      expect(world.asked).toHaveLength(1);
      expect(world.asked[0]?.reason).toBe('sign-program');
      expect(signed).toHaveLength(2);
      const later = Math.floor(Date.now() / 1000) + 200 * 86_400;
      for (const { destination, digest } of signed) {
        const octets = await readFile(destination);
        expect(createHash('sha256').update(octets).digest('hex')).toBe(digest);
        expect((await osslVerify(destination)).code).toBe(0);
        // The timestamp says that it was valid then.
        expect((await osslVerify(destination, 'root.pem', '-time', String(later))).code).toBe(0);
      }
      const history = world.wallet.activity.entries({ credentialId });
      expect(history.map(({ event }) => event)).toEqual(['program-signed', 'program-signed']);
      const name = `osslsigncode · ${basename(signed[0]?.destination ?? '')}`;
      const details = history.map(({ detail }) => detail);
      expect(details).toContain(`${name} (SHA-256 ${signed[0]?.digest ?? ''})`);
    },
  );

  test('a changed octet and another root are refused', async () => {
    const [signed] = await sign({ tool: 'osslsigncode', credentialId: nist }, [
      'app.exe',
      windowsProgram(),
    ]);
    const path = signed?.destination ?? '';
    await world.file('other.pem', (await TestAuthority.root()).certificate);
    expect((await osslVerify(path, 'other.pem')).code).toBe(1);
    const octets = await readFile(path);
    octets.writeUInt8(0x33, 0x200);
    await writeFile(path, octets);
    const { code, text } = await osslVerify(path);
    expect(code).toBe(1);
    expect(text).toContain('MISMATCH');
  });

  test('without a timestamp when nobody wants one', { tags: ['deep'] }, async () => {
    const before = stamps.queries.length;
    const wish = { tool: 'osslsigncode', credentialId: nist, timestamp: 'none' } as const;
    const [signed] = await sign(wish, ['app.exe', windowsProgram()]);
    expect(stamps.queries).toHaveLength(before);
    const { text } = await osslVerify(signed?.destination ?? '');
    expect(text).toContain('Timestamp is not available');
  });
});

describe('jarsigner', () => {
  /** As strict as it gets: 0 is said only when that store vouches for signer and timestamp. */
  async function strictly(path: string, signer: string) {
    const trusted = [world.root.certificate, stamps.root, signer];
    const store = await world.file('trusted.jks', javaTrustStore(trusted.map(derOf), new Date()));
    const keystore = ['-keystore', store, '-storetype', 'JKS', '-storepass', trustStorePassword];
    const words = ['-verify', '-strict', '-verbose', '-certs', ...keystore, path];
    return world.judge('jarsigner', ...words);
  }

  const changedToo = everyNth(2, ['P-256', 'RSA-3072']);

  test.each(['RSA-3072', 'P-256'])(
    'signs an archive with a %s key, and what was changed in it is told as that',
    async (type) => {
      const credentialId = type === 'P-256' ? nist : rsa;
      const signer = world.wallet.credentials.find(credentialId)?.chain ?? '';
      const [signed] = await sign({ tool: 'jarsigner', credentialId }, ['a.jar', javaArchive()]);
      expect(world.asked).toHaveLength(1);
      const path = signed?.destination ?? '';
      const { code, text } = await strictly(path, signer);
      expect({ code, text }).toMatchObject({ code: 0 });
      expect(text).toContain(`CN=${credentialId}`);
      expect(text).toContain('entry was signed on');
      if (!changedToo.includes(type)) return;

      await world.file('hello.txt', 'Hell!');
      // A sound archive, so that nothing but the signature can tell.
      expect((await world.judge('jar', 'uf', path, 'hello.txt')).code).toBe(0);
      const changed = await strictly(path, signer);
      expect(changed.code).toBe(1);
      expect(changed.text).toContain('SHA-256 digest error for hello.txt');
    },
  );
});

describe('what goes wrong leaves no file', () => {
  const files = async (): Promise<readonly string[]> =>
    (await readdir(world.directory)).filter((name) => /signed-|\.part$|install/.test(name));
  const program = ['bad.exe', windowsProgram()] as const;

  test('a wrong PIN is told by its own name, and no program spends a try with it', async () => {
    const before = await files();
    world.pin = '999999';
    const { signal } = new AbortController();
    const stop = new AbortController();
    const asked = sign(
      { tool: 'osslsigncode', credentialId: nist, signal: AbortSignal.any([signal, stop.signal]) },
      program,
    );
    await expect.poll(() => world.asked.length).toBeGreaterThan(1);
    expect(world.asked[1]?.failure).toMatchObject({ code: 'token', reason: 'pin-incorrect' });
    world.pin = hsm.token.pin;
    await asked;
    expect((await files()).length).toBe(before.length + 1);
  });

  test('a timestamp server that is not there, or that nobody vouches for', async () => {
    const before = await files();
    const wish = { tool: 'osslsigncode', credentialId: nist } as const;
    const away = { ...wish, timestamp: 'http://127.0.0.1:9/' };
    await expect(sign(away, program)).rejects.toEqual(refused('tool-failed'));
    await using stranger = await TimestampServer.start();
    const strange = { ...wish, timestamp: stranger.url };
    await expect(sign(strange, program)).rejects.toEqual(refused('not-verified'));
    expect(await files()).toEqual(before);
  });

  const ofStranger = async (
    tool: 'osslsigncode' | 'jarsigner',
    name: string,
    octets: Uint8Array,
  ) => {
    const issuer = await TestAuthority.root({ name: 'Stranger' });
    const credentialId = await world.credential('P-256', {}, { issuer });
    const signing = sign({ tool, credentialId }, [name, octets]);
    await expect(signing).rejects.toEqual(refused('not-verified'));
  };

  test('a certificate of another CA', () => ofStranger('osslsigncode', ...program));

  test('a certificate of another CA for an archive', { tags: ['deep'] }, () =>
    ofStranger('jarsigner', 'bad.jar', javaArchive()),
  );

  test('a file that is there already, one that is none, and a name that looks like an option', async () => {
    const wish = { tool: 'osslsigncode', credentialId: nist, timestamp: 'none' } as const;
    const source = await world.file('-in', windowsProgram());
    const destination = await world.file('there.exe', 'mine');
    const there = sign({ ...wish, files: [{ source, destination }] });
    await expect(there).rejects.toEqual(refused('exists'));
    expect(await readFile(destination, 'utf8')).toBe('mine');
    expect(world.asked).toHaveLength(0);
    const directory = { source: world.directory, destination: world.path('out') };
    await expect(sign({ ...wish, files: [directory] })).rejects.toEqual(refused('unreadable'));
    const option = { source, destination: world.path('-out') };
    expect(await sign({ ...wish, files: [option] })).toHaveLength(1);
    expect((await osslVerify(option.destination)).code).toBe(0);
  });

  test('a certificate for documents, one that has expired, and a file of another kind', async () => {
    const usages = ['1.3.6.1.5.5.7.3.36'];
    const documents = await world.credential('P-256', {}, { usages });
    const wish = { tool: 'osslsigncode', credentialId: documents } as const;
    await expect(sign(wish, program)).rejects.toEqual(refused('not-for-programs'));
    const notAfter = new Date(Date.now() - 1000).toISOString();
    const expired = { ...wish, credentialId: await world.credential('P-256', { notAfter }) };
    await expect(sign(expired, program)).rejects.toEqual(refused('not-valid-now'));
    const text = sign({ ...wish, credentialId: nist }, ['note.txt', 'Hello']);
    await expect(text).rejects.toEqual(refused('tool-failed'));
  });
});

test('the PIN is in no argument and in no environment of what is run', async () => {
  const seen = readCommandLines(['osslsigncode', 'jarsigner', 'keytool']);
  await sign({ tool: 'osslsigncode', credentialId: nist }, ['app.exe', windowsProgram()]);
  await sign({ tool: 'jarsigner', credentialId: nist }, ['a.jar', javaArchive()]);
  const said = seen.stop();
  expect(said.programs).toContain('jarsigner');
  expect(said.text).not.toContain(hsm.token.pin);
});
