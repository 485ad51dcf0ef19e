import type { Fault } from '../../../ca/fault-kinds.ts';
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

export const on = (names: readonly RequestName[], outcome: Outcome): Outcomes =>
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
export const reads = [...unsigned, ...signedReads] as const;
/** Nobody limits who may ask for a nonce. */
export const limitedReads = reads.filter((name) => name !== 'newNonce');
/** The others are answered with nothing. */
export const readsOfBodies = reads.filter((name) => name !== 'newNonce' && name !== 'revokeCert');
/** Those that are looked after instead. */
export const writes = ['newOrder', 'challenge', 'finalize', 'keyChange'] as const;
export const signed = [...signedReads, ...writes] as const;
export const all = [...reads, ...writes] as const;

export const ca = (fault: Fault, times?: number): Strike =>
  times === undefined ? { by: 'ca', fault } : { by: 'ca', fault, times };
export const seconds = (count: number) => ({ seconds: count, form: 'seconds' }) as const;
