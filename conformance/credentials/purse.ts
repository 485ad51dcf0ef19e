import { createHash, createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { skip } from '../case.ts';
import type { CredentialOf, Credentials, Held, Kind, Subject } from './credentials.ts';
import type { Memory } from './memory.ts';

/** A credential on loan to a case. */
export type Holder<K extends Kind> = Held<K> & {
  readonly kind: K;
  readonly subject: Subject;
  /** Its name in the memory. */
  readonly id: string;
  /** Failures with it and with its siblings are counted together (docs/wire-profile.md §1). */
  readonly throttle: string;
};

export type Need = {
  /** How many wrong responses the case will give at most. */
  readonly failures?: number;
  /** How many accounts of the subject it takes. */
  readonly accounts?: number;
  /** It takes an account that nobody has used. */
  readonly fresh?: boolean;
  /** It locks or spoils the credential. */
  readonly expendable?: boolean;
  /** Only somebody else's will do. */
  readonly otherThan?: Subject;
  /** What else the credential has to have, and in words. */
  readonly suits?: { readonly test: (subject: Subject) => boolean; readonly words: string };
};

/** Ten failures within an hour lock a credential: a run stays below that. */
const MOST_FAILURES = 9;
const HOUR = 3_600_000;

/** Lends what the subjects have, without ever locking what was not meant to be. */
export class Purse {
  readonly #credentials: Credentials;
  readonly memory: Memory;
  readonly #now: () => number;
  /** Throttles whose credential got a judgement in this run, and those that were locked before it began. */
  readonly #judged = new Set<string>();
  readonly #locked = new Set<string>();

  constructor(credentials: Credentials, memory: Memory, now: () => number) {
    this.#credentials = credentials;
    this.memory = memory;
    this.#now = now;
  }

  get subjects(): readonly Subject[] {
    return this.#credentials.subjects;
  }

  get neighbours(): Credentials['neighbours'] {
    return this.#credentials.neighbours;
  }

  /** The credential that fits best. Ends the case when none will do. */
  lend<K extends Kind>(kind: K, need: Need = {}): Holder<K> {
    const all = this.subjects.flatMap((subject) => holderOf(kind, subject) ?? []);
    if (all.length === 0) skip(`the credentials hold no ${kind}`);
    const { expendable = false, otherThan, failures = 0, suits } = need;
    const others = all.filter(({ subject }) => subject !== otherThan);
    if (others.length === 0) skip(`it takes a ${kind} of a second subject`);
    const fitting = others.filter(({ subject }) => suits?.test(subject) ?? true);
    if (fitting.length === 0) skip(`it takes ${suits?.words ?? 'something else'}`);
    const risked = fitting.filter((one) => one.expendable === expendable);
    if (risked.length === 0) {
      skip(`${expendable ? 'no' : 'every'} ${kind} is marked as expendable`);
    }
    const reachable = risked.filter(({ subject }) => this.#hasAccounts(subject, need));
    if (reachable.length === 0) skip(accountsWanted(need));
    const open = reachable.filter(({ throttle }) => !this.#locked.has(throttle));
    if (open.length === 0) skip(lockedWords(kind));
    const alive = open.filter(({ id }) => !this.memory.spoiled.includes(id));
    const [best] = alive.sort((one, other) => this.#byUse(one, other, failures));
    if (best === undefined) return skip(`every ${kind} was spoiled by an earlier run`);
    if (!expendable && this.failuresOf(best) + failures > MOST_FAILURES) {
      skip(`${failures} more wrong responses within an hour would lock each ${kind} there is`);
    }
    return best;
  }

  /** What one subject has, if that is to be used. Ends the case when it cannot take so many wrong responses. */
  ofSubject<K extends Kind>(kind: K, subject: Subject, failures = 0): Holder<K> {
    const holder = holderOf(kind, subject) ?? skip(`${subject.name} has no ${kind}`);
    if (this.#locked.has(holder.throttle)) skip(lockedWords(kind));
    if (this.memory.spoiled.includes(holder.id)) skip(`the ${kind} was spoiled by an earlier run`);
    if (this.failuresOf(holder) + failures > MOST_FAILURES) {
      skip(`${failures} more wrong responses within an hour would lock the ${kind}`);
    }
    return holder;
  }

  /** The fewest failures first where there will be more of them, else the one that was used least lately. */
  #byUse(one: Holder<Kind>, other: Holder<Kind>, failures: number): number {
    const byFailures = this.failuresOf(one) - this.failuresOf(other);
    const byCounter = this.counter(one, 0) - this.counter(other, 0);
    return failures > 0 ? byFailures || byCounter : byCounter || byFailures;
  }

  /** Whether there is one to be had. */
  has(kind: Kind, need: Need = {}): boolean {
    return this.subjects.some(
      (subject) =>
        subject !== need.otherThan &&
        subject.held[kind] !== undefined &&
        (need.suits?.test(subject) ?? true),
    );
  }

  #hasAccounts({ externalAccounts }: Subject, { accounts = 1, fresh = false }: Need): boolean {
    if (externalAccounts.some(({ reusable }) => reusable)) return true;
    const unused = externalAccounts.filter(({ kid }) => this.memory.accounts[kid] === undefined);
    return fresh ? unused.length > 0 : externalAccounts.length >= accounts;
  }

  failuresOf({ throttle }: Pick<Holder<Kind>, 'throttle'>): number {
    const since = this.#now() - HOUR;
    return (this.memory.failures[throttle] ?? []).filter((at) => at > since).length;
  }

  countFailure({ throttle }: Pick<Holder<Kind>, 'throttle'>): void {
    const since = this.#now() - 2 * HOUR;
    const recent = (this.memory.failures[throttle] ?? []).filter((at) => at > since);
    this.memory.failures[throttle] = [...recent, this.#now()];
  }

  /** Ends the case when a credential is locked that this suite has not locked, which says nothing about the server. */
  noteAnswer({ kind, throttle }: Holder<Kind>, status: number, problem: string | undefined): void {
    if (status === 200 || status === 403) this.#judged.add(throttle);
    if (problem !== 'rateLimited' || this.#judged.has(throttle)) return;
    if (this.failuresOf({ throttle }) > MOST_FAILURES) return;
    this.#locked.add(throttle);
    skip(lockedWords(kind));
  }

  counter({ id }: Holder<Kind>, otherwise: number): number {
    return Math.max(this.memory.counters[id] ?? otherwise, otherwise);
  }

  moveCounter({ id }: Holder<Kind>, value: number): void {
    this.memory.counters[id] = value;
  }

  spoil({ id }: Holder<Kind>): void {
    this.memory.spoiled.push(id);
  }
}

function lockedWords(kind: Kind): string {
  return `locked: by failures elsewhere, no ${kind} is taken for now (429 rateLimited)`;
}

function accountsWanted({ accounts = 1, fresh = false }: Need): string {
  if (fresh) return 'it takes an external account key that is reusable or was not used';
  return `it takes ${accounts} external account keys of one subject, or a reusable one`;
}

function holderOf<K extends Kind>(kind: K, subject: Subject): Holder<K> | undefined {
  const held = subject.held[kind];
  if (held === undefined) return undefined;
  const family = kind === 'passkey' || kind === 'key' ? 'ppkp' : kind;
  const id = `${subject.name}.${kind}.${fingerprintOf(held.credential)}`;
  return { ...held, kind, subject, id, throttle: `${subject.name}.${family}` };
}

/** Tells a credential from the one that it replaced, and gives nothing away. */
function fingerprintOf(credential: CredentialOf[Kind]): string {
  const material = Object.entries(credential)
    .filter(([name]) => ['secret', 'key', 'passwords', 'credentialId', 'suite'].includes(name))
    .map(([, value]) => octetsOf(value as Buffer | KeyObject | string | readonly string[]));
  return createHash('sha256').update(Buffer.concat(material)).digest('hex').slice(0, 12);
}

function octetsOf(value: Buffer | KeyObject | string | readonly string[]): Buffer {
  if (Buffer.isBuffer(value)) return value;
  if (typeof value === 'string') return Buffer.from(value);
  if ('type' in value) {
    return createPublicKey(value).export({ type: 'spki', format: 'der' });
  }
  return Buffer.from(JSON.stringify(value));
}
