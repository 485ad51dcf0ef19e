import { createHash, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { withPrivateDirectory } from '../install/private-directory.ts';
import { runTool } from '../install/run-tool.ts';
import { TestAuthority } from '../testing/test-authority.ts';
import { SmartCardReader } from '../testing/tokens/smart-card-reader.ts';
import { SoftHsm } from '../testing/tokens/soft-hsm.ts';
import { TokenWorld } from '../testing/tokens/token-world.ts';
import { PivCertificates, type PivTools } from './piv-certificate.ts';

const searchPath = process.env['PATH'] ?? '';

function toolsWith(env: Readonly<Record<string, string>>, path = searchPath): PivTools {
  return {
    run: ({ program, parameters, environment }) =>
      runTool({
        ...{ program, parameters, searchPath: path, home: '/nonexistent' },
        environment: { ...env, ...environment },
      }),
    withPrivateDirectory: (use) => withPrivateDirectory(tmpdir(), use),
  };
}

async function newCertificate(spki: Uint8Array): Promise<Buffer> {
  const authority = await TestAuthority.root({ name: 'Issuer' });
  const pem = await authority.issue({ subject: 'CN=Alex', spki: Buffer.from(spki) });
  return new X509Certificate(pem).raw;
}

const someSpki = (): Buffer =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({
    format: 'der',
    type: 'spki',
  });

async function cardIn(reader: SmartCardReader, world: TokenWorld) {
  await reader.insert();
  const token = await world.reference();
  const lock = await world.tokens.lockOf(token);
  const old = new X509Certificate(reader.card.certificate('9a') ?? '');
  const spki = old.publicKey.export({ format: 'der', type: 'spki' });
  return { key: { token, id: '01' }, lock, spki, certificate: await newCertificate(spki) };
}

it('writes a certificate to a PIV card that has its management key from the factory', async () => {
  await using reader = await SmartCardReader.start({ keys: { '9a': 'P-256' } });
  await using world = new TokenWorld({ modulePaths: [reader.modulePath], env: reader.env });
  const { key, lock, certificate } = await cardIn(reader, world);
  const piv = new PivCertificates(toolsWith(reader.env));
  expect(await piv.write(key, lock, { certificate })).toBe(true);
  expect(reader.card.certificate('9a')).toEqual(certificate);
  expect(await piv.write(key, lock, { certificate })).toBe(true);
});

it('takes away no certificate of somebody else’s but the one that was named', async () => {
  await using reader = await SmartCardReader.start({ keys: { '9a': 'P-256' }, isInUse: true });
  await using world = new TokenWorld({ modulePaths: [reader.modulePath], env: reader.env });
  const { key, lock, certificate, spki } = await cardIn(reader, world);
  const piv = new PivCertificates(toolsWith(reader.env));
  const before = reader.card.certificate('9a');
  const replaces = createHash('sha256')
    .update(before ?? '')
    .digest('hex');
  const detail = `CN=Card key 9A / CN=Card Factory / SHA-256 ${replaces}`;
  const refused = { reason: 'certificate-in-the-way', facts: { detail } };
  await expect(piv.write(key, lock, { certificate })).rejects.toMatchObject(refused);
  const another = { certificate, replaces: '00'.repeat(32) };
  await expect(piv.write(key, lock, another)).rejects.toMatchObject(refused);
  expect(reader.card.certificate('9a')).toEqual(before);

  // What the person agreed to is not there any more when it comes to writing.
  reader.card.writeCertificate('9a', await newCertificate(spki));
  await expect(piv.write(key, lock, { certificate, replaces })).rejects.toMatchObject({
    reason: 'certificate-in-the-way',
  });
  reader.card.writeCertificate('9a', before ?? Buffer.of());
  expect(await piv.write(key, lock, { certificate, replaces })).toBe(true);
  expect(reader.card.certificate('9a')).toEqual(certificate);
});

it('writes nothing to another card in the same reader, and nothing for another key', async () => {
  await using reader = await SmartCardReader.start({ keys: { '9a': 'P-256' } });
  await using world = new TokenWorld({ modulePaths: [reader.modulePath], env: reader.env });
  const { key, lock, certificate } = await cardIn(reader, world);
  const piv = new PivCertificates(toolsWith(reader.env));
  const before = reader.card.certificate('9a');
  const other = { ...key, token: { ...key.token, serial: '0123456789abcdef' } };
  await expect(piv.write(other, lock, { certificate })).rejects.toMatchObject({
    ...{ reason: 'removed', facts: { detail: 'another card' } },
  });
  const misfit = await newCertificate(someSpki());
  await expect(piv.write(key, lock, { certificate: misfit })).rejects.toMatchObject({
    reason: 'key-mismatch',
  });
  expect(reader.card.certificate('9a')).toEqual(before);
});

it('says plainly that a card whose management key was changed takes no certificate', async () => {
  const managementKey = { algorithm: 0x03, value: 'a1'.repeat(24) };
  await using reader = await SmartCardReader.start({ keys: { '9a': 'P-256' }, managementKey });
  await using world = new TokenWorld({ modulePaths: [reader.modulePath], env: reader.env });
  const { key, lock, certificate } = await cardIn(reader, world);
  const before = reader.card.certificate('9a');
  await expect(
    new PivCertificates(toolsWith(reader.env)).write(key, lock, { certificate }),
  ).rejects.toMatchObject({ reason: 'refused', facts: { detail: 'PIV management key' } });
  expect(reader.card.certificate('9a')).toEqual(before);
});

it('says which program is missing, and leaves other keys and tokens to others', async () => {
  await using hsm = await SoftHsm.create('work');
  await using world = new TokenWorld({ modulePaths: [hsm.modulePath], env: hsm.env });
  const token = await world.reference();
  const lock = await world.tokens.lockOf(token);
  const piv = new PivCertificates(toolsWith({}, '/nonexistent'));
  const certificate = await newCertificate(someSpki());
  expect(await piv.write({ token, id: '01' }, lock, { certificate })).toBe(false);
  const card = { ...token, manufacturer: 'piv_II', model: 'PKCS#15 emulated' };
  const byOpenSc = { ...lock, moduleName: 'OpenSC smartcard framework' };
  expect(await piv.write({ token: card, id: 'ab' }, byOpenSc, { certificate })).toBe(false);
  await expect(
    piv.write({ token: card, id: '01' }, byOpenSc, { certificate }),
  ).rejects.toMatchObject({ reason: 'not-supported', facts: { detail: 'pkcs15-tool' } });
});
