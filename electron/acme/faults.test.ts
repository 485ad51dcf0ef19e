import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ResourceName } from '../../ca/fault-kinds.ts';
import { CertificateError } from '../certificates/certificate-error.ts';
import { verifyChain } from '../certificates/chain.ts';
import { HttpError } from '../http/http-client.ts';
import { Applicant, errorOf } from '../testing/applicant.ts';
import { ImpatientClock, LocalCa, newSigner } from '../testing/local-ca.ts';
import { AcmeProblem } from './problem.ts';
import { AcmeOutcomeUnknown, AcmeProtocolError } from './protocol-error.ts';

let local: LocalCa;
let alex: Applicant;
let clock: ImpatientClock;

beforeAll(async () => {
  local = await LocalCa.start();
  clock = new ImpatientClock();
  alex = new Applicant(local, await local.join({ clock, random: () => 0.5 }));
});
afterAll(() => local.stop());
afterEach(() => {
  local.ca.faults.clear();
  local.ca.requestLog.clear();
  clock.slept.length = 0;
});

const count = (resource: ResourceName): number => local.ca.requestLog.count({ resource });

describe('a refused nonce', () => {
  test('is replaced by that of the refusal, without asking for another', async () => {
    const { challenge } = await alex.ask();
    local.ca.requestLog.clear();
    local.ca.faults.arm({ kind: 'badNonce', resource: 'challenge', times: 3 });
    // The code would be refused had the first requests been looked at: each one counts once.
    expect((await alex.respond(challenge)).status).toBe('valid');
    expect([count('challenge'), count('newNonce')]).toEqual([4, 0]);
  });

  test('ends the request when there are too many', async () => {
    local.ca.faults.arm({ kind: 'badNonce', resource: 'newOrder', times: 4 });
    expect(await errorOf(alex.order())).toMatchObject({
      code: 'acme-protocol',
      reason: 'nonce-refused',
      cause: { type: 'badNonce' },
    });
  });

  test('is asked for anew when the server forgets to give one', async () => {
    local.ca.faults.arm({ kind: 'missingNonce', resource: 'newOrder' });
    await alex.order();
    await alex.order();
    expect(count('newNonce')).toBe(1);
  });
});

describe('a lost answer', () => {
  test.each(['dropBeforeActing', 'dropAfterActing', 'truncatedBody'] as const)(
    'to newOrder is reported and not repeated (%s)',
    async (kind) => {
      local.ca.faults.arm({ kind, resource: 'newOrder' });
      const error = await errorOf(alex.order());
      expect(error).toBeInstanceOf(AcmeOutcomeUnknown);
      expect(error).toMatchObject({ cause: { code: 'http', reason: 'reset', sent: true } });
      expect(count('newOrder')).toBe(1);
    },
  );

  test('to newOrder can be found on the list of orders', async () => {
    const before = await alex.client.account.orders();
    local.ca.faults.arm({ kind: 'dropAfterActing', resource: 'newOrder' });
    await errorOf(alex.order());
    const lost =
      (await alex.client.account.orders())?.filter((url) => !before?.includes(url)) ?? [];
    expect(lost).toHaveLength(1);
    expect(await alex.client.orders.fetch(lost[0] ?? '')).toMatchObject({
      identifiers: alex.identifiers,
    });
  });

  test('to a challenge is reported and the code not sent again', async () => {
    const { order, challenge } = await alex.ask();
    local.ca.requestLog.clear();
    local.ca.faults.arm({ kind: 'dropAfterActing', resource: 'challenge' });
    expect(await errorOf(alex.respond(challenge))).toBeInstanceOf(AcmeOutcomeUnknown);
    expect(count('challenge')).toBe(1);
    expect((await alex.client.authorizations.fetch(order.authorizations[0] ?? '')).status).toBe(
      'valid',
    );
  });

  test('to finalize leaves the order to be looked at', async () => {
    const order = await alex.ready();
    local.ca.faults.arm({ kind: 'dropAfterActing', resource: 'finalize' });
    expect(await errorOf(alex.finalize(order))).toBeInstanceOf(AcmeOutcomeUnknown);
    expect(
      (await alex.client.orders.poll(order, { settled: ({ status }) => status === 'valid' }))
        .status,
    ).toBe('valid');
  });

  test('to newAccount is asked for again, and finds the same account', async () => {
    local.ca.faults.arm({ kind: 'dropAfterActing', resource: 'newAccount' });
    const other = await local.join({ clock });
    expect((await other.account.fetch()).status).toBe('valid');
    expect(count('newAccount')).toBe(2);
  });

  test.each(['dropBeforeActing', 'dropAfterActing', 'truncatedBody'] as const)(
    'to a fetch is asked for again (%s)',
    async (kind) => {
      const order = await alex.order();
      local.ca.faults.arm({ kind, resource: 'order', times: 2 });
      expect((await alex.client.orders.fetch(order.url)).status).toBe('pending');
      expect(count('order')).toBe(3);
    },
  );

  test('to a fetch is given up after three tries', async () => {
    const order = await alex.order();
    local.ca.faults.arm({ kind: 'dropBeforeActing', resource: 'order', times: 9 });
    expect(await errorOf(alex.client.orders.fetch(order.url))).toBeInstanceOf(HttpError);
    expect(count('order')).toBe(3);
  });
});

describe('a server that is overloaded', () => {
  test('is asked again when that is harmless, at the time it says', async () => {
    const order = await alex.order();
    const retryAfter = { seconds: 7, form: 'seconds' } as const;
    local.ca.faults.arm({ kind: 'httpStatus', status: 503, resource: 'order', retryAfter });
    expect((await alex.client.orders.fetch(order.url)).status).toBe('pending');
    expect(clock.slept).toEqual([7_000]);
  });

  test('is not waited for longer than patience lasts', async () => {
    const order = await alex.order();
    const retryAfter = { seconds: 600, form: 'seconds' } as const;
    local.ca.faults.arm({ kind: 'httpStatus', status: 503, resource: 'order', retryAfter });
    expect(await errorOf(alex.client.orders.fetch(order.url))).toMatchObject({ status: 503 });
    expect(clock.slept).toEqual([]);
  });

  test('gets no second order', async () => {
    local.ca.faults.arm({ kind: 'httpStatus', status: 500, resource: 'newOrder' });
    const problem = await errorOf(alex.order());
    expect(problem).toMatchObject({
      type: 'unknown',
      document: { type: 'about:blank', status: 500 },
    });
    expect(count('newOrder')).toBe(1);
  });

  test('that limits the rate says when to come back', async () => {
    const retryAfter = { seconds: 90, form: 'seconds' } as const;
    local.ca.faults.arm({ kind: 'rateLimited', resource: 'newOrder', retryAfter });
    const problem = (await errorOf(alex.order())) as AcmeProblem;
    expect(problem).toBeInstanceOf(AcmeProblem);
    expect(problem.type).toBe('rateLimited');
    const wait = (problem.context.retryAfter?.getTime() ?? 0) - clock.now().getTime();
    expect(wait).toBe(90_000);
    expect(problem.document.retryAt).toBe(problem.context.retryAfter?.toISOString());
  });
});

describe('an answer that is not as it should be', () => {
  test('in its type is not read', async () => {
    const order = await alex.order();
    local.ca.faults.arm({ kind: 'wrongContentType', resource: 'order' });
    expect(await errorOf(alex.client.orders.fetch(order.url))).toMatchObject({
      reason: 'unexpected-content-type',
    });
    const { certificate: url = '' } = await alex.issued();
    local.ca.faults.arm({ kind: 'wrongContentType', resource: 'certificate' });
    expect(await errorOf(alex.client.certificates.download(url))).toMatchObject({
      reason: 'unexpected-content-type',
    });
    local.ca.faults.arm({ kind: 'wrongContentType', resource: 'directory' });
    expect(await errorOf(local.connect())).toMatchObject({ reason: 'unexpected-content-type' });
  });

  test('but names the new order lets it be found', async () => {
    local.ca.faults.arm({ kind: 'wrongContentType', resource: 'newOrder' });
    const error = (await errorOf(alex.order())) as AcmeProtocolError;
    expect(error).toBeInstanceOf(AcmeProtocolError);
    expect(await alex.client.orders.fetch(error.location ?? '')).toMatchObject({
      status: 'pending',
    });
  });

  test('in its size is refused', async () => {
    const order = await alex.order();
    local.ca.faults.arm({ kind: 'oversizedBody', resource: 'order' });
    expect(await errorOf(alex.client.orders.fetch(order.url))).toMatchObject({
      code: 'http',
      reason: 'response-too-large',
    });
  });

  test('for want of a Location says so', async () => {
    local.ca.faults.arm({ kind: 'missingLocation', resource: 'newOrder' });
    expect(await errorOf(alex.order())).toMatchObject({ reason: 'location-missing' });
    local.ca.faults.arm({ kind: 'missingLocation', resource: 'newAccount' });
    expect(await errorOf(local.join())).toMatchObject({ reason: 'location-missing' });
  });

  test('in the key that was certified is found out', async () => {
    const signer = newSigner();
    const order = await alex.ready();
    local.ca.faults.arm({ kind: 'wrongSubjectPublicKey' });
    const done = await alex.client.orders.poll(await alex.finalize(order, signer));
    const { chain } = await alex.client.certificates.download(done.certificate ?? '');
    const check = () =>
      verifyChain({
        chain,
        leafSpki: signer.publicSpki,
        roots: [local.ca.rootPem],
        now: local.now,
        identifiers: alex.identifiers,
        purpose: 'client',
      });
    expect(check).toThrow(CertificateError);
    expect(check).toThrow(expect.objectContaining({ reason: 'key-mismatch' }));
  });
});
