import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ApprovalError } from './approval-error.ts';
import { ApprovalWorld, organizationId, type Colleague } from '../testing/approval-world.ts';
import { SessionBus } from '../testing/session-bus.ts';
import { checkLog, isOwnEntry } from './approval-log.ts';

let bus: SessionBus;
let world: ApprovalWorld;
let kim: Colleague;
let sam: Colleague;

beforeAll(async () => {
  bus = await SessionBus.start({ secretService: 'unlocked', ofThisProcess: true });
  vi.stubEnv('DBUS_SESSION_BUS_ADDRESS', bus.env['DBUS_SESSION_BUS_ADDRESS']);
  world = await ApprovalWorld.start();
  kim = await world.hire('Kim');
  sam = await world.hire('Sam', 'auditor');
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await bus.stop();
  vi.unstubAllEnvs();
});

async function approve(approvalId: string): Promise<void> {
  const { approvals } = kim.house;
  const { challenges, digest } = await approvals.open({ organizationId, approvalId });
  const { challengeId = '' } = challenges.find(({ kind }) => kind === 'passkey') ?? {};
  await approvals.approve({
    ...{ organizationId, approvalId, digest, challengeId },
    answer: { by: 'passkey', way: 'window' },
  });
}

describe('an auditor', () => {
  it('reads what was decided, with the receipts, and decides nothing', async () => {
    const approvalId = await world.request();
    await approve(approvalId);
    const { approvals } = sam.house;
    await approvals.refresh();
    const { requests, receipts, organizations } = approvals.view;
    expect(organizations).toMatchObject([{ roles: ['auditor'], requesters: [], profiles: [] }]);
    expect(requests).toMatchObject([{ approvalId, roles: ['auditor'], mayDecide: false }]);
    expect(receipts).toMatchObject([
      { approvalId, isOwn: false, by: { name: 'Kim Example' }, decision: 'approve' },
    ]);
    expect(receipts[0]?.checks.map(({ passed }) => passed)).toEqual(Array(5).fill(true));
    const { challenges, decisions, digest } = await approvals.open({ organizationId, approvalId });
    expect(challenges).toEqual([]);
    expect(decisions).toMatchObject([{ receiptId: receipts[0]?.receiptId }]);
    const place = { organizationId, approvalId };
    const attempts = [
      () => approvals.decline({ ...place, digest, reason: 'No' }),
      () => approvals.approve({ ...place, digest, challengeId: 'x', answer }),
    ];
    for (const attempt of attempts) {
      await expect(attempt()).rejects.toBeInstanceOf(ApprovalError);
    }
    await expect(approvals.message({ ...place, text: 'Why?' })).rejects.toMatchObject({
      document: { type: 'urn:ietf:params:acme:error:unauthorized' },
    });
    expect(sam.ceremonies.asked).toEqual([]);
    expect(world.troubles).toEqual([]);
  });

  it('reads the log, which approvers do not', async () => {
    const entries = await sam.house.approvals.log(organizationId);
    expect(checkLog(entries)).toEqual({ holds: true, length: entries.length });
    const events = entries.filter(isOwnEntry).map(({ event }) => event);
    expect(events).toEqual(expect.arrayContaining(['member-added', 'requested', 'decided']));
    await expect(kim.house.approvals.log(organizationId)).rejects.toMatchObject({
      failure: { code: 'approval', reason: 'not-permitted' },
    });
  });
});

const answer = { by: 'passkey', way: 'window' } as const;
