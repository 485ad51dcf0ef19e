import { X509Certificate } from 'node:crypto';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { errorOf } from '../testing/applicant.ts';
import { newSigner } from '../testing/local-ca.ts';
import { acmeError, ScriptedAcme, type Script } from '../testing/scripted-acme.ts';
import { TestAuthority } from '../testing/test-authority.ts';
import type { DomainProof } from './domain-proof.ts';
import { AcmePollDeadline } from './protocol-error.ts';
import { obtainCertificate, type CertificateWish } from './obtain-certificate.ts';

const silent = { report: () => undefined };

describe('at a server that', () => {
  let acme: ScriptedAcme;
  let authority: TestAuthority;
  beforeAll(async () => {
    acme = await ScriptedAcme.create();
    authority = await TestAuthority.root();
  });
  afterEach(() => acme.close());

  const signer = newSigner();
  const name = { type: 'dns', value: 'a.example' };
  const order = (status: string, more = {}) => ({
    status,
    identifiers: [name],
    authorizations: ['%/authorization/1'],
    finalize: '%/finalize/1',
    ...(status === 'valid' && { certificate: '%/certificate/1' }),
    ...more,
  });
  const challenge = { type: 'http-01', url: '%/challenge/1', token: 'x'.repeat(43) };
  const authorization = (status: string) => ({
    status,
    identifier: name,
    challenges: [{ ...challenge, status }],
  });
  const posts = (path: string) => acme.requests.filter((request) => request.path === path);
  const nothing: DomainProof = {
    type: 'http-01',
    suits: () => true,
    prepare: () => Promise.resolve(() => Promise.resolve()),
  };

  const leaf = (spki: Uint8Array = signer.publicSpki, value = 'a.example'): Promise<string> =>
    authority.issue({ spki, names: [{ type: 'dns', value }] });

  /** A CA that validates and issues while it answers, except where `script` says otherwise. */
  const obtain = async (script: Script, wish: Partial<CertificateWish> = {}, pem?: string) => {
    const certificate = pem ?? (await leaf());
    const client = await acme.connect((request) => {
      const answer = script(request);
      if (answer) return answer;
      switch (request.path) {
        case '/new-order':
          return { status: 201, headers: { Location: '%/order/1' }, body: order('pending') };
        case '/authorization/1':
          return { body: authorization('pending') };
        case '/challenge/1':
          return { body: { ...challenge, status: 'valid' } };
        case '/finalize/1':
        case '/order/1':
          return { body: order('valid') };
        case '/certificate/1':
          return { type: 'application/pem-certificate-chain', body: certificate };
        default:
          return undefined;
      }
    });
    return obtainCertificate(client, {
      identifiers: [name],
      key: { signer },
      proofs: [nothing],
      ...silent,
      ...wish,
    });
  };

  test('validates and issues at once and gives a nonce with the directory, 6 requests are enough', async () => {
    await obtain(() => undefined);
    expect(acme.requests.map(({ path }) => path)).toEqual([
      '/directory',
      '/new-order',
      '/authorization/1',
      '/challenge/1',
      '/finalize/1',
      '/certificate/1',
    ]);
  });

  test('has valid authorizations already, nothing is proven', async () => {
    await obtain(({ path }) =>
      path === '/authorization/1' ? { body: authorization('valid') } : undefined,
    );
    expect(posts('/challenge/1')).toHaveLength(0);
  });

  test.each([
    ['another name', { identifier: { type: 'dns', value: 'bank.example' } }],
    ['all names below the one that was ordered', { wildcard: true }],
  ])('wants %s proven, nothing is put up for it', async (_title, changes) => {
    let prepared = 0;
    const proof: DomainProof = {
      ...nothing,
      type: 'dns-01',
      prepare: (request) => {
        prepared += 1;
        return nothing.prepare(request);
      },
    };
    const body = {
      ...authorization('pending'),
      challenges: [{ ...challenge, type: 'dns-01', status: 'pending' }],
      ...changes,
    };
    const attempt = obtain(({ path }) => (path === '/authorization/1' ? { body } : undefined), {
      proofs: [proof],
    });
    expect(await errorOf(attempt)).toMatchObject({ code: 'acme-protocol', reason: 'not-ordered' });
    expect(prepared).toBe(0);
    expect(posts('/challenge/1')).toHaveLength(0);
  });

  test('knows a successor of the certificate, one is ordered without naming it', async () => {
    await obtain(
      ({ path, payload }) =>
        path === '/new-order' && payload?.['replaces'] !== undefined
          ? { status: 409, body: acmeError('alreadyReplaced') }
          : undefined,
      { replaces: 'aYhb.AIdl' },
    );
    expect(posts('/new-order').map(({ payload }) => payload?.['replaces'])).toEqual([
      'aYhb.AIdl',
      undefined,
    ]);
  });

  test('loses the answer to an order, a response or a finalization, it ends well and issues once', async () => {
    const lost = new Set<string>();
    await obtain(({ path }) => {
      if (!['/new-order', '/challenge/1', '/finalize/1'].includes(path) || lost.has(path)) {
        return undefined;
      }
      lost.add(path);
      return { reset: true };
    });
    expect(posts('/new-order')).toHaveLength(2);
    expect(posts('/challenge/1')).toHaveLength(2);
    // The order was valid when it was looked at: no second finalization.
    expect(posts('/finalize/1')).toHaveLength(1);
  });

  test('is not ready when it is asked to issue, is waited for', async () => {
    await obtain(({ path }) => {
      const early = posts('/finalize/1').length < 2;
      if (path === '/finalize/1' && early) return { status: 403, body: acmeError('orderNotReady') };
      const polls = posts('/order/1').length;
      if (path === '/order/1' && early) return { body: order(polls < 3 ? 'pending' : 'ready') };
      return undefined;
    });
    expect(posts('/finalize/1')).toHaveLength(2);
  });

  test.each(['ready', 'pending'])(
    'answers that the order is still %s, is not asked to issue again',
    async (status) => {
      const attempt = obtain(
        ({ path }) =>
          path === '/finalize/1' || path === '/order/1' ? { body: order(status) } : undefined,
        { patience: 1 },
      );
      expect(await errorOf(attempt)).toBeInstanceOf(AcmePollDeadline);
      expect(posts('/finalize/1')).toHaveLength(1);
    },
  );

  test('gives the order up, says why for each name', async () => {
    const subproblems = [acmeError('caa', { identifier: name })];
    const error = acmeError('compound', { subproblems });
    const attempt = obtain(({ path }) =>
      path === '/finalize/1' ? { body: order('invalid', { error }) } : undefined,
    );
    expect(await errorOf(attempt)).toMatchObject({
      code: 'acme-order-failed',
      subproblems: [{ type: 'caa', identifier: name }],
    });
  });

  test('was left in the middle, the order is gone on with', async () => {
    const placed: string[] = [];
    const orderAt = async (status: string) => {
      const certificate = await leaf();
      const connected = await acme.connect(({ path }) => {
        if (path === '/order/1') return { body: order(status) };
        if (path === '/finalize/1') return { body: order('valid') };
        return path === '/certificate/1'
          ? { type: 'application/pem-certificate-chain', body: certificate }
          : undefined;
      });
      const { origin } = new URL(connected.accountUrl ?? '');
      acme.requests.length = 0;
      await obtainCertificate(connected, {
        identifiers: [name],
        key: { signer },
        proofs: [],
        orderUrl: `${origin}/order/1`,
        placed: ({ status }) => void placed.push(status),
        ...silent,
      });
      return acme.requests.map(({ path }) => path).filter((path) => path !== '/nonce');
    };
    expect(await orderAt('ready')).toEqual(['/order/1', '/finalize/1', '/certificate/1']);
    expect(await orderAt('valid')).toEqual(['/order/1', '/certificate/1']);
    expect(placed).toEqual(['ready', 'valid']);
  });

  test.each([
    ['another key', () => leaf(newSigner().publicSpki), 'key-mismatch'],
    ['another name', () => leaf(undefined, 'b.example'), 'identifier-mismatch'],
  ])('issues for %s, is not believed', async (_title, issue, reason) => {
    expect(await errorOf(obtain(() => undefined, {}, await issue()))).toMatchObject({
      code: 'certificate',
      reason,
    });
  });

  test('puts something behind its root, that is not handed on', async () => {
    const certificate = await leaf();
    const { certificate: stranger } = await TestAuthority.root();
    const { chain } = await obtain(
      () => undefined,
      { roots: [authority.certificate] },
      certificate + stranger,
    );
    expect(chain.map((pem) => new X509Certificate(pem).fingerprint256)).toEqual([
      new X509Certificate(certificate).fingerprint256,
    ]);
  });

  test('is reached by a key that cannot be made, that is the error and nothing is finalized', async () => {
    const reason = new Error('the token is gone');
    const attempt = obtain(() => undefined, { key: { signer: () => Promise.reject(reason) } });
    expect(await errorOf(attempt)).toBe(reason);
    expect(posts('/finalize/1')).toHaveLength(0);
  });

  test('gets a proof that cannot be taken away, the certificate comes all the same', async () => {
    const reports: unknown[] = [];
    const stuck: DomainProof = {
      ...nothing,
      prepare: () => Promise.resolve(() => Promise.reject(new Error('stuck'))),
    };
    const report = (doing: string, error: unknown): void => void reports.push([doing, error]);
    await obtain(() => undefined, { proofs: [stuck], report });
    expect(reports).toEqual([['taking a proof away', new Error('stuck')]]);
  });

  test('is left by an abort, takes the proof away and says the reason', async () => {
    const stop = new AbortController();
    let isUp = false;
    const proof: DomainProof = {
      ...nothing,
      prepare: () => {
        isUp = true;
        stop.abort(new Error('enough'));
        return Promise.resolve(() => {
          isUp = false;
          return Promise.resolve();
        });
      },
    };
    const client = await acme.connect(({ path }) => {
      if (path === '/new-order') {
        return { status: 201, headers: { Location: '%/order/1' }, body: order('pending') };
      }
      return path === '/authorization/1' ? { body: authorization('pending') } : undefined;
    });
    const wish = { identifiers: [name], key: { signer }, proofs: [proof], ...silent };
    expect(await errorOf(obtainCertificate(client, wish, stop.signal))).toEqual(
      new Error('enough'),
    );
    expect(isUp).toBe(false);
    expect(posts('/challenge/1')).toHaveLength(0);
  });
});
