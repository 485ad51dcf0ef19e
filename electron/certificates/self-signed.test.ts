import { createHash, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { TestAuthority } from '../testing/test-authority.ts';
import { fingerprintOf, isSelfSigned } from './self-signed.ts';

const keyPair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const parsed = async (pem: string | Promise<string>) => new X509Certificate(await pem);

describe('a certificate that its own key has signed', () => {
  it.each([
    ['ECDSA', keyPair()],
    ['RSA', generateKeyPairSync('rsa', { modulusLength: 2048 })],
  ])('is told from others by its signature (%s)', async (_name, { privateKey, publicKey }) => {
    const subject = 'CN=Key';
    const authority = await TestAuthority.ofKey(subject, privateKey);
    const spki = publicKey.export({ format: 'der', type: 'spki' });
    // Its key must not sign certificates, and has signed this one all the same.
    expect(isSelfSigned(await parsed(authority.issue({ subject, spki })))).toBe(true);
    expect(isSelfSigned(await parsed(authority.certificate))).toBe(true);
  });

  it('is none that names itself as its issuer, and that somebody else has signed', async () => {
    const subject = 'CN=Employer';
    const authority = await TestAuthority.root({ name: 'Employer' });
    const spki = keyPair().publicKey.export({ format: 'der', type: 'spki' });
    expect(isSelfSigned(await parsed(authority.issue({ subject, spki })))).toBe(false);
  });

  it('is known by the SHA-256 of the whole', async () => {
    const certificate = await parsed((await TestAuthority.root()).certificate);
    const expected = createHash('sha256').update(certificate.raw).digest('hex');
    expect(fingerprintOf(certificate)).toBe(expected);
  });
});
