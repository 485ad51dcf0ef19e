import { generateKeyPairSync, verify, X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { derOf } from '../../certificates/pem.ts';
import { readStructure } from '../../certificates/certificate-structure.ts';
import { encodingOf } from '../../certificates/der-reader.ts';
import { signingCertificate, type Candidate } from '../../credentials/candidate.ts';
import { KeyObjectSigner } from '../../keys/key-object-signer.ts';
import type { Signer } from '../../keys/signer.ts';
import {
  accountThumbprint,
  asked,
  caOrigin,
  proofRooms,
  soundToken,
} from '../../testing/proof-rooms.ts';
import { TestAuthority, type LeafDetails } from '../../testing/test-authority.ts';
import { cert01 } from './cert-01.ts';

const { signal } = new AbortController();

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new TypeError('this is no text');
}

let root: TestAuthority;
let intermediate: TestAuthority;
beforeAll(async () => {
  root = await TestAuthority.root();
  intermediate = await root.intermediate({ name: 'People' });
});

/** Counts what it signs. */
class WatchedSigner implements Signer {
  signed = 0;
  readonly #inner: Signer;

  constructor(inner: Signer) {
    this.#inner = inner;
  }

  get algorithm() {
    return this.#inner.algorithm;
  }

  get publicJwk() {
    return this.#inner.publicJwk;
  }

  get publicSpki() {
    return this.#inner.publicSpki;
  }

  sign(data: Uint8Array): Promise<Uint8Array> {
    this.signed += 1;
    return this.#inner.sign(data);
  }
}

interface Holder {
  readonly candidate: Candidate;
  readonly signer: WatchedSigner;
}

async function holder(details: Partial<LeafDetails> = {}, kind: 'ec' | 'rsa' = 'ec') {
  const { privateKey } =
    kind === 'ec'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: 2048 });
  const signer = new WatchedSigner(new KeyObjectSigner(privateKey));
  const pem = await intermediate.issue({
    ...{ spki: signer.publicSpki, extendedKeyUsages: ['1.3.6.1.5.5.7.3.2'] },
    ...details,
  });
  const certificate = signingCertificate([derOf(pem), derOf(intermediate.certificate)]);
  const view = { ...certificate.described, place: 'software' } as const;
  const candidate: Candidate = { ...certificate, view, key: { in: 'ring', keyId: 'k' } };
  return { candidate, signer } satisfies Holder;
}

const roomsOf = (holders: readonly Holder[], more: Parameters<typeof proofRooms>[0] = {}) =>
  proofRooms({
    candidates: holders.map(({ candidate }) => candidate),
    signers: Object.fromEntries(
      holders.map(({ candidate, signer }) => [candidate.view.candidateId, signer]),
    ),
    ...more,
  });

const subjectOf = (pem: string): string =>
  Buffer.from(encodingOf(readStructure(derOf(pem)).subject)).toString('base64url');

function offered(holders: readonly Holder[], members = {}, more = {}): readonly string[] {
  const shown = cert01.show(asked({ type: 'cert-01', ...members }), roomsOf(holders, more));
  if (shown?.kind !== 'certificate') throw new Error(`it is ${shown?.kind ?? 'nothing'}`);
  return shown.candidates.map(({ candidateId }) => candidateId);
}

const respond = ({ candidate, signer }: Holder, members = {}, more = {}) =>
  cert01.respond(
    asked({ type: 'cert-01', ...members }),
    { by: 'certificate', candidateId: candidate.view.candidateId },
    { rooms: roomsOf([{ candidate, signer }], more), signal },
  );

describe('the signature', () => {
  it.each(['ec', 'rsa'] as const)('of an %s key says one thing in one shape', async (kind) => {
    const one = await holder({}, kind);
    const { sig } = (await respond(one)) ?? {};
    const [header = '', payload = '', signature = ''] = textOf(sig).split('.');
    const text = (part: string) => Buffer.from(part, 'base64url').toString();
    expect(JSON.parse(text(header))).toStrictEqual({
      alg: kind === 'ec' ? 'ES256' : 'RS256',
      typ: 'acme-cert-01+jws',
      x5c: one.candidate.chain.map((der) => der.toString('base64')),
      url: `${caOrigin}/challenge/1`,
    });
    expect(text(payload)).toBe(`${soundToken}.${accountThumbprint}`);
    const { publicKey } = new X509Certificate(one.candidate.chain[0] ?? '');
    const key = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const;
    const octets = Buffer.from(signature, 'base64url');
    expect(verify('sha256', Buffer.from(`${header}.${payload}`), key, octets)).toBe(true);
  });

  it('has the chain without its root', async () => {
    const one = await holder();
    expect(one.candidate.chain).toHaveLength(2);
    const { sig } = (await respond(one)) ?? {};
    const header = Buffer.from(textOf(sig).split('.')[0] ?? '', 'base64url').toString();
    expect(header).not.toContain(derOf(root.certificate).toString('base64'));
  });

  it('is for the URL of the challenge itself, whatever else the CA names', async () => {
    const strange = { target: 'https://bank.example/', jku: 'https://evil.example/', aud: 'x' };
    const { sig } = (await respond(await holder(), strange)) ?? {};
    const header = Buffer.from(textOf(sig).split('.')[0] ?? '', 'base64url').toString();
    expect(header).not.toMatch(/bank|evil/);
  });
});

describe('a token that is no random value', () => {
  const hostile = [
    ...['Some challenge to digitally sign', 'short', '123456', `${'a'.repeat(30)}=`],
    ...[`${'a'.repeat(30)}\n`, 'a'.repeat(256), `${'a'.repeat(30)}.x`, `${'a'.repeat(30)}é`],
    'GET / HTTP/1.1\r\nHost: bank.example',
    '\u0000'.repeat(32),
  ];

  it.each(hostile)('is never signed: %j', async (token) => {
    const one = await holder();
    expect(cert01.show(asked({ type: 'cert-01', token }), roomsOf([one]))).toEqual({
      ...{ kind: 'unsupported', because: 'token' },
    });
    await expect(respond(one, { token })).rejects.toThrow();
    expect(one.signer.signed).toBe(0);
  });

  it('is never signed, whatever it is', async () => {
    const one = await holder();
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.constant(undefined)),
        async (token) => {
          const before = one.signer.signed;
          const isSound = token !== undefined && /^[A-Za-z0-9_-]{22,255}$/.test(token);
          const answer = await respond(one, { token }).catch(() => undefined);
          expect(answer !== undefined).toBe(isSound);
          expect(one.signer.signed - before).toBe(isSound ? 1 : 0);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('certificates that are offered', () => {
  const day = 86_400_000;

  it('are of the issuers that the CA wants, by any member of the chain', async () => {
    const one = await holder();
    expect(offered([one])).toHaveLength(1);
    expect(offered([one], { issuers: [] })).toHaveLength(1);
    expect(offered([one], { issuers: [subjectOf(intermediate.certificate)] })).toHaveLength(1);
    expect(offered([one], { issuers: [subjectOf(root.certificate)] })).toHaveLength(1);
    const other = await TestAuthority.root({ name: 'Other' });
    expect(offered([one], { issuers: [subjectOf(other.certificate)] })).toEqual([]);
  });

  it('are none where the issuers are nothing that can be read', async () => {
    const one = await holder();
    const garbage = ['AAAA', 'MP____8', Buffer.alloc(8_000, 0x30).toString('base64url')];
    const shown = cert01.show(asked({ type: 'cert-01', issuers: garbage }), roomsOf([one]));
    expect(shown).toMatchObject({ kind: 'certificate', candidates: [], issuers: [] });
    await expect(respond(one, { issuers: garbage })).rejects.toMatchObject({
      failure: { code: 'candidate', reason: 'not-wanted' },
    });
  });

  it('are named with their issuers, without what would steer the text', async () => {
    const tricky = await TestAuthority.root({ name: 'Tr\u202eick' });
    const shown = cert01.show(
      asked({
        type: 'cert-01',
        issuers: [subjectOf(root.certificate), subjectOf(tricky.certificate)],
      }),
      roomsOf([]),
    );
    expect(shown).toMatchObject({ issuers: ['CN=Test Root'] });
  });

  it('sign by an algorithm that the CA takes', async () => {
    const [ec, rsa] = [await holder(), await holder({}, 'rsa')];
    expect(offered([ec, rsa], { algs: ['RS256', 'PS256'] })).toEqual([
      rsa.candidate.view.candidateId,
    ]);
    expect(offered([ec, rsa], { algs: ['PS256'] })).toEqual([]);
    await expect(respond(ec, { algs: ['RS256'] })).rejects.toMatchObject({
      failure: { code: 'candidate', reason: 'algorithm' },
    });
  });

  it('are valid now, and until the order lapses', async () => {
    const now = new Date();
    const in10 = new Date(now.getTime() + 10 * day);
    const late = await holder({ notBefore: new Date(now.getTime() + day), notAfter: in10 });
    const old = await holder({ notAfter: new Date(now.getTime() - 1_000) });
    const brief = await holder({ notAfter: new Date(now.getTime() + day) });
    expect(offered([late, old])).toEqual([]);
    expect(offered([brief], {}, { expires: in10 })).toEqual([]);
    expect(offered([brief])).toHaveLength(1);
    const reasonOf = (one: Holder, more = {}) =>
      respond(one, {}, more).catch((error: unknown) => error);
    const reason = (code: string) => ({ failure: { code: 'candidate', reason: code } });
    expect(await reasonOf(late)).toMatchObject(reason('not-yet-valid'));
    expect(await reasonOf(old)).toMatchObject(reason('expired'));
    expect(await reasonOf(brief, { expires: in10 })).toMatchObject(reason('expired'));
  });

  it('are made for signing', async () => {
    const ca = await holder({ authority: true });
    expect(offered([ca])).toEqual([]);
  });

  it('are not of the key of the account', async () => {
    const one = await holder();
    const rooms = { accountThumbprint: one.candidate.thumbprint };
    expect(offered([one], {}, rooms)).toEqual([]);
    await expect(respond(one, {}, rooms)).rejects.toMatchObject({
      failure: { code: 'candidate', reason: 'not-wanted' },
    });
    expect(one.signer.signed).toBe(0);
  });

  it('come with those first that can sign now, in hardware', async () => {
    const [soft, card, locked] = [await holder(), await holder(), await holder()];
    const at = (one: Holder, view: Partial<Candidate['view']>): Holder => ({
      ...one,
      candidate: { ...one.candidate, view: { ...one.candidate.view, ...view } },
    });
    const holders = [
      at(locked, { place: 'token', hindrance: 'pin-locked' }),
      soft,
      at(card, { place: 'token' }),
    ];
    expect(offered(holders)).toEqual(
      [card, soft, locked].map(({ candidate }) => candidate.view.candidateId),
    );
  });

  it('are chosen by their fingerprint, and what is gone is gone', async () => {
    const one = await holder();
    await expect(
      cert01.respond(
        asked({ type: 'cert-01' }),
        { by: 'certificate', candidateId: one.candidate.view.candidateId },
        { rooms: roomsOf([]), signal },
      ),
    ).rejects.toMatchObject({ failure: { code: 'candidate', reason: 'gone' } });
  });
});
