import { spawnSync } from 'node:child_process';
import { generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ContentInfo, SignedData } from '@peculiar/asn1-cms';
import { AsnConvert } from '@peculiar/asn1-schema';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KeyObjectSigner } from '../keys/key-object-signer.ts';
import { requireProgram } from '../testing/server-program.ts';
import { TestAuthority } from '../testing/test-authority.ts';
import {
  createSignedData,
  timeStampAttribute,
  type SignedDataContents,
} from './cms-signed-data.ts';
import { nullValue, sequence } from './der.ts';
import { derOf } from './pem.ts';

const keys: Readonly<Record<string, () => KeyObject>> = {
  'P-256': () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
  'P-384': () => generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey,
  'RSA-3072': () => generateKeyPairSync('rsa', { modulusLength: 3072 }).privateKey,
};

let directory: string;
let root: TestAuthority;
let issuing: TestAuthority;
let roots: string;

beforeAll(async () => {
  requireProgram('openssl', 'openssl');
  directory = mkdtempSync(join(tmpdir(), 'countersign-cms-'));
  root = await TestAuthority.root();
  issuing = await root.intermediate();
  roots = fileOf(root.certificate);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function fileOf(octets: Uint8Array | string): string {
  const path = join(directory, randomUUID());
  writeFileSync(path, octets);
  return path;
}

const content = [Buffer.from('one piece, '), Buffer.from('and another')];

async function detailsFor(
  key: KeyObject,
  rest: Partial<SignedDataContents> = {},
): Promise<SignedDataContents> {
  const signer = new KeyObjectSigner(key);
  const certificate = derOf(await issuing.issue({ spki: signer.publicSpki }));
  const chain = [derOf(issuing.certificate)];
  return { signer, certificate, chain, content, form: 'detached', ...rest };
}

const verify = (cms: Buffer, more: readonly string[]) => {
  const options = ['-binary', '-inform', 'DER', '-in', fileOf(cms), '-CAfile', roots];
  return spawnSync('openssl', ['cms', '-verify', ...options, '-purpose', 'any', ...more], {
    encoding: 'utf8',
  });
};

const signedDataIn = (cms: Buffer): SignedData =>
  AsnConvert.parse(AsnConvert.parse(cms, ContentInfo).content, SignedData);

const attributesOf = (cms: Buffer): readonly string[] =>
  (signedDataIn(cms).signerInfos[0]?.signedAttrs ?? []).map(({ attrType }) => attrType);

describe.each(Object.entries(keys))('a signature by a %s key', (_kind, generate) => {
  test('apart from its content is verified by OpenSSL over that content and no other', async () => {
    const cms = await createSignedData(await detailsFor(generate()));
    const over = (octets: Uint8Array) => verify(cms, ['-content', fileOf(octets)]);
    expect(over(Buffer.concat(content))).toMatchObject({ status: 0 });
    expect(over(Buffer.from('one piece, and anothes'))).toMatchObject({ status: 4 });
  });

  test('with its content gives that back', async () => {
    const cms = await createSignedData(await detailsFor(generate(), { form: 'enveloped' }));
    expect(verify(cms, [])).toMatchObject({ status: 0, stdout: 'one piece, and another' });
  });
});

test('says what is signed, by which certificate, and nothing about when unless told so', async () => {
  const key = keys['P-256']?.() ?? expect.unreachable();
  const plain = await createSignedData(await detailsFor(key));
  expect(new Set(attributesOf(plain))).toEqual(
    new Set(['1.2.840.113549.1.9.3', '1.2.840.113549.1.9.4', '1.2.840.113549.1.9.16.2.47']),
  );
  const signingTime = new Date('2031-02-03T04:05:06Z');
  const timed = await createSignedData(await detailsFor(key, { signingTime }));
  expect(attributesOf(timed)).toContain('1.2.840.113549.1.9.5');
  const printed = spawnSync('openssl', ['cms', '-cmsout', '-print', '-inform', 'DER'], {
    input: timed,
    encoding: 'utf8',
  });
  expect(printed.stdout).toContain('UTCTIME:Feb  3 04:05:06 2031 GMT');
});

test('a certificate for the same key that was not signed for is refused', async () => {
  const key = keys['P-256']?.() ?? expect.unreachable();
  const details = await detailsFor(key);
  const other = await detailsFor(key);
  const cms = await createSignedData(details);
  const swapped = Buffer.from(cms);
  const at = swapped.indexOf(details.certificate);
  // Of the same length nearly always; then nothing but the octets of the certificate differs.
  if (other.certificate.length !== details.certificate.length) return;
  swapped.set(other.certificate, at);
  expect(verify(swapped, ['-content', fileOf(Buffer.concat(content)), '-cades']).status).not.toBe(
    0,
  );
});

test('what is said over the signature stands beside it, unsigned', async () => {
  let seen: Uint8Array | undefined;
  const token = sequence(nullValue());
  const details = await detailsFor(keys['P-384']?.() ?? expect.unreachable(), {
    unsignedAttributes: (signature) => {
      seen = signature;
      return Promise.resolve([timeStampAttribute(token)]);
    },
  });
  const cms = await createSignedData(details);
  const info = signedDataIn(cms).signerInfos[0];
  expect(Buffer.from(info?.signature.buffer ?? new ArrayBuffer())).toEqual(seen);
  expect(info?.unsignedAttrs?.map(({ attrType }) => attrType)).toEqual([
    '1.2.840.113549.1.9.16.2.14',
  ]);
  expect(verify(cms, ['-content', fileOf(Buffer.concat(content))])).toMatchObject({ status: 0 });
});

test('its sets stand in the order of DER, so that OpenSSL writes them as they are', async () => {
  const cms = await createSignedData(
    await detailsFor(keys['P-256']?.() ?? expect.unreachable(), { form: 'enveloped' }),
  );
  const copied = spawnSync('openssl', ['cms', '-cmsout', '-inform', 'DER', '-outform', 'DER'], {
    input: cms,
  });
  expect(Buffer.compare(copied.stdout, cms)).toBe(0);
});
