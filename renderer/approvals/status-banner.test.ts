import { describe, expect, it } from 'vitest';
import { approvedBy, robin, summary } from '../testing/approvals.ts';
import { standingOf } from './status-banner.tsx';

const now = Date.parse('2026-11-22T10:00:00Z');
/** By somebody else, with a receipt that this wallet keeps. */
const decisions = [approvedBy(robin, { receiptId: 'r-19' })];

describe('an open request', () => {
  it('is the person’s to decide, or theirs, or decided by them, whatever receipts of others are here', () => {
    expect(standingOf(summary({ decisions }), now)).toBe('to-decide');
    const others = { decisions, mayDecide: false };
    expect(standingOf(summary({ ...others, roles: ['requester', 'approver'] }), now)).toBe('own');
    expect(standingOf(summary({ ...others, roles: ['approver'] }), now)).toBe('decided-by-me');
    expect(standingOf(summary({ ...others, roles: ['auditor'] }), now)).toBe('not-mine');
  });

  it('is over with its time, also before the CA has said so', () => {
    const { expires } = summary().document;
    expect(standingOf(summary(), Date.parse(expires))).toBe('over');
  });
});
