import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { derOf } from '../certificates/pem.ts';
import { servePort80, startCaddy, type Caddy } from '../testing/caddy.ts';
import { newSigner } from '../testing/local-ca.ts';
import { AcmeClient } from './client.ts';
import type { DomainProof } from './domain-proof.ts';
import { obtainCertificate, type ObtainedCertificate } from './obtain-certificate.ts';

let caddy: Caddy;

beforeAll(async () => {
  caddy = await startCaddy();
});
afterAll(() => caddy.stop());

/** Answers http-01 on port 80 for as long as the proof is needed. */
const webServer = (prepared: string[]): DomainProof => ({
  type: 'http-01',
  suits: () => true,
  prepare: async ({ identifier, challenge, keyAuthorization = '' }) => {
    prepared.push(identifier.value);
    const path = `/.well-known/acme-challenge/${challenge.token}`;
    const server = await servePort80(new Map([[path, keyAuthorization]]));
    return () => new Promise((resolve) => server.close(() => resolve()));
  },
});

const leafOf = ({ chain }: ObtainedCertificate): X509Certificate =>
  new X509Certificate(chain[0] ?? '');

test('Caddy issues, renews with another key after another proof, and revokes the old certificate only', async () => {
  const { http, directoryUrl } = caddy;
  const client = await AcmeClient.connect({ http, directoryUrl, signer: newSigner() });
  await client.account.newAccount({ termsOfServiceAgreed: true });
  const prepared: string[] = [];
  const obtain = (replaces?: string): Promise<ObtainedCertificate> =>
    obtainCertificate(client, {
      identifiers: [{ type: 'dns', value: 'localhost' }],
      ...(replaces !== undefined && { replaces }),
      key: { signer: newSigner() },
      proofs: [webServer(prepared)],
      report: (doing, error) => {
        throw new Error(doing, { cause: error });
      },
    });

  const old = await obtain();
  const renewed = await obtain(old.certificateIdentifier);
  expect(prepared).toEqual(['localhost', 'localhost']);
  expect(renewed.order.authorizations).not.toEqual(old.order.authorizations);
  const [oldLeaf, newLeaf] = [leafOf(old), leafOf(renewed)];
  expect(newLeaf.subjectAltName).toBe(oldLeaf.subjectAltName);
  expect(newLeaf.serialNumber).not.toBe(oldLeaf.serialNumber);
  expect(newLeaf.publicKey.equals(oldLeaf.publicKey)).toBe(false);

  const revoke = ({ chain }: ObtainedCertificate): Promise<void> =>
    client.certificates.revoke({ certificate: derOf(chain[0] ?? ''), reason: 'superseded' });
  await revoke(old);
  await expect(revoke(old)).rejects.toMatchObject({ type: 'alreadyRevoked' });
  // Its own revocation is not refused: the predecessor's did not touch it.
  await revoke(renewed);
}, 300_000);
