import { X509Certificate } from 'node:crypto';
import { exportJWK } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AcmeClient, AcmeReply, OrderObject } from '../testing/acme-client.ts';
import {
  codeOf,
  connectBound,
  connectService,
  enroll,
  makeRequest,
  placeOrder,
  startTestCa,
} from '../testing/enrollment.ts';
import type { Issued, TestCa } from '../testing/enrollment.ts';

let ca: TestCa;
let alex: AcmeClient;

beforeAll(async () => {
  ca = await startTestCa();
  alex = await connectBound(ca);
});

afterAll(async () => {
  alex.close();
  await ca.stop();
});

function encoded({ chain }: Issued): string {
  return new X509Certificate(chain).raw.toString('base64url');
}

const revoke = (client: AcmeClient, payload: object): Promise<AcmeReply> =>
  client.post(client.directory.revokeCert, payload);

describe('revokeCert', () => {
  it('obeys the account that ordered the certificate, once', async () => {
    const certificate = encoded(await enroll(ca, alex));
    const reply = await revoke(alex, { certificate });
    expect([reply.status, reply.bytes.length]).toEqual([200, 0]);
    expect(reply.headers['content-length']).toBe('0');
    expect(reply.headers['replay-nonce']).toBeDefined();
    const again = await revoke(alex, { certificate });
    expect([again.status, again.problem]).toEqual([400, 'alreadyRevoked']);
  });

  it('obeys the key in the certificate', async () => {
    const issued = await enroll(ca, alex);
    const jwk = await exportJWK(issued.keys.publicKey);
    const signing = { header: { kid: undefined, jwk }, key: issued.keys.privateKey };
    const url = alex.directory.revokeCert;
    const reply = await alex.post(url, { certificate: encoded(issued), reason: 1 }, signing);
    expect(reply.status).toBe(200);
  });

  it('obeys an account that holds authorizations for all the names', async () => {
    const certificate = encoded(await enroll(ca, alex));
    const other = await connectBound(ca);
    expect((await revoke(other, { certificate })).problem).toBe('unauthorized');
    const identifier = { type: 'email', value: 'alex@example.test' };
    const { body } = await other.post(other.directory.newAuthz, { identifier });
    const [challenge] = (body as { challenges: { url: string }[] }).challenges;
    await other.post(challenge?.url ?? '', { otp: codeOf(ca) });
    ca.clock.advance(60);
    expect((await revoke(other, { certificate })).status).toBe(200);
    other.close();
  });

  it('does not take an authorization for a name for one of the names below it', async () => {
    const [owner, other] = [await connectService(ca), await connectService(ca)];
    const order = async (client: AcmeClient, value: string): Promise<OrderObject> => {
      ca.faults.arm({ kind: 'validAuthorization' });
      return (await placeOrder(client, { identifiers: [{ type: 'dns', value }] })).order;
    };
    const { finalize } = await order(owner, '*.example.test');
    const { csr } = await makeRequest({ names: [{ type: 'dns', value: '*.example.test' }] });
    const { body } = await owner.post(finalize, { csr });
    const leaf = new X509Certificate(
      (await owner.get((body as OrderObject).certificate ?? '')).bytes,
    );
    const certificate = leaf.raw.toString('base64url');
    await order(other, 'example.test');
    expect((await revoke(other, { certificate })).problem).toBe('unauthorized');
    await order(other, '*.example.test');
    expect((await revoke(other, { certificate })).status).toBe(200);
    owner.close();
    other.close();
  });

  it('does not obey anybody else', async () => {
    const issued = await enroll(ca, alex);
    const service = await connectService(ca);
    const reply = await revoke(service, { certificate: encoded(issued) });
    expect([reply.status, reply.problem]).toEqual([403, 'unauthorized']);
    const foreign = await enroll(ca, alex);
    const jwk = await exportJWK(foreign.keys.publicKey);
    const signing = { header: { kid: undefined, jwk }, key: foreign.keys.privateKey };
    const url = alex.directory.revokeCert;
    const byKey = await alex.post(url, { certificate: encoded(issued) }, signing);
    expect([byKey.status, byKey.problem]).toEqual([403, 'unauthorized']);
    service.close();
  });

  it.each([2, 6, 7, 8, 9, 10, 11, -1])(
    'refuses the reason %i and says which it takes',
    async (reason) => {
      const certificate = encoded(await issued());
      const reply = await revoke(alex, { certificate, reason });
      expect([reply.status, reply.problem]).toEqual([400, 'badRevocationReason']);
      expect(reply.body['detail']).toContain('0, 1, 3, 4, 5');
    },
  );

  it.each([
    ['a reason that is no number', { reason: '1' }],
    ['a reason that is no whole number', { reason: 1.5 }],
    ['no certificate', { certificate: undefined }],
    ['PEM', { certificate: '-----BEGIN' }],
    ['nonsense', { certificate: 'AAAA' }],
  ])('refuses %s', async (_name, change) => {
    const certificate = encoded(await issued());
    const reply = await revoke(alex, { certificate, ...change });
    expect([reply.status, reply.problem]).toEqual([400, 'malformed']);
  });

  it('refuses a certificate that this CA did not issue, and one with a byte changed', async () => {
    const foreign = new X509Certificate(ca.rootPem).raw;
    const changed = Buffer.from(encoded(await issued()), 'base64url');
    changed.writeUInt8(changed.readUInt8(changed.length - 1) ^ 1, changed.length - 1);
    for (const bytes of [foreign, changed]) {
      const reply = await revoke(alex, { certificate: bytes.toString('base64url') });
      expect([reply.status, reply.problem]).toEqual([404, 'malformed']);
    }
  });

  let kept: Promise<Issued> | undefined;
  function issued(): Promise<Issued> {
    kept ??= enroll(ca, alex);
    return kept;
  }
});
