import { X509Certificate } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { TestCa } from './testing/enrollment.ts';
import { connectBound, enroll, placeOrder, startTestCa, wrongCode } from './testing/enrollment.ts';

let ca: TestCa;

beforeEach(async () => {
  ca = await startTestCa();
});
afterEach(() => ca.stop());

it('counts nothing at a CA that nobody has asked for anything', () => {
  const none = { accounts: 0, orders: 0, finalized: 0, revoked: 0, codes: 0, certificates: [] };
  expect(ca.ledger()).toEqual(none);
});

it('counts wrong codes, and what has not come to anything, too', async () => {
  const client = await connectBound(ca);
  const { order } = await placeOrder(client);
  const challenge = await client.challenge(order, 'totp-01');
  await client.post(challenge.url, { otp: wrongCode(ca) });
  expect(ca.ledger()).toMatchObject({ accounts: 1, orders: 1, finalized: 0, codes: 1 });
});

it('has the certificates that were issued', async () => {
  const client = await connectBound(ca);
  await enroll(ca, client);
  const { certificates, ...counted } = ca.ledger();
  expect(counted).toEqual({ accounts: 1, orders: 1, finalized: 1, revoked: 0, codes: 1 });
  const names = certificates.map((leaf) => new X509Certificate(leaf).subjectAltName);
  expect(names).toEqual(['email:alex@example.test']);
});
