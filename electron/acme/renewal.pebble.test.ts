import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { derOf } from '../certificates/pem.ts';
import { newSigner } from '../testing/local-ca.ts';
import { startPebble, type Pebble } from '../testing/pebble.ts';
import { RecordedHttp, type SentJws } from '../testing/recorded-http.ts';
import { AcmeClient } from './client.ts';
import type { DomainProof } from './domain-proof.ts';
import { obtainCertificate, type ObtainedCertificate } from './obtain-certificate.ts';

const names = ['one.example', 'two.example'];
const identifiers = names.map((value) => ({ type: 'dns', value }));
const badNonce = 'urn:ietf:params:acme:error:badNonce';

const leafOf = ({ chain }: ObtainedCertificate): X509Certificate =>
  new X509Certificate(chain[0] ?? '');

/** What the server said it refused a request for. */
function refusalOf({ request }: SentJws): string | undefined {
  const { status, body } = request.response;
  if (status < 400) return undefined;
  return (JSON.parse(Buffer.from(body).toString()) as { type?: string }).type;
}

describe.each([
  { reuse: '100', when: 'that reuses authorizations', provenTwice: false },
  { reuse: '0', when: 'that reuses no authorization', provenTwice: true },
])('at Pebble $when and refuses nonces', ({ reuse, provenTwice }) => {
  let pebble: Pebble;
  let http: RecordedHttp;
  let client: AcmeClient;
  let prepared: string[];

  beforeAll(async () => {
    // The client takes three refusals for one request: at one in twenty, four in a row are next to impossible.
    const environment = { PEBBLE_AUTHZREUSE: reuse, PEBBLE_WFE_NONCEREJECT: '5' };
    pebble = await startPebble({ environment });
  });
  afterAll(() => pebble.stop());

  beforeEach(async () => {
    prepared = [];
    http = new RecordedHttp(pebble.http);
    const { directoryUrl } = pebble;
    client = await AcmeClient.connect({ http, directoryUrl, signer: newSigner() });
    await client.account.newAccount({ termsOfServiceAgreed: true });
  });

  const webServer: DomainProof = {
    type: 'http-01',
    suits: () => true,
    prepare: ({ identifier, challenge, keyAuthorization = '' }) => {
      const path = `/.well-known/acme-challenge/${challenge.token}`;
      prepared.push(identifier.value);
      pebble.pages.set(path, keyAuthorization);
      return Promise.resolve(() => {
        pebble.pages.delete(path);
        return Promise.resolve();
      });
    },
  };

  const obtain = async (replaces?: string): Promise<ObtainedCertificate> =>
    obtainCertificate(client, {
      identifiers,
      ...(replaces !== undefined && { replaces }),
      key: { signer: newSigner() },
      proofs: [webServer],
      roots: [await pebble.root()],
      report: (doing, error) => {
        throw new Error(doing, { cause: error });
      },
    });

  test('a certificate is obtained, renewed with another key, and the old one revoked', async () => {
    const old = await obtain();
    expect(prepared.toSorted()).toEqual(names);
    const renewed = await obtain(old.certificateIdentifier);
    expect(prepared.toSorted()).toEqual(provenTwice ? [...names, ...names].toSorted() : names);
    const [before, after] = [old, renewed].map(({ order }) => order.authorizations.toSorted());
    if (provenTwice) expect(after).not.toEqual(before);
    else expect(after).toEqual(before);

    const [oldLeaf, newLeaf] = [leafOf(old), leafOf(renewed)];
    expect(newLeaf.subjectAltName).toBe(oldLeaf.subjectAltName);
    expect(newLeaf.serialNumber).not.toBe(oldLeaf.serialNumber);
    expect(newLeaf.publicKey.equals(oldLeaf.publicKey)).toBe(false);

    expect(await pebble.certificateStatus(oldLeaf.serialNumber)).toBe('Valid');
    await client.certificates.revoke({
      certificate: derOf(old.chain[0] ?? ''),
      reason: 'superseded',
    });
    expect(await pebble.certificateStatus(oldLeaf.serialNumber)).toBe('Revoked');
    expect(await pebble.certificateStatus(newLeaf.serialNumber)).toBe('Valid');
  });

  test('certificates are renewed until nonces were refused, and each was tried again with the one that came along', async () => {
    const refused = () => http.posts.filter((post) => refusalOf(post) === badNonce);
    const serials = new Set<string>();
    // Each renewal sends five signed requests at least: sixty without one refusal have a chance of one in millions.
    for (let round = 0; round < 60 && (round < 2 || refused().length === 0); round += 1) {
      serials.add(leafOf(await obtain()).serialNumber);
    }
    expect(serials.size).toBeGreaterThanOrEqual(2);
    expect(refused().length).toBeGreaterThan(0);
    for (const { request } of refused()) {
      const nonce = request.response.headers.get('replay-nonce');
      const again = http.postsTo(request.url).filter(({ header }) => header['nonce'] === nonce);
      expect(again).toHaveLength(1);
    }
  });
});
