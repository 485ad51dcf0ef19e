import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AcmeClient, bind, encode, newKeyPair } from '../testing/acme-client.ts';
import type { AcmeReply, Json } from '../testing/acme-client.ts';
import { connectBound, connectService, startTestCa } from '../testing/enrollment.ts';
import type { TestCa } from '../testing/enrollment.ts';

let ca: TestCa;
let newAccount: string;

beforeAll(async () => {
  ca = await startTestCa();
  const client = await AcmeClient.connect(ca);
  ({ newAccount } = client.directory);
  client.close();
});

afterAll(() => ca.stop());

const agreed = { termsOfServiceAgreed: true };

describe('newAccount', () => {
  it('creates an account that shows its binding and where its orders are', async () => {
    const client = await AcmeClient.connect(ca);
    const invitation = ca.people.invite({ for: { personId: ca.alex.id } });
    const externalAccountBinding = bind(invitation, client.keys.jwk, newAccount);
    const contact = ['mailto:alex@example.test'];
    const payload = { ...agreed, contact, externalAccountBinding, onlyReturnExisting: false, x: 1 };
    const reply = await client.post(newAccount, payload);
    expect(reply.status).toBe(201);
    expect(reply.location).toMatch(new RegExp(`^${ca.origin}/acme/account/[\\w-]{22}$`));
    expect(reply.body).toEqual({
      status: 'valid',
      contact,
      termsOfServiceAgreed: true,
      externalAccountBinding,
      orders: `${reply.location ?? ''}/orders`,
    });
    client.close();
  });

  it('returns the existing account of a key, and ignores the rest of the request', async () => {
    const client = await connectService(ca);
    const { kid } = client;
    client.kid = undefined;
    const again = await client.post(newAccount, { contact: ['mailto:other@example.test'] });
    expect([again.status, again.location]).toEqual([200, kid]);
    expect(again.body['contact']).toEqual([]);
    const found = await client.post(newAccount, { onlyReturnExisting: true });
    expect([found.status, found.location]).toEqual([200, kid]);
    client.close();
  });

  it('creates nothing when only an existing account is wanted', async () => {
    const client = await AcmeClient.connect(ca);
    const payload = { ...agreed, onlyReturnExisting: true };
    const reply = await client.post(newAccount, payload);
    expect([reply.status, reply.problem]).toEqual([400, 'accountDoesNotExist']);
    client.close();
  });

  it('wants agreement to the terms, and links to them', async () => {
    const client = await AcmeClient.connect(ca);
    for (const termsOfServiceAgreed of [undefined, false, 'true']) {
      const reply = await client.post(newAccount, { termsOfServiceAgreed });
      expect([reply.status, reply.problem]).toEqual([400, 'malformed']);
      expect(reply.headers['link']).toContain('rel="terms-of-service"');
    }
    client.close();
  });

  it.each([
    [['tel:+123'], 'unsupportedContact'],
    [['https://example.test/'], 'unsupportedContact'],
    [['mailto:a@example.test,b@example.test'], 'invalidContact'],
    [['mailto:a@example.test?subject=x'], 'invalidContact'],
    [['mailto:'], 'invalidContact'],
    [['mailto:a@b@c'], 'invalidContact'],
    [['alex@example.test'], 'invalidContact'],
    [[5], 'invalidContact'],
    ['mailto:a@example.test', 'malformed'],
    [Array.from({ length: 11 }, () => 'mailto:a@example.test'), 'malformed'],
  ])('refuses the contact %j as %s', async (contact, problem) => {
    const client = await AcmeClient.connect(ca);
    const reply = await client.post(newAccount, { ...agreed, contact });
    expect([reply.status, reply.problem]).toEqual([400, problem]);
    client.close();
  });

  it.each([
    [
      'a short RSA key',
      { kty: 'RSA', e: 'AQAB', n: Buffer.alloc(128, 0xff).toString('base64url') },
    ],
    [
      'a point off the curve',
      { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'B'.repeat(42) + 'A' },
    ],
    ['a curve not taken', { kty: 'EC', crv: 'secp256k1', x: 'AA', y: 'AA' }],
    ['a symmetric key', { kty: 'oct', k: 'AAAA' }],
    ['a kind of key unheard of', { kty: 'XYZ' }],
  ])('refuses %s', async (_name, jwk) => {
    const client = await AcmeClient.connect(ca);
    const reply = await client.post(newAccount, agreed, { header: { jwk } });
    expect([reply.status, reply.problem]).toEqual([400, 'badPublicKey']);
    client.close();
  });

  it('refuses a key with its private half, and an algorithm that does not fit the key', async () => {
    const client = await AcmeClient.connect(ca);
    const jwk = { ...client.keys.jwk, d: 'AAAA' };
    const secret = await client.post(newAccount, agreed, { header: { jwk } });
    expect(secret.problem).toBe('badPublicKey');
    const { jwk: other } = await newKeyPair('ES384');
    const unfit = await client.post(newAccount, agreed, { header: { jwk: other } });
    expect(unfit.problem).toBe('badPublicKey');
    client.close();
  });
});

describe('external account binding', () => {
  let client: AcmeClient;
  let invitation: { kid: string; macKey: string };

  beforeAll(async () => {
    client = await AcmeClient.connect(ca);
    invitation = ca.people.invite({ for: { service: 'web' } });
  });

  afterAll(() => client.close());

  const register = (binding: unknown): Promise<AcmeReply> =>
    client.post(newAccount, { ...agreed, externalAccountBinding: binding });

  it('is announced and required', async () => {
    expect(client.directory.meta['externalAccountRequired']).toBe(true);
    const reply = await client.post(newAccount, agreed);
    expect([reply.status, reply.problem]).toEqual([403, 'externalAccountRequired']);
  });

  it.each([
    ['a nonce', { nonce: 'AAAA' }],
    ['a jwk', { jwk: {} }],
    ['another url', { url: 'https://localhost/' }],
    ['no url', { url: undefined }],
    ['no kid', { kid: undefined }],
    ['a kid that is no text', { kid: 7 }],
    ['a critical extension', { crit: ['x'] }],
  ])('is refused with %s in its header', async (_name, header) => {
    const reply = await register(bind(invitation, client.keys.jwk, newAccount, { header }));
    expect([reply.status, reply.problem]).toEqual([400, 'malformed']);
  });

  it.each(['none', 'ES256', 'RS256', undefined])(
    'is refused with the algorithm %s',
    async (alg) => {
      const header = { alg };
      const reply = await register(bind(invitation, client.keys.jwk, newAccount, { header }));
      expect([reply.status, reply.problem]).toEqual([400, 'badSignatureAlgorithm']);
      expect(reply.body['algorithms']).toEqual(['HS256', 'HS384', 'HS512']);
    },
  );

  it('is refused when it is no flattened JWS', async () => {
    const good = bind(invitation, client.keys.jwk, newAccount);
    for (const binding of [
      null,
      'x',
      [],
      {},
      { ...good, header: {} },
      { ...good, signature: 'a=' },
    ]) {
      expect((await register(binding)).problem).toBe('malformed');
    }
  });

  it('tells an unknown key and a wrong MAC apart in nothing', async () => {
    const { jwk } = client.keys;
    const wrong = { kid: invitation.kid, macKey: 'AAAA' };
    const unknown = { kid: 'A'.repeat(22), macKey: invitation.macKey };
    const replies = await Promise.all([
      register(bind(wrong, jwk, newAccount)),
      register(bind(unknown, jwk, newAccount)),
    ]);
    const [first, second] = replies.map(({ status, body }) => ({ status, body }));
    expect(first).toEqual(second);
    expect(first?.status).toBe(403);
    expect(replies[0].problem).toBe('unauthorized');
  });

  it('is refused when it is for another account key', async () => {
    const { jwk } = await newKeyPair();
    const reply = await register(bind(invitation, jwk, newAccount));
    expect([reply.status, reply.problem]).toEqual([403, 'unauthorized']);
  });

  it('uses the key up, but not for the account that used it', async () => {
    const binding = bind(invitation, client.keys.jwk, newAccount);
    expect((await register(binding)).status).toBe(201);
    expect((await register(binding)).status).toBe(200);
    const other = await AcmeClient.connect(ca);
    const second = await other.register(invitation);
    expect([second.status, second.problem]).toEqual([403, 'unauthorized']);
    expect(second.body['detail']).toContain('used');
    expect(ca.people.invitations().find(({ kid }) => kid === invitation.kid)?.usedAt).toBeDefined();
    other.close();
  });

  it('binds many accounts with a reusable key, and none with one that expired', async () => {
    const reusable = ca.people.invite({ for: { service: 'web' }, reusable: true, lifetime: 100 });
    for (let index = 0; index < 3; index += 1) {
      const other = await AcmeClient.connect(ca);
      expect((await other.register(reusable)).status).toBe(201);
      other.close();
    }
    ca.clock.advance(101);
    const late = await AcmeClient.connect(ca);
    expect((await late.register(reusable)).body['detail']).toContain('expired');
    late.close();
  });

  it('lets one of two that race for a single-use key have it', async () => {
    const wanted = ca.people.invite({ for: { service: 'web' } });
    const racers = await Promise.all([1, 2, 3, 4].map(() => AcmeClient.connect(ca)));
    const replies = await Promise.all(racers.map((racer) => racer.register(wanted)));
    expect(replies.map(({ status }) => status).sort()).toEqual([201, 403, 403, 403]);
    racers.forEach((racer) => racer.close());
  });
});

describe('an account', () => {
  it('is read and changed by its owner only', async () => {
    const [mine, theirs] = [await connectService(ca), await connectService(ca)];
    const changed = await mine.post(mine.kid ?? '', { contact: ['mailto:new@example.test'] });
    expect([changed.status, changed.body['contact']]).toEqual([200, ['mailto:new@example.test']]);
    expect((await mine.get(mine.kid ?? '')).body['contact']).toEqual(['mailto:new@example.test']);
    for (const url of [mine.kid ?? '', `${mine.kid ?? ''}/orders`]) {
      const reply = await theirs.get(url);
      expect([reply.status, reply.problem]).toEqual([403, 'unauthorized']);
    }
    mine.close();
    theirs.close();
  });

  it('ignores changes that a client cannot make', async () => {
    const client = await connectService(ca);
    const before = (await client.get(client.kid ?? '')).body;
    const payload = { orders: 'x', termsOfServiceAgreed: false, status: 'revoked', kid: 'y' };
    expect((await client.post(client.kid ?? '', payload)).body).toEqual(before);
    client.close();
  });

  it('is deactivated for good', async () => {
    const client = await connectBound(ca);
    const reply = await client.post(client.kid ?? '', { status: 'deactivated' });
    expect([reply.status, reply.body['status']]).toEqual([200, 'deactivated']);
    for (const url of [client.kid ?? '', client.directory.newOrder]) {
      const refused = await client.post(url, '');
      expect([refused.status, refused.problem]).toEqual([401, 'unauthorized']);
    }
    client.kid = undefined;
    const again = await client.post(newAccount, { onlyReturnExisting: true });
    expect([again.status, again.problem]).toEqual([401, 'unauthorized']);
    client.close();
  });
});

describe('key rollover', () => {
  type Change = { header?: Json; payload?: Json; outer?: Json };

  async function rollover(client: AcmeClient, change: Change = {}) {
    const keys = await newKeyPair();
    const url = client.directory.keyChange;
    const inner = new AcmeClient(client.https, client.directory, keys);
    let signed: object = {};
    const payload = { account: client.kid, oldKey: client.keys.jwk, ...change.payload };
    // The client signs the inner JWS too; it is caught here in place of being sent.
    const header = { nonce: undefined, ...change.header };
    await inner.post(url, payload, { header, tamper: (jws) => (signed = jws) });
    const reply = await client.post(url, { ...signed, ...change.outer });
    return { reply, keys };
  }

  it('replaces the key, and the old one opens nothing any more', async () => {
    const client = await connectService(ca);
    const { reply, keys } = await rollover(client);
    expect(reply.status).toBe(200);
    expect((await client.get(client.kid ?? '')).problem).toBe('malformed');
    client.keys = keys;
    expect((await client.get(client.kid ?? '')).status).toBe(200);
    client.close();
  });

  it.each([
    ['a nonce inside', { header: { nonce: 'AAAA' } }],
    ['a kid in place of the jwk', { header: { jwk: undefined, kid: 'x' } }],
    ['another url inside', { header: { url: 'https://localhost/' } }],
    ['another account', { payload: { account: 'https://localhost/' } }],
    ['no account', { payload: { account: undefined } }],
    ['no old key', { payload: { oldKey: undefined } }],
    ['a broken signature', { outer: { signature: 'AAAA' } }],
    ['an unprotected header', { outer: { header: {} } }],
    ['another payload', { outer: { payload: encode({}) } }],
  ])('is refused with %s', async (_name, change: Change) => {
    const client = await connectService(ca);
    const { reply } = await rollover(client, change);
    expect([reply.status, reply.problem]).toEqual([400, 'malformed']);
    expect((await client.get(client.kid ?? '')).status).toBe(200);
    client.close();
  });

  it('is refused with the wrong old key', async () => {
    const client = await connectService(ca);
    const { jwk } = await newKeyPair();
    const { reply } = await rollover(client, { payload: { oldKey: jwk } });
    expect([reply.status, reply.problem]).toEqual([400, 'malformed']);
    client.close();
  });

  it('answers 409 with the account that has the key already', async () => {
    const [client, holder] = [await connectService(ca), await connectService(ca)];
    const url = client.directory.keyChange;
    let signed: object = {};
    const inner = new AcmeClient(client.https, client.directory, holder.keys);
    const payload = { account: client.kid, oldKey: client.keys.jwk };
    await inner.post(url, payload, {
      header: { nonce: undefined },
      tamper: (jws) => (signed = jws),
    });
    const reply = await client.post(url, signed);
    expect([reply.status, reply.location]).toEqual([409, holder.kid]);
    client.close();
    holder.close();
  });
});
