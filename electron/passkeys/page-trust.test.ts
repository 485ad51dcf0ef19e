import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { expect, it } from 'vitest';
import { TestAuthority, type LeafDetails } from '../testing/test-authority.ts';
import { isVouchedFor, type ShownCertificate } from './page-trust.ts';

const host = 'ca.example';
const now = new Date();
const day = 86_400_000;

const shown = (...chain: readonly string[]): ShownCertificate => {
  const [data = '', ...others] = chain;
  return { data, ...(others.length > 0 && { issuerCert: shown(...others) }) };
};

async function leafBy(authority: TestAuthority, details: Partial<LeafDetails> = {}) {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const spki = createPublicKey(publicKey.export({ type: 'spki', format: 'pem' })).export({
    ...{ type: 'spki', format: 'der' },
  });
  const names = [{ type: 'dns', value: host }] as const;
  const usages = ['1.3.6.1.5.5.7.3.1'];
  return authority.issue({ spki, names, extendedKeyUsages: usages, ...details });
}

const judge = (certificate: ShownCertificate, roots: readonly string[], hostname = host) =>
  isVouchedFor({ hostname, certificate }, { host, roots, now });

it('is what a root of the organisation says, with the root shown or not', async () => {
  const root = await TestAuthority.root();
  const leaf = await leafBy(root);
  expect(judge(shown(leaf), [root.certificate])).toBe(true);
  expect(judge(shown(leaf, root.certificate), [root.certificate])).toBe(true);
  // As some versions of Chromium show a root: issued by itself.
  const self: { data: string; issuerCert?: ShownCertificate } = { data: root.certificate };
  self.issuerCert = self;
  expect(judge({ data: leaf, issuerCert: self }, [root.certificate])).toBe(true);
});

it('is not what anybody else says', async () => {
  const root = await TestAuthority.root();
  const namesake = await TestAuthority.root();
  const leaf = await leafBy(namesake);
  expect(judge(shown(leaf, namesake.certificate), [root.certificate])).toBe(false);
  expect(judge(shown(leaf, root.certificate), [root.certificate])).toBe(false);
  expect(judge(shown(leaf, namesake.certificate), [])).toBe(false);
});

it.each<[string, Partial<LeafDetails>]>([
  ['another name', { names: [{ type: 'dns', value: 'evil.example' }] }],
  ['its name in the subject only', { names: [], subject: 'CN=ca.example' }],
  ['a purpose that is not a server', { extendedKeyUsages: ['1.3.6.1.5.5.7.3.2'] }],
  ['its time over', { notBefore: new Date(+now - 9 * day), notAfter: new Date(+now - day) }],
  ['its time to come', { notBefore: new Date(+now + day), notAfter: new Date(+now + 9 * day) }],
])('is not what a certificate says with %s', async (_what, details) => {
  const root = await TestAuthority.root();
  expect(judge(shown(await leafBy(root, details)), [root.certificate])).toBe(false);
});

it('is not asked about other hosts, nor by what is no certificate', async () => {
  const root = await TestAuthority.root();
  const leaf = await leafBy(root);
  expect(judge(shown(leaf), [root.certificate], 'evil.example')).toBe(false);
  for (const data of [
    '',
    'nonsense',
    '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
  ])
    expect(judge(shown(data), [root.certificate])).toBe(false);
});
