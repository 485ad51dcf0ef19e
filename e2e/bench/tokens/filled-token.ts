import { randomBytes, X509Certificate } from 'node:crypto';
import { SoftHsm } from '../../../electron/testing/tokens/soft-hsm.ts';
import { TestAuthority } from '../../../electron/testing/test-authority.ts';
import { BareToken } from './bare-token.ts';

/** A token with that many key pairs, each with a certificate of its own under the same CKA_ID. */
export async function filledToken(label: string, count: number): Promise<SoftHsm> {
  const hsm = await SoftHsm.create(label);
  const certificates = await manyCertificates(count);
  using bare = new BareToken(hsm, hsm.token.pin);
  for (const der of certificates) {
    const id = randomBytes(20);
    bare.makeP256(id);
    bare.writeCertificate(id, der);
  }
  return hsm;
}

async function manyCertificates(count: number): Promise<readonly Buffer[]> {
  const authority = await TestAuthority.root();
  const { publicKey } = await crypto.subtle.generateKey(
    { name: 'ECDSA', namedCurve: 'P-256' },
    true,
    ['sign', 'verify'],
  );
  const spki = new Uint8Array(await crypto.subtle.exportKey('spki', publicKey));
  const issued = Array.from({ length: count }, (_, at) =>
    authority.issue({ spki, subject: `CN=Person ${at}` }),
  );
  return (await Promise.all(issued)).map((pem) => new X509Certificate(pem).raw);
}
