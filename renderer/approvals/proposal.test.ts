import { describe, expect, it } from 'vitest';
import { approvalChannels } from '../../shared/approval-channels.ts';
import { organization } from '../testing/approvals.ts';
import { now } from '../testing/credentials.ts';
import { dayRange, firstDraft, mayPropose, readProposal } from './proposal.ts';

const draft = { ...firstDraft(organization, now), reason: 'Nightly builds\nuntil Christmas ' };

describe('a proposal', () => {
  it('goes to main as the contract wants it, with the reason in one line', () => {
    const read = readProposal(draft, now);
    if ('faults' in read) throw new Error(read.faults.join());
    expect(read.proposal).toMatchObject({
      organizationId: 'northlight',
      requester: { service: 'build' },
      domain: 'northlight.example',
      profile: 'one-time-code-signing',
      count: 10,
      reason: 'Nightly builds until Christmas',
    });
    expect(read.proposal.until).toMatch(/^2026-12-2\dT\d\d:59:59Z$/);
    expect(approvalChannels.propose.request.safeParse(read.proposal).success).toBe(true);
  });

  it.each([
    [{ count: '0' }, 'count'],
    [{ count: '1001' }, 'count'],
    [{ count: 'ten' }, 'count'],
    [{ count: '1e3' }, 'count'],
    [{ day: '2026-11-21' }, 'day'],
    [{ day: '2027-03-01' }, 'day'],
    [{ day: '' }, 'day'],
    [{ day: '24.12.2026' }, 'day'],
    [{ reason: ' \n ' }, 'reason'],
  ] as const)('with %o is told what is wrong', (change, fault) => {
    expect(readProposal({ ...draft, ...change }, now)).toEqual({ faults: [fault] });
  });

  it('can be for every day that the field offers', () => {
    const { min, max } = dayRange(now);
    for (const day of [min, max])
      expect(readProposal({ ...draft, day }, now)).toHaveProperty('proposal');
  });

  it('is for approvers, where there is something to propose', () => {
    expect(mayPropose(organization)).toBe(true);
    expect(mayPropose({ ...organization, roles: ['requester', 'auditor'] })).toBe(false);
    expect(mayPropose({ ...organization, requesters: [] })).toBe(false);
    expect(mayPropose({ ...organization, profiles: organization.profiles.slice(1) })).toBe(false);
  });
});
