import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { issue } from './certificates.mjs';
import { jcs } from './jcs.mjs';
import { compact, flattened } from './jws.mjs';
import { base64url, digestOf, sha256 } from './octets.mjs';
import { assertion, passkeysOf } from './passkeys.mjs';

const robin = { name: 'Robin Example', email: 'robin@corp.example' };
const organization = 'Example Corp';
const requestUrl = 'https://ca.example/acme/approval/evOGpD-hFJRzLaVqzqyTWA';

/** docs/approvals.md, Section 2. */
export function documentsOf({ keys }) {
  const common = {
    ...{ version: 1, url: requestUrl, organization },
    identifiers: [{ type: 'dns', value: 'corp.example' }],
    usages: ['1.3.6.1.5.5.7.3.3'],
    rule: { approvals: 2, by: ['ppkp-01', 'cert-01'], hardware: true },
    ...{ requested: '2026-11-21T09:00:00Z', expires: '2026-12-01T00:00:00Z' },
  };
  const spki = keys.release.publicKey.export({ format: 'der', type: 'spki' });
  const order = {
    ...common,
    ...{ kind: 'order', order: 'https://ca.example/acme/order/1' },
    requester: keys['account-foreign'].thumbprint,
    requestedBy: { name: 'Sam Example', email: 'sam@corp.example' },
    ...{ profile: 'ev-code-signing', lifetime: 31_536_000, reason: 'Installer of release 4.2' },
    key: {
      ...{ spkiSha256: base64url(sha256(spki)), algorithm: 'P-256', place: 'token' },
      token: { manufacturer: 'Yubico', model: 'YubiKey 5C', serial: '24680' },
      ...{ neverExtractable: true, local: true },
    },
  };
  const standing = {
    ...common,
    ...{ kind: 'standing', requestedBy: { service: 'build' }, proposedBy: robin },
    ...{ profile: 'one-time-code-signing', lifetime: 900, count: 10 },
    ...{ until: '2026-12-24T00:00:00Z', reason: 'Nightly builds until Christmas' },
  };
  const texts = {
    ...order,
    organization: 'Müller & Söhne "Werkzeuge" GmbH',
    requestedBy: { name: 'Zoë \\ Ångström 🔏', email: 'zoe@corp.example' },
    reason: 'Für 4.2/β, „bald“: €\u00a0100',
    key: { ...order.key, place: 'software', token: undefined },
  };
  return { order, standing, texts: JSON.parse(JSON.stringify(texts)) };
}

/** KA′: Section 4. */
export const approvalAuthorization = ({ token, keys }, document) =>
  `${token}.${digestOf(jcs(document))}.${keys.account.thumbprint}`;

export const cert01Url = (world) => world.challengeUrl(21);
export const ppkp01Url = (world) => world.challengeUrl(22);

/** Whose names stand in no other certificate of the CA. */
export async function makeApprovalCertificates({ keys }, { authorities }) {
  const issuer = authorities['people-ca'];
  const made = (name, subject, extensions = []) =>
    issue(name, {
      ...{ subject, key: keys.approvals, issuer },
      validity: {
        notBefore: new Date('2026-01-01T00:00:00Z'),
        notAfter: new Date('2036-01-01T00:00:00Z'),
      },
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension(['1.3.6.1.5.5.7.3.36'], true),
        ...extensions,
      ],
    });
  return {
    approvals: await made('approvals', 'CN=Local CA Approvals'),
    documents: await made('documents', 'CN=corp.example'),
    ordered: await made('ordered', 'CN=Local CA Approvals', [
      new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: 'corp.example' }]),
    ]),
    chain: [issuer.der, authorities.root.der],
  };
}

/** What of an assertion a receipt has. */
const assertionOf = (passkey, keyAuthorization, changes = {}) =>
  assertion(
    passkey,
    {
      ...{ challenge: digestOf(keyAuthorization), origin: 'https://ca.example' },
      rpId: 'ca.example',
    },
    changes,
  );

const spkiOf = ({ publicKey }) => base64url(publicKey.export({ format: 'der', type: 'spki' }));

/** Section 6: what was signed, by each kind of evidence. */
export function evidenceOf(world, certificates, document, changes = {}) {
  const { keys } = world;
  const { keyAuthorization = approvalAuthorization(world, document) } = changes;
  const passkey = (name) => passkeysOf(keys).find(({ key }) => key.name === name);
  const byPasskey = (name) => {
    const { response } = assertionOf(passkey(name), keyAuthorization, changes.assertion);
    const { clientDataJSON, authenticatorData, signature } = response.credential.response;
    return {
      ...{ type: 'passkey', keyAuthorization, publicKey: spkiOf(keys[name]) },
      ...{ authenticatorData, clientDataJSON, signature },
    };
  };
  const byKey = (name) => ({
    ...{ type: 'key', keyAuthorization, publicKey: spkiOf(keys[name]) },
    sig: keyProof(world, name, keyAuthorization).response.sig,
  });
  const byCertificate = (name) => ({
    ...{ type: 'certificate', keyAuthorization },
    sig: certificateProof(world, certificates, name, keyAuthorization).response.sig,
  });
  const byAccount = (reason) => {
    const payload = { decline: { digest: digestOf(jcs(document)), reason } };
    const { accountUrl: kid, nonce } = world;
    const header = { alg: 'ES256', kid, nonce, url: document.url };
    const { account } = keys;
    const jws = flattened(account, header, changes.payload ?? payload);
    return { type: 'account', publicKey: spkiOf(account), ...jws };
  };
  return { byPasskey, byKey, byCertificate, byAccount };
}

export function keyProof(world, name, keyAuthorization, changes = {}) {
  const key = world.keys[name];
  const { algorithm: alg, jwk } = key;
  const header = { ...{ alg, typ: 'acme-ppkp-01+jws', jwk, url: ppkp01Url(world) }, ...changes };
  return compact(key, header, keyAuthorization);
}

export function certificateProof(world, { authorities, leaves }, name, keyAuthorization) {
  const { key, der } = leaves[name];
  const x5c = [der, authorities['people-ca'].der].map((each) => each.toString('base64'));
  const header = { alg: key.algorithm, typ: 'acme-cert-01+jws', x5c, url: cert01Url(world) };
  return compact(key, header, keyAuthorization);
}
