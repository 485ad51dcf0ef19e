import { X509Certificate } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { readChain } from '../certificates/pem.ts';
import type { HttpClient } from '../http/http-client.ts';
import { reached, request, startProving, World } from '../testing/enrollment-world.ts';

let world: World;
afterEach(() => world.stop());

it('many authorizations are fetched a few at a time', async () => {
  world = await World.start();
  const identifiers = Array.from({ length: 15 }, (_each, index) => ({
    type: 'dns' as const,
    value: `host${index}.example.test`,
  }));
  const wallet = await world.joined({ purpose: 'service', profile: 'web-service', identifiers });
  const held = world.ca.faults.arm({ kind: 'hold', resource: 'authorization', times: 15 });
  const { enrollmentId } = await wallet.enrollments.start(request);
  await expect.poll(() => held.remaining()).toBe(9);
  await delay(100);
  expect(held.remaining()).toBe(9);
  held.release();
  const proving = await reached(wallet, enrollmentId, 'proving');
  const names = proving.authorizations.map(({ identifier }) => identifier.value);
  expect(names.toSorted()).toEqual(identifiers.map(({ value }) => value).toSorted());
});

it('a list of orders that goes on and on is not searched for a lost one, and costs no certificate', async () => {
  world = await World.start({ ordersPerPage: 1 });
  const wallet = await world.joined();
  for (let orders = 0; orders < 21; orders += 1) await startProving(wallet);
  world.ca.requestLog.clear();
  world.ca.faults.arm({ kind: 'dropAfterActing', resource: 'newOrder' });
  const { enrollmentId } = await wallet.enrollments.start(request);
  const stopped = await reached(wallet, enrollmentId, 'interrupted');
  expect(stopped).toMatchObject({ at: 'order', failure: { code: 'network' } });
  expect(world.ca.requestLog.count({ resource: 'orders' })).toBe(20);

  await wallet.enrollments.resume(enrollmentId);
  const { answer } = await startProving(wallet, enrollmentId);
  await answer(world.code());
  await reached(wallet, enrollmentId, 'done');
  expect(world.ca.ledger()).toMatchObject({ finalized: 1, codes: 1 });
});

it('a CA that takes the request and never decides is asked to issue once, and not waited for without end', async () => {
  world = await World.start();
  const undecided = (text: string): string => {
    const order = JSON.parse(text) as Record<string, unknown>;
    const isTaken = order['status'] === 'processing' || order['status'] === 'valid';
    return JSON.stringify({ ...order, expires: undefined, ...(isTaken && { status: 'ready' }) });
  };
  world.between = (http) => ({
    request: async (sent) => {
      const answer = await http.request(sent);
      const text = Buffer.from(answer.body).toString();
      const isOrder = text.startsWith('{') && text.includes('"finalize"');
      return isOrder ? { ...answer, body: Buffer.from(undecided(text)) } : answer;
    },
    close: () => http.close(),
  });
  const wallet = await world.joined();
  const { enrollmentId, answer } = await startProving(wallet);
  world.ca.requestLog.clear();
  await answer(world.code());
  await expect.poll(() => world.ca.requestLog.count({ resource: 'order' })).toBeGreaterThan(2);
  expect(world.ca.requestLog.count({ resource: 'finalize' })).toBe(1);
  world.advance(25 * 60 * 60);
  const stopped = await reached(wallet, enrollmentId, 'interrupted');
  expect(stopped).toMatchObject({ at: 'issue', failure: { code: 'acme-protocol' } });

  world.between = (http) => http;
  await world.kill(wallet);
  const reopened = world.open();
  await reopened.enrollments.resume(enrollmentId);
  await reached(reopened, enrollmentId, 'done');
  expect(world.ca.ledger()).toMatchObject({ finalized: 1 });
});

it('what a CA puts behind its chain is not kept', async () => {
  world = await World.start();
  const { ca, http } = world;
  const stranger = Buffer.from(ca.alternateRootPem);
  const talkative: HttpClient = {
    request: async (sent) => {
      const answer = await http.request(sent);
      const isChain = answer.headers.get('content-type') === 'application/pem-certificate-chain';
      return isChain ? { ...answer, body: Buffer.concat([answer.body, stranger]) } : answer;
    },
    close: () => undefined,
  };
  Object.defineProperty(world, 'http', { value: talkative });
  const wallet = await world.joined();
  const { enrollmentId, answer } = await startProving(wallet);
  await answer(world.code());
  await reached(wallet, enrollmentId, 'done');
  const [credential] = wallet.wallet.credentials.list();
  const kept = readChain(credential?.chain ?? '').map((pem) => new X509Certificate(pem));
  const issuer = new X509Certificate(ca.issuerPem);
  expect(kept).toHaveLength(2);
  expect(kept[1]?.fingerprint256).toBe(issuer.fingerprint256);
});
