import { createHash, createPublicKey, verify } from 'node:crypto';
import { verifyAuthenticationResponse } from '@simplewebauthn/server';
import {
  calculateJwkThumbprint,
  compactVerify,
  decodeProtectedHeader,
  flattenedVerify,
} from 'jose';
import { describe, expect, it } from 'vitest';
import { named, readVectors } from './read.mjs';

const { given, byId, good } = readVectors('approvals');
const digestOf = (text) => createHash('sha256').update(text).digest('base64url');
const spkiOf = (base64url) =>
  createPublicKey({ key: Buffer.from(base64url, 'base64url'), format: 'der', type: 'spki' });

/** Every name of a member, in the order in which they stand. */
const namesIn = (value) =>
  typeof value === 'object' && value !== null
    ? [
        ...(Array.isArray(value) ? [] : [Object.keys(value)]),
        ...Object.values(value).flatMap(namesIn),
      ]
    : [];

describe('a document', () => {
  const documents = good.filter(({ id }) => id.startsWith('document-'));

  it.each(named(documents))(
    '%s has a canonical form and what is made of it',
    (_id, { input, output }) => {
      const parsed = JSON.parse(output.jcs);
      expect(parsed).toEqual(input.document);
      // RFC 8785 §3.2.1, §3.2.3: no spaces, and members by their UTF-16 units.
      expect(JSON.stringify(parsed)).toBe(output.jcs);
      for (const names of namesIn(parsed)) expect(names).toEqual([...names].sort());
      expect(digestOf(output.jcs)).toBe(output.digest);
      expect(output.keyAuthorization).toBe(`${given.token}.${output.digest}.${given.thumbprint}`);
      expect(digestOf(output.keyAuthorization)).toBe(output.webauthnChallenge);
    },
  );
});

describe('a response', () => {
  it.each(['response-certificate', 'response-key'])('%s is over the document', async (id) => {
    const { input, output } = byId[id];
    const { sig } = output.response;
    const { alg, x5c, jwk, url } = decodeProtectedHeader(sig);
    const key =
      jwk === undefined
        ? createPublicKey({ key: certificateOf(x5c[0]), format: 'pem' })
        : createPublicKey({ key: jwk, format: 'jwk' });
    const { payload } = await compactVerify(sig, key, { algorithms: [alg] });
    expect(Buffer.from(payload).toString()).toBe(given.keyAuthorization);
    expect(url).toBe(given.urls[input.type]);
  });

  it('of a passkey is over its digest', async () => {
    const { output } = byId['response-passkey'];
    const [{ id, publicKey, signCount }] = given.passkeys;
    const { verified } = await verifyAuthenticationResponse({
      response: output.response.credential,
      expectedChallenge: digestOf(given.keyAuthorization),
      ...{ expectedOrigin: given.origin, expectedRPID: 'ca.example' },
      credential: { id, publicKey: Buffer.from(publicKey, 'base64url'), counter: signCount },
    });
    expect(verified).toBe(true);
  });
});

const certificateOf = (base64) =>
  `-----BEGIN CERTIFICATE-----\n${base64.match(/.{1,64}/g).join('\n')}\n-----END CERTIFICATE-----\n`;

describe('a receipt', () => {
  const receipts = good
    .filter(({ id }) => id.startsWith('receipt-'))
    .map((vector) => [vector.id, JSON.parse(vector.input.content), vector.input.content]);

  // CMS itself is for OpenSSL to judge, by the steps of docs/approvals.md.
  it.each(receipts)('%s says one thing throughout', async (_id, content, text) => {
    const { approval, digest, evidence, log, by } = content;
    expect(JSON.stringify(content)).toBe(text);
    expect(digestOf(JSON.stringify(approval))).toBe(digest);
    expect(log.data).toEqual({
      ...{ decision: content.decision, digest },
      evidence: digestOf(JSON.stringify(evidence)),
    });
    expect(log).toMatchObject({ request: approval.url, at: content.at, by: by.email });
    await provesIn[evidence.type](content);
  });
});

const boundTo = ({ digest, by }) => `${given.token}.${digest}.${by.account}`;

const provesIn = {
  passkey(content) {
    const { evidence } = content;
    expect(evidence.keyAuthorization).toBe(boundTo(content));
    const clientData = Buffer.from(evidence.clientDataJSON, 'base64url');
    expect(JSON.parse(clientData)).toMatchObject({ challenge: digestOf(boundTo(content)) });
    const data = Buffer.from(evidence.authenticatorData, 'base64url');
    const signed = Buffer.concat([data, createHash('sha256').update(clientData).digest()]);
    const key = spkiOf(evidence.publicKey);
    const hash = key.asymmetricKeyType === 'ed25519' ? null : 'sha256';
    const signature = Buffer.from(evidence.signature, 'base64url');
    expect(verify(hash, signed, key, signature)).toBe(true);
  },
  async key(content) {
    const { publicKey, sig, keyAuthorization } = content.evidence;
    expect(keyAuthorization).toBe(boundTo(content));
    const { payload } = await compactVerify(sig, spkiOf(publicKey));
    expect(Buffer.from(payload).toString()).toBe(keyAuthorization);
  },
  async certificate(content) {
    const { sig, keyAuthorization } = content.evidence;
    expect(keyAuthorization).toBe(boundTo(content));
    const key = createPublicKey(certificateOf(decodeProtectedHeader(sig).x5c[0]));
    const { payload } = await compactVerify(sig, key);
    expect(Buffer.from(payload).toString()).toBe(keyAuthorization);
  },
  async account(content) {
    const { publicKey, protected: header, payload: asked, signature } = content.evidence;
    const key = spkiOf(publicKey);
    const { payload } = await flattenedVerify(
      { protected: header, payload: asked, signature },
      key,
    );
    const { digest, reason } = content;
    expect(JSON.parse(Buffer.from(payload))).toEqual({ decline: { digest, reason } });
    expect(await calculateJwkThumbprint(key.export({ format: 'jwk' }))).toBe(content.by.account);
  },
};

describe('the log', () => {
  const { input, output } = byId.log;

  it('is a chain', () => {
    // Members stand in JCS order nowhere but under the digest.
    const sorted = (value) =>
      typeof value !== 'object' || value === null || Array.isArray(value)
        ? value
        : Object.fromEntries(
            Object.keys(value)
              .sort()
              .map((name) => [name, sorted(value[name])]),
          );
    const digests = input.entries.map((entry) => digestOf(JSON.stringify(sorted(entry))));
    expect(digests).toEqual(output.digests);
    const links = input.entries.map(({ sequence, previous }, index) =>
      digestOf(JSON.stringify({ digest: digests[index], previous, sequence })),
    );
    expect(input.entries.map(({ previous }) => previous)).toEqual(['', ...links.slice(0, -1)]);
    expect(input.entries.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5]);
  });

  it('has the entry of a receipt', () => {
    const { log } = JSON.parse(byId['receipt-passkey'].input.content);
    expect(input.entries[3]).toEqual(log);
  });
});
