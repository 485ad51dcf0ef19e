import { describe, expect, it } from 'vitest';
import { approvalStatuses } from '../../shared/models/approval.ts';
import { approvalsView, orderDocument, standingDocument, summary } from '../testing/approvals.ts';
import { now } from '../testing/credentials.ts';
import { countToDecide, grouped, groupOf, isShown } from './groups.ts';

const soon = orderDocument({ expires: '2026-11-22T10:30:00Z' });

describe('the inbox', () => {
  it('has what the person may decide first, and of it what ends soonest', () => {
    const requests = [
      summary({ approvalId: 'later' }),
      summary({ approvalId: 'soon', document: soon }),
    ];
    expect(grouped(requests, now).toDecide.map(({ approvalId }) => approvalId)).toEqual([
      'soon',
      'later',
    ]);
    expect(countToDecide({ requests }, now)).toBe(2);
  });

  it('does not ask for a decision that comes too late', () => {
    const after = Date.parse(soon.expires);
    expect(groupOf(summary({ document: soon }), after - 1)).toBe('toDecide');
    expect(groupOf(summary({ document: soon }), after)).toBe('decided');
  });

  it('has what others decide apart, and standing ones while they count', () => {
    expect(groupOf(summary({ mayDecide: false }), now)).toBe('waiting');
    const standing = summary({ status: 'approved', document: standingDocument() });
    expect(groupOf(standing, now)).toBe('standing');
    expect(groupOf(standing, Date.parse(standingDocument().until))).toBe('decided');
    for (const status of approvalStatuses.filter((each) => each !== 'pending'))
      expect(groupOf(summary({ status }), now), status).toBe('decided');
  });

  it('loses none of a thousand', () => {
    const requests = Array.from({ length: 1000 }, (_, index) =>
      summary({ approvalId: String(index), mayDecide: index % 2 === 0 }),
    );
    const { toDecide, waiting, standing, decided } = grouped(requests, now);
    expect([toDecide, waiting, standing, decided].map(({ length }) => length)).toEqual([
      500, 500, 0, 0,
    ]);
    // What came first stays first among equals.
    expect(waiting[0]?.approvalId).toBe('1');
  });

  it('is shown where an organisation knows approvals, or a link was followed', () => {
    const none = approvalsView({ status: 'none' });
    expect(isShown(none)).toBe(false);
    expect(isShown(approvalsView())).toBe(true);
    expect(isShown({ ...none, linkFailure: { code: 'approval', reason: 'foreign-link' } })).toBe(
      true,
    );
    expect(isShown({ ...none, asked: { organizationId: 'o', approvalId: 'a' } })).toBe(true);
  });
});
