import type { Fault } from '../../../ca/fault-kinds.ts';
import { twoNames } from './names.ts';
import { finishes } from './outcomes.ts';
import type { RequestName } from './requests.ts';

/** How a request is troubled. */
export type Strike =
  /** By a fault of the CA, armed when the request is about to be sent. */
  | { readonly by: 'ca'; readonly fault: Fault; readonly times?: number }
  /** Nobody listens. */
  | { readonly by: 'door' }
  /** The clock of this computer is ahead by so many seconds, all the time. */
  | { readonly by: 'clock'; readonly seconds: number };

/** What comes of it: at first, and when whoever was stopped by the error goes on afterwards. */
export type Outcome = string | readonly [first: string, afterwards: string];

export interface FaultRow {
  readonly name: string;
  readonly strike: Strike;
  /** For each request to which it can happen. */
  readonly outcomes: Readonly<Partial<Record<RequestName, Outcome>>>;
  /** Milliseconds of patience with the CA. */
  readonly patience?: number;
  readonly names?: readonly string[];
  /** Whose key is certified in the end; ours when not said. */
  readonly certifies?: 'a stranger';
  /** Seconds that pass until whoever was stopped goes on. */
  readonly later?: number;
}

type Outcomes = FaultRow['outcomes'];

const on = (names: readonly RequestName[], outcome: Outcome): Outcomes =>
  Object.fromEntries(names.map((name) => [name, outcome]));

const unsigned = ['directory', 'newNonce', 'renewalInfo'] as const;
/** Those that are sent again without asking: the CA is in the same state after two of them. */
const signedReads = [
  'newAccount',
  'authorization',
  'authorization poll',
  'order poll',
  'certificate',
  'revokeCert',
] as const;
const reads = [...unsigned, ...signedReads] as const;
/** Nobody limits who may ask for a nonce. */
const limitedReads = reads.filter((name) => name !== 'newNonce');
/** The others are answered with nothing. */
const readsOfBodies = reads.filter((name) => name !== 'newNonce' && name !== 'revokeCert');
/** Those that are looked after instead. */
const writes = ['newOrder', 'challenge', 'finalize', 'keyChange'] as const;
const signed = [...signedReads, ...writes] as const;
const all = [...reads, ...writes] as const;

const overloaded = (status: 500 | 502 | 503): string => `AcmeProblem ${status}`;
const ca = (fault: Fault, times?: number): Strike =>
  times === undefined ? { by: 'ca', fault } : { by: 'ca', fault, times };
const seconds = (count: number) => ({ seconds: count, form: 'seconds' }) as const;
const shortDate = { seconds: 9, form: 'date' } as const;

const connections: readonly FaultRow[] = [
  {
    name: 'connection refused',
    strike: { by: 'door' },
    outcomes: on(all, 'HttpError refused'),
  },
  {
    name: 'reset before the CA acted',
    strike: ca({ kind: 'dropBeforeActing' }),
    outcomes: on(all, finishes),
  },
  {
    name: 'reset after the CA acted',
    strike: ca({ kind: 'dropAfterActing' }),
    outcomes: on(all, finishes),
  },
  {
    name: 'reset each time',
    strike: ca({ kind: 'dropBeforeActing' }, 99),
    outcomes: { ...on(reads, 'HttpError reset'), ...on(writes, 'AcmeOutcomeUnknown') },
  },
  {
    name: 'no answer in time, the CA has acted',
    strike: ca({ kind: 'hold' }),
    outcomes: { ...on(reads, 'HttpError timeout'), ...on(writes, finishes) },
  },
  {
    name: 'half an answer in time, the CA has acted',
    strike: ca({ kind: 'stalledBody' }),
    outcomes: { ...on(reads, 'HttpError timeout'), ...on(writes, finishes) },
  },
];

const overload: readonly FaultRow[] = [
  {
    name: '500',
    strike: ca({ kind: 'httpStatus', status: 500 }),
    outcomes: {
      ...on(reads, finishes),
      ...on(['newOrder', 'challenge'], overloaded(500)),
      ...on(['finalize', 'keyChange'], finishes),
    },
  },
  {
    name: '502 after the CA acted',
    strike: ca({ kind: 'httpStatus', status: 502, when: 'after' }),
    outcomes: { ...on(all, finishes), newOrder: overloaded(502) },
  },
  {
    name: '503 with Retry-After in 7 seconds',
    strike: ca({ kind: 'httpStatus', status: 503, retryAfter: seconds(7) }),
    outcomes: {
      ...on(reads, finishes),
      ...on(['newOrder', 'challenge'], overloaded(503)),
      ...on(['finalize', 'keyChange'], finishes),
    },
  },
  {
    name: '503 with Retry-After as a date soon',
    strike: ca({ kind: 'httpStatus', status: 503, retryAfter: shortDate }),
    outcomes: {
      ...on(reads, finishes),
      ...on(['newOrder', 'challenge'], overloaded(503)),
      ...on(['finalize', 'keyChange'], finishes),
    },
  },
  {
    name: '503 with Retry-After in 10 minutes',
    strike: ca({ kind: 'httpStatus', status: 503, retryAfter: seconds(600) }),
    outcomes: {
      ...on(reads, overloaded(503)),
      ...on(['newOrder', 'challenge'], overloaded(503)),
      // Looked at at once, and then tried again.
      ...on(['finalize', 'keyChange'], finishes),
    },
  },
  {
    name: '503 each time',
    strike: ca({ kind: 'httpStatus', status: 503 }, 99),
    outcomes: on(all, overloaded(503)),
  },
  {
    name: '429 with Retry-After in 7 seconds and help link',
    strike: ca({ kind: 'rateLimited', retryAfter: seconds(7) }),
    outcomes: { ...on(limitedReads, finishes), ...on(writes, 'AcmeProblem rateLimited') },
  },
  {
    name: '429 with Retry-After in 10 minutes and help link',
    strike: ca({ kind: 'rateLimited', retryAfter: seconds(600) }),
    outcomes: on([...limitedReads, ...writes], 'AcmeProblem rateLimited'),
  },
];

const nonces: readonly FaultRow[] = [
  {
    name: 'badNonce 3 times',
    strike: ca({ kind: 'badNonce' }, 3),
    outcomes: on(signed, finishes),
  },
  {
    name: 'badNonce 4 times',
    strike: ca({ kind: 'badNonce' }, 4),
    outcomes: { ...on(signed, 'AcmeProtocolError nonce-refused'), finalize: finishes },
  },
  {
    name: 'no Replay-Nonce',
    strike: ca({ kind: 'missingNonce' }),
    outcomes: { ...on(signed, finishes), newNonce: 'AcmeProtocolError nonce-missing' },
  },
  {
    name: 'Replay-Nonce that is no base64url',
    strike: ca({ kind: 'malformedNonce' }),
    outcomes: { ...on(signed, finishes), newNonce: 'AcmeProtocolError nonce-missing' },
  },
];

const answers: readonly FaultRow[] = [
  {
    name: 'truncated body',
    strike: ca({ kind: 'truncatedBody' }),
    outcomes: on(all, finishes),
  },
  {
    name: 'body without end',
    strike: ca({ kind: 'oversizedBody', bytes: 2 * 1024 * 1024 }),
    outcomes: { ...on(readsOfBodies, 'HttpError response-too-large'), ...on(writes, finishes) },
  },
  {
    name: 'wrong content type',
    strike: ca({ kind: 'wrongContentType' }),
    outcomes: {
      ...on(all, 'AcmeProtocolError unexpected-content-type'),
      // Of these nothing is read, or the order or authorization is asked for what has become of it.
      ...on(['newNonce', 'challenge', 'finalize', 'keyChange', 'revokeCert'], finishes),
    },
  },
  {
    name: 'no Location',
    strike: ca({ kind: 'missingLocation' }),
    outcomes: on(['newAccount', 'newOrder'], 'AcmeProtocolError location-missing'),
  },
  {
    name: 'unknown status',
    strike: ca({ kind: 'unknownStatus' }),
    outcomes: {
      newAccount: 'AcmeProtocolError account-malformed',
      ...on(['newOrder', 'order poll'], 'AcmeProtocolError order-malformed'),
      ...on(['authorization', 'authorization poll'], 'AcmeProtocolError authorization-malformed'),
      ...on(['challenge', 'finalize'], finishes),
    },
  },
];

const decisions: readonly FaultRow[] = [
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

export const faultGroups = {
  'The connection': connections,
  'A CA that is overloaded': overload,
  Nonces: nonces,
  'Answers that are not as they should be': answers,
  'What the CA decides, and when': decisions,
} as const;
