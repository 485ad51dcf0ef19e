import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { describeCertificate } from '../certificates/certificate-view.ts';
import { reached, request, World, type Process } from '../testing/enrollment-world.ts';

// A CA, and up to three enrolments in each test.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const host = 'billing.example.test';
const billing = { purpose: 'service', identifiers: [{ type: 'dns', value: host }] } as const;

let world: World;
let process: Process;

beforeEach(async () => {
  world = await World.start();
  world.service = 'billing';
  world.ca.registry.addDomain('service:billing', host);
  process = await world.joined(offered({ profile: 'service' }));
});

afterEach(async () => {
  expect(process.unforeseen).toEqual([]);
  await world.stop();
});

interface Wanted {
  readonly profile: string;
  readonly usages?: ('clientAuth' | 'serverAuth')[];
}

const offered = (wanted: Wanted) => ({
  ...{ ...billing, identifiers: [...billing.identifiers] },
  ...wanted,
});

async function enroll(more: { readonly renews?: string } = {}): Promise<string> {
  const { enrollmentId } = await process.enrollments.start({ ...request, ...more });
  return (await reached(process, enrollmentId, 'done')).credentialId;
}

/** As if somebody had vouched for the service. */
async function vouchedFor(): Promise<string> {
  world.ca.faults.arm({ kind: 'validAuthorization' });
  return enroll();
}

function usagesOf(credentialId: string): readonly string[] {
  const { chain = '' } = process.wallet.credentials.find(credentialId) ?? {};
  return describeCertificate(chain).extendedKeyUsages;
}

const answers = (): number => world.ca.requestLog.count({ resource: 'challenge', method: 'POST' });

describe('a service', () => {
  it('that others call gets a certificate for that, proven and renewed by the one that it calls with', async () => {
    const caller = await vouchedFor();
    expect(usagesOf(caller)).toEqual(['clientAuth']);
    await world.join(process, offered({ profile: 'service-server', usages: ['serverAuth'] }));
    const server = await enroll();
    expect(usagesOf(server)).toEqual(['serverAuth']);
    expect(answers()).toBe(1);
    expect(usagesOf(await enroll({ renews: server }))).toEqual(['serverAuth']);
    expect(answers()).toBe(2);
  });

  it('gets a certificate for both when its offer says so', async () => {
    const usages: Wanted['usages'] = ['serverAuth', 'clientAuth'];
    await world.join(process, offered({ profile: 'service', usages }));
    expect([...usagesOf(await vouchedFor())].sort()).toEqual(['clientAuth', 'serverAuth']);
  });

  it('asks to call others when its offer says nothing, which a profile for servers refuses', async () => {
    await world.join(process, offered({ profile: 'service-server' }));
    world.ca.faults.arm({ kind: 'validAuthorization' });
    const { enrollmentId } = await process.enrollments.start(request);
    const { failure } = await reached(process, enrollmentId, 'failed');
    expect(failure).toMatchObject({
      code: 'acme-problem',
      problem: { type: expect.stringMatching(/:badCSR$/) as string },
    });
  });

  it("proves itself by no person's certificate of the same organisation", async () => {
    const { credentials } = process.wallet;
    const own = credentials.find(await vouchedFor());
    if (own === undefined) throw new Error('nothing was issued');
    credentials.save({ ...own, purpose: 'client' });
    await world.join(process, offered({ profile: 'service-server', usages: ['serverAuth'] }));
    const { enrollmentId } = await process.enrollments.start(request);
    const isWaiting = ({ sending }: { readonly sending: boolean }): boolean => !sending;
    const { authorizations } = await reached(process, enrollmentId, 'proving', isWaiting);
    expect(authorizations[0]?.challenges).toMatchObject([
      { kind: 'certificate', candidates: [{ credentialId: own.id }] },
    ]);
    expect(answers()).toBe(0);
  });

  it('does not try to prove itself by a certificate that only servers use', async () => {
    await world.join(process, offered({ profile: 'service-server', usages: ['serverAuth'] }));
    const server = await vouchedFor();
    const { enrollmentId } = await process.enrollments.start({ ...request, renews: server });
    await reached(process, enrollmentId, 'proving', ({ sending }) => !sending);
    expect(answers()).toBe(0);
  });
});
