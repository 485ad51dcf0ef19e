import { ca, on, signed, type FaultRow } from './fault-row.ts';
import { twoNames } from './names.ts';
import { finishes } from './outcomes.ts';

/** What a CA decides, and when, and by which clock. */
export const decisions: readonly FaultRow[] = [
  {
    name: 'arrays in another order each time',
    names: twoNames,
    strike: ca({ kind: 'shuffledOrder' }, 99),
    outcomes: on(['newOrder', 'finalize', 'order poll'], finishes),
  },
  {
    name: 'challenges in another order each time',
    names: twoNames,
    strike: ca({ kind: 'shuffledChallenges' }, 99),
    outcomes: on(['authorization', 'authorization poll'], finishes),
  },
  {
    name: 'authorizations that are valid already',
    names: twoNames,
    strike: ca({ kind: 'validAuthorization' }, 99),
    outcomes: on(['newOrder'], finishes),
  },
  {
    name: 'one authorization more than names',
    strike: ca({ kind: 'extraAuthorization' }),
    outcomes: on(['newOrder'], finishes),
  },
  {
    name: 'processing for 9 polls',
    strike: ca({ kind: 'challengeProcessing', polls: 9 }),
    outcomes: on(['challenge'], finishes),
  },
  {
    name: 'issuing for 9 polls',
    strike: ca({ kind: 'orderProcessing', polls: 9 }),
    outcomes: on(['finalize'], finishes),
  },
  {
    name: 'processing for longer than patience lasts',
    strike: ca({ kind: 'challengeProcessing', polls: 60 }),
    outcomes: on(['challenge'], 'AcmePollDeadline'),
    patience: 30_000,
  },
  {
    name: 'issuing for longer than patience lasts',
    strike: ca({ kind: 'orderProcessing', polls: 60 }),
    outcomes: on(['finalize'], 'AcmePollDeadline'),
    patience: 30_000,
  },
  {
    name: 'invalid with subproblems',
    strike: ca({ kind: 'invalidWithSubproblems' }),
    outcomes: on(['challenge'], ['AuthorizationFailed', 'OrderFailed']),
  },
  {
    name: 'order invalid with a subproblem for each name',
    names: twoNames,
    strike: ca({ kind: 'orderInvalid' }),
    outcomes: on(['finalize'], ['OrderFailed', 'OrderFailed']),
  },
  {
    name: 'certificate for another key',
    strike: ca({ kind: 'wrongSubjectPublicKey' }),
    certifies: 'a stranger',
    outcomes: on(['finalize'], ['CertificateError key-mismatch', 'CertificateError key-mismatch']),
  },
  {
    name: 'expired mid-way',
    strike: ca({ kind: 'expired' }),
    outcomes: {
      ...on(
        ['authorization', 'challenge', 'authorization poll'],
        ['AuthorizationFailed', 'OrderFailed'],
      ),
      finalize: ['OrderFailed', 'OrderFailed'],
      // Nobody waits for an order beyond its end; what was finalized is decided all the same.
      'order poll': 'AcmePollDeadline',
    },
  },
  {
    name: 'terms that have changed',
    strike: ca({ kind: 'userActionRequired' }),
    outcomes: on(signed, 'AcmeProblem userActionRequired'),
  },
  {
    name: 'profile that is no longer issued',
    strike: ca({ kind: 'invalidProfile' }),
    outcomes: on(['newOrder', 'finalize'], 'AcmeProblem invalidProfile'),
  },
  {
    name: 'challenges that nobody knows among the others',
    strike: ca({ kind: 'unknownChallenges' }),
    outcomes: on(['newOrder'], finishes),
  },
  {
    name: 'token that is no base64url',
    strike: ca({ kind: 'tokenWithSpaces' }, 99),
    outcomes: on(
      ['newOrder'],
      ['AcmeProtocolError token-malformed', 'AcmeProtocolError token-malformed'],
    ),
  },
  {
    name: 'window for renewal that ends before it starts',
    strike: ca({ kind: 'renewalInfo', window: 'endsBeforeStart' }),
    outcomes: on(['renewalInfo'], 'AcmeProtocolError renewal-info-malformed'),
  },
  {
    name: '409, another account has the key',
    strike: ca({ kind: 'rolloverConflict' }),
    outcomes: on(['keyChange'], 'KeyInUse'),
  },
  {
    name: 'CA’s clock an hour ahead',
    strike: ca({ kind: 'clockSkew', seconds: 3_600 }),
    outcomes: on(['directory'], 'CertificateError not-yet-valid'),
    later: 3_600,
  },
  {
    name: 'CA’s clock an hour behind',
    strike: ca({ kind: 'clockSkew', seconds: -3_600 }),
    outcomes: on(['directory'], finishes),
  },
  {
    name: 'our clock an hour ahead',
    strike: { by: 'clock', seconds: 3_600 },
    outcomes: on(['directory'], finishes),
  },
  {
    name: 'our clock an hour behind',
    strike: { by: 'clock', seconds: -3_600 },
    outcomes: on(['directory'], 'CertificateError not-yet-valid'),
  },
];
