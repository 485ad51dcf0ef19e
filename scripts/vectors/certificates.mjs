import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { base64url, sha256 } from './octets.mjs';

const rsa = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
const from = new Date('2026-01-01T00:00:00Z');
const until = new Date('2036-01-01T00:00:00Z');
const { digitalSignature, keyEncipherment, keyCertSign, cRLSign } = x509.KeyUsageFlags;
const { clientAuth, serverAuth } = x509.ExtendedKeyUsage;

/** What each leaf has that the good ones have not. */
const leaves = {
  'leaf-es256': {},
  'leaf-es384': {},
  'leaf-es512': {},
  'leaf-eddsa': {},
  'leaf-rsa': {},
  expired: { what: 'It has expired.', until: new Date('2026-11-01T00:00:00Z') },
  'not-yet-valid': { what: 'It is not valid yet.', from: new Date('2027-01-01T00:00:00Z') },
  revoked: { what: "It is on its issuer's revocation list." },
  'for-servers': { what: 'It is made for servers only.', purposes: [serverAuth] },
  'for-encryption': { what: 'Its key may not sign.', usages: keyEncipherment },
  'of-somebody-else': { what: "It has another person's address.", email: 'sam@example.test' },
  'of-account-key': { what: 'Its key is the account key.', key: 'account' },
  'of-stranger': { what: 'A CA that nobody trusts issued it.', issuer: 'stranger' },
};

/** @param {import('./world.mjs').World} world */
export async function makeCertificates({ keys, person }) {
  const authorities = await makeAuthorities(keys);
  const made = {};
  for (const [name, leaf] of Object.entries(leaves)) {
    const { key = keys[name] === undefined ? 'leaf-es256' : name, issuer = 'people-ca' } = leaf;
    const certificate = await issue(name, {
      ...{ subject: `CN=${person.name}`, key: keys[key], issuer: authorities[issuer] },
      validity: { notBefore: leaf.from ?? from, notAfter: leaf.until ?? until },
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(leaf.usages ?? digitalSignature, true),
        new x509.ExtendedKeyUsageExtension(leaf.purposes ?? [clientAuth]),
        new x509.SubjectAlternativeNameExtension([
          { type: 'email', value: leaf.email ?? person.email },
        ]),
      ],
    });
    const what = leaf.what ?? `Proves ${person.name}.`;
    made[name] = { what, key: keys[key], der: certificate, issuer };
  }
  return { authorities, leaves: made, lists: await makeLists(authorities, made.revoked.der) };
}

async function makeAuthorities(keys) {
  const validity = { notBefore: from, notAfter: until };
  const own = async (name, subject) => ({
    ...{ name, subject, key: keys[name] },
    der: await issue(name, {
      ...{ subject, key: keys[name], issuer: { subject, key: keys[name] }, validity },
      extensions: authority(undefined),
    }),
  });
  const root = await own('root', 'CN=Example Root, O=Example');
  const stranger = await own('stranger', 'CN=Example Stranger');
  const subject = 'CN=Example People CA, O=Example';
  const key = keys['people-ca'];
  const der = await issue('people-ca', {
    ...{ subject, key, issuer: root, validity, extensions: authority(0) },
  });
  return { root, stranger, 'people-ca': { name: 'people-ca', subject, key, der } };
}

const authority = (pathLength) => [
  new x509.BasicConstraintsExtension(true, pathLength, true),
  new x509.KeyUsagesExtension(keyCertSign | cRLSign, true),
];

/** PKCS #1 signatures have no chance in them: the same octets each time. */
export async function issue(name, { subject, key, issuer, validity, extensions }) {
  const publicKey = await importKey(key.publicKey, { format: 'spki' }, key.algorithm);
  const issuerKey = await importKey(issuer.key.publicKey, { format: 'spki' }, 'RS256');
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialOf(name),
    ...{ subject, issuer: issuer.subject, publicKey, ...validity },
    signingKey: await importKey(issuer.key.privateKey, { format: 'pkcs8' }, 'RS256'),
    signingAlgorithm: rsa,
    extensions: [
      ...extensions,
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuerKey),
    ],
  });
  return Buffer.from(certificate.rawData);
}

/** Of 16 octets, the first bit set: in DER a 00 comes before them, which RFC 9773 keeps. */
function serialOf(name) {
  const octets = sha256(`serial number: ${name}`).subarray(0, 16);
  octets[0] |= 0x80;
  return `00${octets.toString('hex')}`;
}

const webAlgorithms = {
  RS256: rsa,
  EdDSA: { name: 'Ed25519' },
  ES256: { name: 'ECDSA', namedCurve: 'P-256' },
  ES384: { name: 'ECDSA', namedCurve: 'P-384' },
  ES512: { name: 'ECDSA', namedCurve: 'P-521' },
};

function importKey(key, { format }, algorithm) {
  const der = key.export({ format: 'der', type: format });
  const usages = [format === 'spki' ? 'verify' : 'sign'];
  return webcrypto.subtle.importKey(format, der, webAlgorithms[algorithm], true, usages);
}

/** Current ones of both CAs of the path: what no list speaks of counts as revoked. */
async function makeLists({ root, 'people-ca': people }, revoked) {
  const { serialNumber } = new x509.X509Certificate(revoked);
  const entries = [{ serialNumber, revocationDate: new Date('2026-10-01T00:00:00Z') }];
  return { root: await listOf(root, []), 'people-ca': await listOf(people, entries) };
}

async function listOf({ subject, key }, entries) {
  const publicKey = await importKey(key.publicKey, { format: 'spki' }, 'RS256');
  const list = await x509.X509CrlGenerator.create({
    ...{ issuer: subject, thisUpdate: from, nextUpdate: until, entries },
    signingKey: await importKey(key.privateKey, { format: 'pkcs8' }, 'RS256'),
    signingAlgorithm: rsa,
    extensions: [
      await x509.AuthorityKeyIdentifierExtension.create(publicKey),
      new x509.Extension('2.5.29.20', false, Buffer.of(2, 1, 1)),
    ],
  });
  return Buffer.from(list.rawData);
}

/** RFC 9773 §4.1: the octets of the serial number as DER has them, which the library leaves the first 00 out of. */
export function certificateId(der) {
  const certificate = new x509.X509Certificate(der);
  const { keyId } = certificate.getExtension(x509.AuthorityKeyIdentifierExtension);
  const { serialNumber } = certificate;
  const isHigh = Number.parseInt(serialNumber.slice(0, 2), 16) >= 0x80;
  return [keyId, isHigh ? `00${serialNumber}` : serialNumber]
    .map((hex) => base64url(Buffer.from(hex, 'hex')))
    .join('.');
}

export const certificatesFile = ({ now }, { authorities, leaves: made, lists }) => ({
  about:
    'The certificates of cert-01.json. The anchor is `root`; chains in `x5c` are the leaf and `people-ca`.',
  section: '3',
  madeBy: ['@peculiar/x509'],
  verifiedBy: ['OpenSSL (openssl verify, with the revocation lists)'],
  given: { now, chain: ['people-ca'], anchor: 'root' },
  vectors: [
    ...Object.values(authorities).map(({ name, subject, der }) => ({
      ...{ id: name, what: `${subject}.`, input: { key: name } },
      output: {
        certificate: der.toString('base64'),
        ...(lists[name] && { revocationList: lists[name].toString('base64') }),
      },
    })),
    ...Object.entries(made).map(([id, { what, key, der, issuer }]) => ({
      ...{ id, what, input: { key: key.name, issuer } },
      output: { certificate: der.toString('base64') },
    })),
  ],
});
