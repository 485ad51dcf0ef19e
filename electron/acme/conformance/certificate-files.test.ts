import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { errorOf } from '../../testing/applicant.ts';
import { ScriptedAcme } from '../../testing/scripted-acme.ts';
import { TestAuthority } from '../../testing/test-authority.ts';

let acme: ScriptedAcme;
let certificate: string;
beforeAll(async () => {
  acme = await ScriptedAcme.create();
  certificate = (await TestAuthority.root()).certificate.trim();
});
afterEach(() => acme.close());

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pkcs8 = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString().trim();
const sec1 = privateKey.export({ format: 'pem', type: 'sec1' }).toString().trim();

async function download(body: string) {
  const client = await acme.connect(({ path }) =>
    path === '/certificate/1' ? { type: 'application/pem-certificate-chain', body } : undefined,
  );
  const url = client.accountUrl?.replace('/account/1', '/certificate/1') ?? '';
  return client.certificates.download(url);
}

describe('a certificate file (RFC 8555 §11.4)', () => {
  test('of two certificates is taken', async () => {
    expect((await download(`${certificate}\n${certificate}\n`)).chain).toHaveLength(2);
  });

  test.each<[string, () => string]>([
    ['a private key behind', () => `${certificate}\n${pkcs8}\n`],
    ['a private key in front', () => `${sec1}\n${certificate}\n`],
    ['a private key between', () => `${certificate}\n${pkcs8}\n${certificate}\n`],
    ['a certificate of another label', () => relabelled('TRUSTED CERTIFICATE')],
    ['a revocation list', () => `${certificate}\n${relabelled('X509 CRL')}\n`],
    ['half of another block', () => `${certificate}\n-----BEGIN PRIVATE KEY-----\n`],
    ['a block on the last line', () => `${certificate}-----BEGIN PRIVATE KEY-----`],
    ['a block within a block', () => within(certificate, pkcs8)],
  ])('with %s is refused whole', async (_title, file) => {
    expect(await errorOf(download(file()))).toMatchObject({ reason: 'certificate-malformed' });
  });
});

const relabelled = (label: string): string =>
  certificate
    .replace('BEGIN CERTIFICATE', `BEGIN ${label}`)
    .replace('END CERTIFICATE', `END ${label}`);

function within(outer: string, inner: string): string {
  const lines = outer.split('\n');
  return [...lines.slice(0, 2), inner, ...lines.slice(2)].join('\n');
}
