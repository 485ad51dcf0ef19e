import { X509Certificate } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Person } from '../people-types.ts';
import type { AcmeClient, AuthorizationObject, OrderObject } from '../testing/acme-client.ts';
import {
  codeOf,
  connectBound,
  makeRequest,
  placeOrder,
  startTestCa,
} from '../testing/enrollment.ts';
import type { PlacedOrder, TestCa } from '../testing/enrollment.ts';

let ca: TestCa;
let bob: Person;
let alexClient: AcmeClient;
let bobClient: AcmeClient;

beforeEach(async () => {
  ca = await startTestCa();
  bob = ca.people.register({ name: 'Bob', email: 'bob@example.test' });
  alexClient = await connectBound(ca);
  bobClient = await connectBound(ca, bob);
});

afterEach(async () => {
  alexClient.close();
  bobClient.close();
  await ca.stop();
});

const device = (value: string) => ({ type: 'permanent-identifier', value });

/** An order for a device, proven with the person's code. */
async function ready(client: AcmeClient, person: Person, value: string): Promise<PlacedOrder> {
  const placed = await placeOrder(client, { identifiers: [device(value)] });
  const { url } = await client.challenge(placed.order, 'totp-01');
  await client.post(url, { otp: codeOf(ca, person) });
  // The next proof needs a code that was not used.
  ca.clock.advance(60);
  return placed;
}

async function finalize(client: AcmeClient, { url, order }: PlacedOrder): Promise<OrderObject> {
  const { csr } = await makeRequest({ names: [] });
  await client.post(order.finalize, { csr });
  return client.order(url);
}

async function certify(client: AcmeClient, person: Person, value: string) {
  const done = await finalize(client, await ready(client, person, value));
  return new X509Certificate((await client.get(done.certificate ?? '')).bytes);
}

async function preauthorize(client: AcmeClient, person: Person, value: string): Promise<void> {
  const { body } = await client.post(client.directory.newAuthz, { identifier: device(value) });
  const [challenge] = (body as AuthorizationObject).challenges;
  const reply = await client.post(challenge?.url ?? '', { otp: codeOf(ca, person) });
  expect(reply.body['status']).toBe('valid');
  ca.clock.advance(60);
}

const revoke = (client: AcmeClient, certificate: X509Certificate) =>
  client.post(client.directory.revokeCert, { certificate: certificate.raw.toString('base64url') });

describe('a certificate for a device', () => {
  it('does not pass the name of the device off as the name of somebody', async () => {
    const certificate = await certify(alexClient, ca.alex, 'bob@example.test');
    expect(certificate.subject).toBeFalsy();
    expect(certificate.subjectAltName).not.toContain('email');
  });

  it('is for nobody but the first person who got one for that device', async () => {
    await certify(alexClient, ca.alex, 'SN-1');
    const identifier = device('SN-1');
    const ordered = await bobClient.post(bobClient.directory.newOrder, {
      identifiers: [identifier],
    });
    expect([ordered.status, ordered.problem]).toEqual([403, 'rejectedIdentifier']);
    const asked = await bobClient.post(bobClient.directory.newAuthz, { identifier });
    expect([asked.status, asked.problem]).toEqual([403, 'rejectedIdentifier']);
    expect(asked.body['detail']).toContain('another person');
    // To the letter: this is another device.
    expect((await certify(bobClient, bob, 'sn-1')).raw.length).toBeGreaterThan(0);
  });

  it('is had again by the same person, with another account too', async () => {
    await certify(alexClient, ca.alex, 'SN-1');
    const second = await connectBound(ca);
    expect((await certify(second, ca.alex, 'SN-1')).raw.length).toBeGreaterThan(0);
    second.close();
  });

  it('goes to the first who finalizes when two have proven themselves', async () => {
    const late = await ready(bobClient, bob, 'SN-1');
    await certify(alexClient, ca.alex, 'SN-1');
    const refused = await finalize(bobClient, late);
    expect(refused.status).toBe('invalid');
    expect(refused.error).toMatchObject({
      type: 'urn:ietf:params:acme:error:rejectedIdentifier',
      subproblems: [{ identifier: device('SN-1') }],
    });
    expect(refused).not.toHaveProperty('certificate');
  });

  it('is not bound by an order that came to nothing', async () => {
    await ready(bobClient, bob, 'SN-1');
    expect((await certify(alexClient, ca.alex, 'SN-1')).raw.length).toBeGreaterThan(0);
  });
});

describe('the certificate of a device', () => {
  it('is not revoked by another person who had the device authorized before', async () => {
    await preauthorize(bobClient, bob, 'SN-1');
    const certificate = await certify(alexClient, ca.alex, 'SN-1');
    const reply = await revoke(bobClient, certificate);
    expect([reply.status, reply.problem]).toEqual([403, 'unauthorized']);
    expect((await revoke(alexClient, certificate)).status).toBe(200);
  });

  it('is revoked by another account of its person that has it authorized', async () => {
    const certificate = await certify(alexClient, ca.alex, 'SN-1');
    const second = await connectBound(ca);
    expect((await revoke(second, certificate)).problem).toBe('unauthorized');
    await preauthorize(second, ca.alex, 'SN-1');
    expect((await revoke(second, certificate)).status).toBe(200);
    second.close();
  });
});
