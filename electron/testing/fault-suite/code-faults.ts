import type { Fault } from '../../../ca/fault-kinds.ts';

/** Where an enrolment stands after the code was typed, with what the person is told. */
export type Standing =
  | 'done'
  /** The question is still there, with what was wrong. */
  | `asks again: ${string}`
  /** It can be gone on with. */
  | `interrupted: ${string}`
  /** It has to be begun anew. */
  | `failed: ${string}`;

export interface CodeFaultRow {
  readonly name: string;
  readonly fault: Fault;
  readonly times?: number;
  readonly standing: Standing;
  /** How many codes the CA has judged by then. */
  readonly judged: 0 | 1;
}

const seconds = (count: number) => ({ seconds: count, form: 'seconds' }) as const;

/** What happens to the one request with a one-time code, of which there must never be a second. */
export const codeFaults: readonly CodeFaultRow[] = [
  {
    name: 'reset before the CA acted',
    fault: { kind: 'dropBeforeActing' },
    standing: 'asks again: network',
    judged: 0,
  },
  {
    name: 'reset after the CA acted',
    fault: { kind: 'dropAfterActing' },
    standing: 'done',
    judged: 1,
  },
  {
    name: 'no answer in time, the CA has acted',
    fault: { kind: 'hold' },
    standing: 'done',
    judged: 1,
  },
  {
    name: 'half an answer in time, the CA has acted',
    fault: { kind: 'stalledBody' },
    standing: 'done',
    judged: 1,
  },
  {
    name: '500',
    fault: { kind: 'httpStatus', status: 500 },
    standing: 'asks again: acme-problem',
    judged: 0,
  },
  {
    name: '502 after the CA acted',
    fault: { kind: 'httpStatus', status: 502, when: 'after' },
    standing: 'done',
    judged: 1,
  },
  {
    name: '503 with Retry-After in 7 seconds',
    fault: { kind: 'httpStatus', status: 503, retryAfter: seconds(7) },
    standing: 'asks again: acme-problem',
    judged: 0,
  },
  {
    name: '429 with Retry-After in 7 seconds and help link',
    fault: { kind: 'rateLimited', retryAfter: seconds(7) },
    standing: 'asks again: acme-problem',
    judged: 0,
  },
  {
    name: 'badNonce 3 times',
    fault: { kind: 'badNonce' },
    times: 3,
    standing: 'done',
    judged: 1,
  },
  {
    name: 'badNonce 4 times',
    fault: { kind: 'badNonce' },
    times: 4,
    standing: 'asks again: acme-protocol',
    judged: 0,
  },
  {
    name: 'no Replay-Nonce',
    fault: { kind: 'missingNonce' },
    standing: 'done',
    judged: 1,
  },
  {
    name: 'truncated body',
    fault: { kind: 'truncatedBody' },
    standing: 'done',
    judged: 1,
  },
  {
    name: 'body without end',
    fault: { kind: 'oversizedBody', bytes: 2 * 1024 * 1024 },
    standing: 'done',
    judged: 1,
  },
  {
    name: 'wrong content type',
    fault: { kind: 'wrongContentType' },
    standing: 'done',
    judged: 1,
  },
  {
    name: 'unknown status',
    fault: { kind: 'unknownStatus' },
    standing: 'done',
    judged: 1,
  },
  {
    name: 'processing for 3 polls',
    fault: { kind: 'challengeProcessing', polls: 3 },
    standing: 'done',
    judged: 1,
  },
  {
    name: 'a refusal after which another code may be sent',
    fault: { kind: 'retryableRefusal', style: 'forbidden' },
    standing: 'asks again: acme-problem',
    judged: 0,
  },
  {
    name: 'the same, as an error in the challenge',
    fault: { kind: 'retryableRefusal', style: 'ok' },
    standing: 'asks again: acme-problem',
    judged: 0,
  },
  {
    name: 'invalid with subproblems',
    fault: { kind: 'invalidWithSubproblems' },
    standing: 'failed: authorization-failed',
    judged: 0,
  },
  {
    name: 'expired mid-way',
    fault: { kind: 'expired' },
    standing: 'failed: order-expired',
    judged: 0,
  },
  {
    name: 'terms that have changed',
    fault: { kind: 'userActionRequired' },
    standing: 'asks again: acme-problem',
    judged: 0,
  },
];
