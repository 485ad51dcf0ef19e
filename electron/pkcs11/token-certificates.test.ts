import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import pkcs11js from 'pkcs11js';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { derOf } from '../certificates/pem.ts';
import { TestAuthority } from '../testing/test-authority.ts';
import { LoadedModule } from '../testing/tokens/loaded-module.ts';
import { Pkcs11Shim } from '../testing/tokens/pkcs11-shim.ts';
import { SoftHsm } from '../testing/tokens/soft-hsm.ts';
import { pinOf, TokenWorld } from '../testing/tokens/token-world.ts';
import type { FoundKey, TokenKeyReference, TokenReference } from './token-access.ts';

let root: TestAuthority;
let intermediate: TestAuthority;
beforeAll(async () => {
  root = await TestAuthority.root();
  intermediate = await root.intermediate();
});

let hsm: SoftHsm;
let shim: Pkcs11Shim;
let world: TokenWorld;
let token: TokenReference;
beforeAll(async () => {
  hsm = await SoftHsm.create('work');
  shim = await Pkcs11Shim.around(hsm);
  world = new TokenWorld({ modulePaths: [shim.modulePath], env: {} });
  token = await world.reference();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await shim.stop();
  await hsm.stop();
});

const logIn = (): Promise<void> =>
  world.tokens.login(token, {
    pin: pinOf('123456'),
    acceptFinalTry: false,
    hold: { seconds: 600, uses: 100 },
  });

async function makeKey(): Promise<{
  key: TokenKeyReference;
  made: FoundKey;
  certificate: Buffer;
}> {
  const id = randomBytes(20).toString('hex');
  const made = await world.tokens.generateKeyPair(token, { type: 'P-256', id, label: 'mine' });
  const spki = made.publicSpki;
  const certificate = derOf(await intermediate.issue({ spki, subject: 'CN=Maren Holt, O=Ægir' }));
  return { key: { token, id }, made, certificate };
}

interface Written {
  readonly id: string;
  readonly label: string;
  readonly value: Buffer;
  readonly attributes: readonly Buffer[];
}

/** As another program sees them, without a PIN. */
function certificatesOn(token: SoftHsm): readonly Written[] {
  using module = new LoadedModule(token.modulePath, token.env);
  const session = module.open();
  const template = [{ type: pkcs11js.CKA_CLASS, value: pkcs11js.CKO_CERTIFICATE }];
  return module.find(session, template).map((handle) => {
    const types = ['CKA_ID', 'CKA_LABEL', 'CKA_VALUE'] as const;
    const names = ['CKA_SUBJECT', 'CKA_ISSUER', 'CKA_SERIAL_NUMBER'] as const;
    const read = [...types, ...names].map((name) => ({ type: pkcs11js[name] }));
    const [id, label, value, ...attributes] = module.pkcs11
      .C_GetAttributeValue(session, handle, read)
      .map((each) => each.value);
    return {
      id: id?.toString('hex') ?? '',
      label: label?.toString() ?? '',
      value: value ?? Buffer.of(),
      attributes,
    };
  });
}

it('writes certificate and chain beside the key once, and takes away what nobody needs', async () => {
  await logIn();
  const [first, second] = [await makeKey(), await makeKey()];
  const chain = [derOf(intermediate.certificate)];
  const write = ({ key, certificate }: typeof first) =>
    world.tokens.writeCertificates(key, { label: 'Maren Holt', certificate, chain });
  await write(first);
  await write(first);
  await write(second);
  const written = certificatesOn(hsm);
  expect(written).toHaveLength(3);
  expect(written.find(({ id }) => id === first.key.id)).toMatchObject({
    label: 'Maren Holt',
    value: first.certificate,
  });
  const issuer = written.find(({ value }) => value.equals(chain[0] ?? Buffer.of()));
  expect(issuer).toMatchObject({ label: 'Test Intermediate', id: keyIdentifierIn(chain[0]) });
  for (const { value, attributes } of written) {
    // Names and number are those in the certificate, octet by octet.
    for (const attribute of attributes) expect(value.includes(attribute)).toBe(true);
  }
  await expect
    .poll(() => world.tokens.modules[0]?.readers[0]?.token?.certificates)
    .toContainEqual({
      keyId: first.key.id,
      label: 'Maren Holt',
      subject: 'CN=Maren Holt, O=Ægir',
      issuer: 'CN=Test Intermediate',
      notBefore: expect.any(String) as string,
      notAfter: new X509Certificate(first.certificate).validToDate.toISOString(),
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      isSelfSigned: false,
    });

  await world.tokens.removeCertificates(first.key, [first.certificate, ...chain]);
  expect(certificatesOn(hsm)).toHaveLength(2);
  expect(await world.tokens.findKey(first.key)).toEqual(first.made);
  await world.tokens.removeCertificates(first.key, [first.certificate, ...chain]);
  await world.tokens.remove(first.key, chain);
  expect(certificatesOn(hsm)).toHaveLength(2);
  await world.tokens.remove(second.key, chain);
  expect(certificatesOn(hsm)).toEqual([]);
  expect(await world.tokens.findKey(second.key)).toBe(null);
});

it('writes no certificate of another key, and nothing that is none', async () => {
  await logIn();
  const [first, second] = [await makeKey(), await makeKey()];
  const write = (certificate: Uint8Array, chain: readonly Uint8Array[] = []) =>
    world.tokens.writeCertificates(first.key, { label: 'x', certificate, chain });
  await expect(write(second.certificate)).rejects.toMatchObject({ reason: 'key-mismatch' });
  await expect(write(randomBytes(200))).rejects.toMatchObject({ reason: 'malformed' });
  await expect(write(first.certificate, [randomBytes(200)])).rejects.toMatchObject({
    reason: 'malformed',
  });
  expect(certificatesOn(hsm)).toEqual([]);
  await world.tokens.remove(first.key);
  await world.tokens.remove(second.key);
});

it('goes on where it was when the card is pulled out while writing', async () => {
  await logIn();
  const { key, certificate } = await makeKey();
  const chain = [derOf(intermediate.certificate)];
  const write = () => world.tokens.writeCertificates(key, { label: 'x', certificate, chain });
  shim.when('C_CreateObject', { call: 1, moment: 'after', then: 'remove' });
  await expect(write()).rejects.toMatchObject({ reason: 'removed', facts: { token: 'work' } });
  shim.insert();
  await expect.poll(() => world.tokens.tokenIdOf(token)).not.toBe(null);
  await expect(write()).rejects.toMatchObject({ reason: 'pin-needed' });
  await logIn();
  shim.full();
  await expect(write()).rejects.toMatchObject({ reason: 'full' });
  shim.full(false);
  await write();
  expect(certificatesOn(hsm)).toHaveLength(2);
  await world.tokens.remove(key, chain);
  expect(certificatesOn(hsm)).toEqual([]);
});

it('leaves the issuers of a key that it did not write', async () => {
  await logIn();
  const { key, certificate } = await makeKey();
  const [theirs, ours] = [derOf(root.certificate), derOf(intermediate.certificate)];
  const written = { label: 'x', certificate, chain: [ours, theirs] };
  await world.tokens.writeCertificates(key, written);
  await world.tokens.remove(key, [ours]);
  expect(certificatesOn(hsm).map(({ value }) => value)).toEqual([theirs]);
  await logIn();
  const other = await makeKey();
  await world.tokens.writeCertificates(other.key, {
    ...{ label: 'x', certificate: other.certificate, chain: [ours] },
  });
  await world.tokens.remove(other.key);
  expect(certificatesOn(hsm)).toHaveLength(2);
});

/** RFC 5280 §4.2.1.2 (1), counted from the end of what Node exports. */
function keyIdentifierIn(certificate: Uint8Array = Buffer.of()): string {
  const spki = new X509Certificate(certificate).publicKey.export({ format: 'der', type: 'spki' });
  return createHash('sha1').update(spki.subarray(-65)).digest('hex');
}
