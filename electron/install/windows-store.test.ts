import { generateKeyPairSync } from 'node:crypto';
import { tmpdir } from 'node:os';
import * as koffi from 'koffi';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Crypt32Double } from '../testing/crypt32-double.ts';
import { Issuer, type IssuedCredential } from '../testing/installable.ts';
import type { OsKey } from './install-target.ts';
import { crypt32Signatures } from './windows-crypt32.ts';
import { systemProgram, WindowsStoreTarget } from './windows-store.ts';

let issuer: Issuer;
let credential: IssuedCredential;
let crypt32: Crypt32Double;
let target: WindowsStoreTarget;
beforeAll(async () => {
  issuer = await Issuer.create();
  credential = await issuer.credential();
});
beforeEach(() => {
  crypt32 = new Crypt32Double();
  target = new WindowsStoreTarget({
    load: () => Promise.resolve(crypt32.functions),
    ...{ homeDirectory: '/', temporaryDirectory: tmpdir(), environment: {} },
    now: () => new Date(),
  });
});
afterEach(() => {
  expect(crypt32.leaked).toBe(0);
});

const anchors = () => ({ anchors: [issuer.anchor] });
const statuses = (proofs: readonly { readonly status: string }[]) =>
  proofs.map(({ status }) => status);

/** The same credential, with its key where Windows keeps it. */
function keptByWindows({ exportPkcs8: _none, ...rest }: IssuedCredential, provider: string) {
  const osKey: OsKey = { name: 'org.countersign.key', sign: () => Promise.reject(new Error()) };
  crypt32.keys.set(osKey.name, { provider, key: rest.privateKey });
  return { ...rest, osKey, exportPkcs8: null };
}

describe('the person’s certificates in Windows', () => {
  it('take a credential with its key, and the issuer that is missing', async () => {
    const installed = await target.install(credential);
    expect(installed.location).toBe('CurrentUser\\MY');
    expect(crypt32.subjects('MY')).toEqual(['CN=Alex']);
    expect(crypt32.subjects('CA')).toEqual(['CN=Test Intermediate']);
    expect(crypt32.subjects('ROOT')).toEqual([]);
    expect(await target.list([credential])).toEqual([installed]);
  });

  it('have it once however often it is put there', async () => {
    await target.install(credential);
    await target.install(credential);
    expect([crypt32.subjects('MY').length, crypt32.keys.size]).toEqual([1, 1]);
  });

  it('prove that the key signs and the chain leads to the organisation', async () => {
    for (const pair of [
      generateKeyPairSync('rsa', { modulusLength: 2048 }),
      generateKeyPairSync('ec', { namedCurve: 'P-384' }),
    ]) {
      const each = await issuer.credential('Sam', pair);
      const proofs = await target.prove(await target.install(each), anchors());
      expect(proofs).toMatchObject([
        { status: 'proven', method: 'signature', by: 'Windows' },
        { status: 'proven', method: 'listed', by: 'Windows' },
      ]);
    }
  });

  it.each(['Microsoft Platform Crypto Provider', 'Microsoft Software Key Storage Provider'])(
    'have a certificate beside its key in the %s',
    async (provider) => {
      const kept = keptByWindows(credential, provider);
      const installed = await target.install(kept);
      expect(statuses(await target.prove(installed, anchors()))).toEqual(['proven', 'proven']);
      await target.remove(installed);
      expect(crypt32.subjects('MY')).toEqual([]);
      // That goes with the credential.
      expect(crypt32.keys.has('org.countersign.key')).toBe(true);
    },
  );

  it('say which link is broken, and stop there', async () => {
    const link = async () => {
      const proofs = await target.prove(await target.install(credential), anchors());
      return proofs.map((proof) => (proof.status === 'failed' ? proof.failure : proof.status));
    };
    expect(await link()).toEqual(['proven', 'proven']);
    crypt32.stores['CA'] = [];
    const installed = { ...credential, location: '' };
    expect(await target.prove(installed, anchors())).toMatchObject([
      { status: 'proven' },
      { status: 'failed', method: 'listed', failure: { link: 'chain' } },
    ]);
    crypt32.keys.clear();
    expect(await target.prove(installed, anchors())).toMatchObject([
      { status: 'failed', method: 'signature', failure: { link: 'key' } },
    ]);
    crypt32.stores['MY'] = [];
    expect(await target.prove(installed, anchors())).toMatchObject([
      { status: 'failed', failure: { link: 'not-listed', reason: 'proof-failed' } },
    ]);
  });

  it('say that a certificate has expired', async () => {
    const day = 24 * 60 * 60 * 1000;
    const [notBefore, notAfter] = [new Date(Date.now() - 2 * day), new Date(Date.now() - day)];
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const old = await issuer.credential('Old', pair, { notBefore, notAfter });
    expect(await target.prove(await target.install(old), anchors())).toMatchObject([
      { status: 'proven' },
      { status: 'failed', failure: { link: 'expired' } },
    ]);
  });

  it('offer the newer one alone once it is bound, and keep the issuer that both have', async () => {
    const newer = await issuer.credential('Alex again');
    const from = await target.install(credential);
    const to = await target.install(newer);
    for (let count = 0; count < 2; count += 1) await target.rebind(from, to, [newer]);
    expect(crypt32.subjects('MY')).toEqual(['CN=Alex again']);
    expect(crypt32.subjects('CA')).toEqual(['CN=Test Intermediate']);
    expect(crypt32.keys.size).toBe(1);
  });

  it('have nothing of it left when it is removed, not even by half', async () => {
    await target.install(credential);
    const installed = { ...credential, location: '' };
    for (let count = 0; count < 2; count += 1) await target.remove(installed);
    expect([...crypt32.subjects('MY'), ...crypt32.subjects('CA')]).toEqual([]);
    expect(crypt32.keys.size).toBe(0);
  });

  it('keep issuers that others put there', async () => {
    const [, intermediate] = [null, Buffer.from(credential.chain[0] ?? [])];
    const theirs = { der: intermediate, friendlyName: 'IT', keyName: undefined };
    crypt32.stores['CA'] = [{ ...theirs, store: crypt32.stores['CA'] ?? [] }];
    await target.remove(await target.install(credential));
    expect(crypt32.subjects('CA')).toEqual(['CN=Test Intermediate']);
  });

  it('take no credential whose key is another, stays where it is, or lies on a token', async () => {
    const other = await issuer.credential('Other');
    await expect(
      target.install({ ...credential, exportPkcs8: other.exportPkcs8 }),
    ).rejects.toMatchObject({ code: 'install', reason: 'refused' });
    await expect(target.install({ ...credential, exportPkcs8: null })).rejects.toMatchObject({
      reason: 'not-exportable',
    });
    const osKey: OsKey = { name: 'org.countersign.gone', sign: () => Promise.reject(new Error()) };
    await expect(target.install({ ...credential, exportPkcs8: null, osKey })).rejects.toMatchObject(
      { reason: 'not-found' },
    );
    expect(crypt32.subjects('MY')).toEqual([]);
  });

  it.each([
    'CertOpenStore',
    'CertCreateCertificateContext',
    'CertAddCertificateContextToStore',
    'CertControlStore',
    'PFXImportCertStore',
    'setBlob',
  ] as const)('give everything back when %s fails, and say so', async (name) => {
    crypt32.failing.add(name);
    await expect(target.install(credential)).rejects.toMatchObject({
      code: 'install',
      target: 'windows-store',
      reason: 'store-not-writable',
      detail: expect.stringContaining('0x00000005') as unknown,
    });
  });
});

describe('koffi’s table for crypt32.dll', () => {
  it('is read by koffi, with the parameters of each page', () => {
    const table = crypt32Signatures(koffi);
    const rows = Object.values(table).flatMap((each) => Object.values(each));
    const numbers = rows.map(([symbol, , types]) => `${symbol} ${types.length}`);
    expect(numbers).toEqual([
      ...['CertOpenStore 5', 'CertCloseStore 2', 'CertControlStore 4'],
      ...['CertCreateCertificateContext 3', 'CertFindCertificateInStore 6'],
      ...['CertEnumCertificatesInStore 2', 'CertAddCertificateContextToStore 4'],
      ...['CertSetCertificateContextProperty 4', 'CertSetCertificateContextProperty 4'],
      ...['CertGetCertificateContextProperty 4', 'CertDeleteCertificateFromStore 1'],
      ...['CertFreeCertificateContext 1', 'PFXImportCertStore 3'],
      ...['CryptAcquireCertificatePrivateKey 6', 'NCryptSignHash 8', 'NCryptDeleteKey 2'],
      ...['NCryptFreeObject 1', 'GetLastError 0'],
    ]);
  });

  it('knows programs of Windows where it is', () => {
    const environment = { SystemRoot: 'D:\\Windows' };
    expect(systemProgram(environment, 'curl.exe')).toBe('D:\\Windows\\System32\\curl.exe');
  });
});
