import { decisions } from './decisions.ts';
import {
  all,
  ca,
  limitedReads,
  on,
  reads,
  readsOfBodies,
  seconds,
  signed,
  writes,
  type FaultRow,
} from './fault-row.ts';
import { finishes } from './outcomes.ts';

const overloaded = (status: 500 | 502 | 503): string => `AcmeProblem ${status}`;
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

export const faultGroups = {
  'The connection': connections,
  'A CA that is overloaded': overload,
  Nonces: nonces,
  'Answers that are not as they should be': answers,
  'What the CA decides, and when': decisions,
} as const;
