import type { ApprovalRequest, ApprovalsView } from '../../shared/models/approval.ts';
import {
  alex,
  approvalsView,
  approvedBy,
  kim,
  orderDocument,
  organization,
  otherDigest,
  progress,
  receipt,
  request,
  robin,
  standingDocument,
  standingSummary,
  summary,
} from '../testing/approvals.ts';
import { authorization, proving, underway, unsupported } from '../testing/enrollments.ts';
import { codeSigning, northlight } from '../testing/organizations.ts';
import { card, driver, pinQuestion, tokensView } from '../testing/tokens.ts';
import { never, refusal, scene, type Act, type Scene } from './scene.ts';

const { organizationId, approvalId } = summary();
const start = { at: 'approval', organizationId, approvalId } as const;
const answered =
  <T>(value: T) =>
  () =>
    Promise.resolve({ ok: true as const, value });

interface Stage {
  readonly acts?: readonly Act[];
  readonly view?: Partial<ApprovalsView>;
  readonly approve?: 'never' | 'changed' | 'over';
  readonly pin?: true;
}

function opened(shown: ApprovalRequest, stage: Stage = {}): Scene {
  const { acts = [], view, approve } = stage;
  const reply =
    approve === 'never' ? never : refusal({ code: 'approval', reason: approve ?? 'changed' });
  return scene({
    ...{ start, acts },
    approvals: approvalsView({ requests: [shown], ...view }),
    replies: { approval: { open: answered(shown), approve: reply } },
    tokens: tokensView(
      [driver([card])],
      stage.pin === undefined ? {} : { pinQuestion: pinQuestion({ reason: 'use-account' }) },
    ),
  });
}

const inbox = (view: Partial<ApprovalsView>, acts: readonly Act[] = []): Scene =>
  scene({ start: { at: 'approvals' }, acts, approvals: approvalsView(view) });

const end: Act = { scroll: 'end' };
const readAll: Act = { scroll: 'through' };

const homograph = orderDocument({
  organization: 'Nоrthlight Shipyards',
  requestedBy: { name: 'Αlex Demo', email: 'alex@xn--nrthlight-9mh.example' },
  identifiers: [
    { type: 'dns', value: 'xn--80ak6aa92e.example' },
    { type: 'dns', value: 'xn--mnchen-3ya.example' },
  ],
  reason: 'שלום, זה דחוף (really) ‏',
});

const many = Array.from({ length: 1000 }, (_, index) =>
  summary({
    approvalId: `${approvalId}-${String(index)}`,
    document: orderDocument({ requestedBy: { service: `build-${String(index)}` } }),
    ...(index % 3 === 0
      ? {}
      : { mayDecide: false, status: index % 3 === 1 ? 'approved' : 'declined' }),
  }),
);

const own = request({
  ...{ roles: ['requester'], mayDecide: false, challenges: [] },
  decisions: [approvedBy(kim)],
  approvers: [robin],
  messages: [{ from: kim, at: '2026-11-22T09:39:00Z', text: 'Which branch is that?' }],
});

const declined = approvedBy(robin, {
  decision: 'decline',
  at: '2026-11-22T09:55:00Z',
  reason: 'The branch has not been reviewed yet.',
});

const waitingFor = (approval: Parameters<typeof progress>[0]): Scene =>
  scene({
    start: { at: 'enrollment', enrollmentId: 'e-1' },
    enrollments: [
      proving(
        [
          authorization({
            authorizationId: 'a-1',
            status: 'valid',
            identifier: { type: 'dns', value: 'northlight.example' },
          }),
          authorization({
            authorizationId: 'a-2',
            identifier: { type: 'dns', value: 'northlight.example' },
            challenges: [],
            approval: progress(approval),
          }),
        ],
        { name: codeSigning.name, purpose: 'codeSigning', offerId: 'code' },
      ),
    ],
  });

/** What others ask this person to agree to, and what this person asks others. */
export const ofApprovals: Readonly<Record<string, Scene>> = {
  approvals: inbox({
    requests: [
      summary(),
      summary({
        approvalId: `${approvalId}-2`,
        document: standingDocument(),
        decisions: [approvedBy(robin)],
      }),
      summary({
        approvalId: `${approvalId}-3`,
        ...{ mayDecide: false, decisions: [approvedBy(kim, { receiptId: 'r-17' })] },
        document: orderDocument({
          usages: ['1.3.6.1.5.5.7.3.36'],
          requestedBy: robin,
          profile: 'ev-document-signing',
        }),
      }),
      standingSummary(),
      summary({
        approvalId: `${approvalId}-4`,
        ...{ status: 'declined', mayDecide: false, decisions: [declined] },
      }),
    ],
    receipts: [
      receipt(),
      receipt({
        receiptId: 'r-18',
        decision: 'decline',
        method: 'account',
        reason: 'Not reviewed.',
      }),
      receipt({ receiptId: 'r-19', by: robin, isOwn: false, method: 'certificate' }),
    ],
  }),
  'approvals-empty': inbox({}),
  'approvals-requester': inbox({ organizations: [{ ...organization, roles: ['requester'] }] }),
  'approvals-looking': inbox({ status: 'unknown', organizations: [] }),
  'approvals-failure': inbox({
    requests: [summary()],
    failures: [
      {
        organizationId,
        failure: { code: 'network', reason: 'timeout', host: 'ca.northlight.example' },
      },
    ],
  }),
  'approvals-link': inbox({ linkFailure: { code: 'approval', reason: 'foreign-link' } }),
  'approvals-many': inbox({ requests: many }),
  'approvals-withdraw': inbox({ requests: [standingSummary()] }, [{ press: 'standing.withdraw' }]),
  'approval-request': opened(request()),
  'approval-request-key': opened(request(), { acts: [end] }),
  'approval-request-read': opened(request(), { acts: [readAll, end] }),
  'approval-request-card': opened(request({ challenges: request().challenges.slice(1) }), {
    acts: [readAll, end],
  }),
  'approval-request-pin': opened(request(), { pin: true }),
  'approval-request-standing': opened(
    request({ document: standingDocument(), decisions: [approvedBy(robin)] }),
  ),
  'approval-request-names': opened(request({ document: homograph })),
  'approval-request-talk': opened(
    request({
      document: orderDocument({ reason: '' }),
      messages: [
        { from: kim, at: '2026-11-22T09:39:00Z', text: 'Which branch is that?' },
        {
          from: alex,
          at: '2026-11-22T09:44:00Z',
          text: 'release/4.2, reviewed by Robin on Friday.',
        },
      ],
    }),
  ),
  'approval-request-odd': opened(
    request({
      document: orderDocument({
        usages: ['2.5.29.37.0', '1.3.6.1.4.1.55555.7.1', '1.3.6.1.5.5.7.3.4'],
        key: {
          spkiSha256: otherDigest,
          algorithm: 'RSA-3072',
          ...{ place: 'software', neverExtractable: false, local: false },
        },
      }),
      challenges: [unsupported],
    }),
    { acts: [readAll, end] },
  ),
  'approval-request-changed': opened(request(), {
    approve: 'changed',
    acts: [readAll, end, { press: 'approve.passkey.submit.window' }],
  }),
  'approval-request-under-way': opened(request(), {
    approve: 'never',
    acts: [readAll, end, { press: 'approve.passkey.submit.window' }],
  }),
  'approval-decline': opened(request(), { acts: [{ press: 'approval.decline' }] }),
  'approval-own': opened(own),
  'approval-decided': opened(
    request({
      ...{ mayDecide: false, challenges: [], approvers: [robin] },
      decisions: [approvedBy(kim, { receiptId: 'r-17' })],
    }),
    { view: { receipts: [receipt()] } },
  ),
  'approval-declined': opened(
    request({ status: 'declined', mayDecide: false, challenges: [], decisions: [declined] }),
  ),
  'approval-withdrawn': opened(
    request({
      ...{ status: 'withdrawn', mayDecide: false, challenges: [] },
      withdrawn: { by: alex, at: '2026-11-22T09:50:00Z', reason: 'Wrong key, sorry.' },
    }),
  ),
  'approval-auditor': opened(
    request({
      ...{ roles: ['auditor'], status: 'approved', mayDecide: false, challenges: [] },
      ...{ approvers: [], decisions: [approvedBy(robin, { receiptId: 'r-17' })] },
    }),
    { view: { receipts: [receipt({ by: robin, isOwn: false })] } },
  ),
  'approval-spent': opened(
    request({
      ...{ status: 'spent', mayDecide: false, challenges: [], approvers: [], remaining: 0 },
      document: standingDocument({ count: 2 }),
      decisions: [approvedBy(kim), approvedBy(robin, { method: 'cert-01' })],
      certificates: [
        { serial: '5f0c1a', issued: '2026-11-22T09:50:00Z', notAfter: '2026-11-22T10:05:00Z' },
        {
          ...{ serial: '5f0c1b', issued: '2026-11-22T09:52:00Z' },
          ...{ notAfter: '2026-11-22T10:07:00Z', revoked: '2026-11-22T09:58:00Z' },
        },
      ],
    }),
  ),
  'approval-unreadable': scene({
    start,
    approvals: approvalsView(),
    replies: { approval: { open: refusal({ code: 'approval', reason: 'unreadable' }) } },
  }),
  'approval-opening': scene({
    start,
    approvals: approvalsView(),
    replies: { approval: { open: never } },
  }),
  'approval-receipt': scene({
    start: { at: 'receipt', receipt: receipt() },
    approvals: approvalsView(),
  }),
  'approval-receipt-declined': scene({
    start: {
      at: 'receipt',
      receipt: receipt({
        ...{ decision: 'decline', method: 'account', reason: 'The branch has not been reviewed.' },
        document: standingDocument(),
      }),
    },
    approvals: approvalsView(),
  }),
  'approval-receipt-other': scene({
    start: {
      at: 'receipt',
      receipt: receipt({ by: robin, isOwn: false, method: 'certificate' }),
    },
    approvals: approvalsView(),
  }),
  'approval-receipt-broken': scene({
    start: {
      at: 'receipt',
      receipt: receipt({
        checks: [
          { check: 'signature', passed: true },
          { check: 'digest', passed: false },
        ],
      }),
    },
    approvals: approvalsView(),
  }),
  'approval-propose': scene({
    start: { at: 'propose' },
    approvals: approvalsView(),
  }),
  'approval-propose-faults': scene({
    start: { at: 'propose' },
    approvals: approvalsView(),
    acts: [{ fill: 'propose.count', text: '2000' }, { press: 'propose.submit' }],
  }),
  'home-approvals': scene({
    approvals: approvalsView({ requests: [summary(), standingSummary()] }),
  }),
  'prove-approval': waitingFor({ remindAfter: '2026-11-22T10:40:00Z' }),
  'prove-approval-question': waitingFor({
    decisions: [],
    approvers: [kim, robin],
    messages: [{ from: kim, at: '2026-11-22T09:39:00Z', text: 'Which branch is that?' }],
  }),
  'progress-declined': scene({
    start: { at: 'enrollment', enrollmentId: 'e-1' },
    enrollments: [
      underway.failed('prove', {
        ...{ code: 'not-approved', reason: 'declined' },
        ...{ by: 'Robin Weber (robin.weber@northlight.example)', detail: declined.reason ?? '' },
      }),
    ],
  }),
  'choose-approval': scene({
    start: { at: 'choose', organizationId: northlight.id },
    wallet: {
      organizations: [
        {
          ...northlight,
          offers: [
            {
              ...codeSigning,
              key: { ...codeSigning.key, places: ['software'] },
              approval: { required: 2, by: { en: 'the release board', de: 'das Release-Gremium' } },
            },
          ],
        },
      ],
    },
  }),
};
