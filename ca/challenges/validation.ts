import { setTimeout as wait } from 'node:timers/promises';
import type { FaultBox } from '../faults.ts';
import { Problem } from '../problems.ts';
import type { ProblemDocument } from '../problems.ts';
import type { State } from '../state.ts';
import type { Challenge } from '../state/authorizations.ts';
import type { ChallengeTypes, Proof } from './challenge-type.ts';

/** Looks, in the background, for the proofs of answered challenges (RFC 8555 §8.2). */
export type Validation = {
  /** `polls`: how often the client must have asked before it is told the outcome; 0 without a fault. */
  start(challenge: Challenge, polls: number): void;
  /** Looks again now, if it is waiting to. */
  retry(challengeId: string): void;
  /** When the next look is due; undefined when nothing is running. */
  nextLook(challengeId: string): Date | undefined;
  /** Takes up what an earlier run of the server left open. */
  resume(): void;
  stop(): Promise<void>;
};

export type ValidationOptions = {
  readonly state: State;
  readonly challengeTypes: ChallengeTypes;
  readonly faults: FaultBox;
  readonly clock: () => Date;
  /** Seconds. */
  readonly retryDelays: readonly number[];
  /** Seconds that one look may take. */
  readonly lookSeconds: number;
  readonly log: (line: string) => void;
  readonly accountUrl: (accountId: string) => string;
};

type Run = { readonly done: Promise<void>; nextLook: Date; lookNow: AbortController };

/** RFC 8555 §8.2 asks for a limit on retries that the client orders. */
const SHORTEST_PAUSE = 1000;

export function createValidation(options: ValidationOptions): Validation {
  const runs = new Map<string, Run>();
  const stopping = new AbortController();

  function start(challenge: Challenge, polls: number): void {
    if (runs.has(challenge.id) || stopping.signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const run: Run = { done: promise, nextLook: options.clock(), lookNow: new AbortController() };
    runs.set(challenge.id, run);
    const settle = (step: () => void): void => options.faults.postpone(challenge.id, polls, step);
    void validate({ challenge, run, settle, stop: stopping.signal, ...options })
      .catch((error: unknown) =>
        options.log(`validation of ${challenge.id} broke off: ${String(error)}`),
      )
      .finally(() => {
        runs.delete(challenge.id);
        resolve(undefined);
      });
  }

  function resume(challenge: Challenge): void {
    const type = options.challengeTypes.find(challenge.type);
    const authorization = options.state.authorizations.find(challenge.authorizationId);
    // An approval counts in the moment in which it is judged, which this is not.
    if (authorization?.approval !== undefined) {
      options.state.challenges.reopen(challenge.id, undefined);
      return;
    }
    if (type?.kind !== 'answered') start(challenge, 0);
    else if (type.deliberates === true) options.state.challenges.reopen(challenge.id, undefined);
    // A response that is judged at once is recorded only when it was right.
    else options.state.challenges.validate(challenge.id, options.clock());
  }

  return {
    start,
    retry(challengeId) {
      const run = runs.get(challengeId);
      run?.lookNow.abort();
    },
    nextLook: (challengeId) => runs.get(challengeId)?.nextLook,
    resume: () => options.state.challenges.inProcessing().forEach((one) => resume(one)),
    async stop() {
      stopping.abort();
      await Promise.all([...runs.values()].map(({ done }) => done));
    },
  };
}

type ValidationTask = ValidationOptions & {
  readonly challenge: Challenge;
  readonly run: Run;
  readonly settle: (step: () => void) => void;
  readonly stop: AbortSignal;
};

async function validate(task: ValidationTask): Promise<void> {
  const { challenge, state, settle, clock, stop } = task;
  const failures: ProblemDocument[] = [];
  for (const delay of [...task.retryDelays, undefined]) {
    const failure = await look(task);
    if (stop.aborted) return;
    if (failure === undefined) {
      settle(() => state.challenges.validate(challenge.id, clock()));
      return;
    }
    failures.push(failure);
    if (delay === undefined) break;
    state.challenges.recordError(challenge.id, summary(failures));
    await pause(task, delay * 1000);
  }
  settle(() => state.challenges.fail(challenge.id, summary(failures), clock()));
}

/** One query; the problem it met with, or undefined when the proof was there. */
async function look(task: ValidationTask): Promise<ProblemDocument | undefined> {
  const { challenge, challengeTypes, lookSeconds, stop, log } = task;
  const tooLate = AbortSignal.timeout(Math.ceil(lookSeconds * 1000));
  const signal = AbortSignal.any([stop, tooLate]);
  let concealing: Problem | undefined;
  const conceal = (problem: Problem): void => void (concealing = problem);
  try {
    const type = challengeTypes.find(challenge.type);
    if (type?.kind !== 'observed') throw new Error(`${challenge.type} cannot be observed`);
    await Promise.race([type.observe(proofOf(task), signal, conceal), aborted(signal)]);
    return undefined;
  } catch (error) {
    if (concealing !== undefined) {
      await aborted(signal).catch(() => undefined);
      return concealing.document;
    }
    if (tooLate.aborted) return new Problem('connection', 'The validation took too long.').document;
    if (error instanceof Problem) return error.document;
    if (!stop.aborted) log(`validation of ${challenge.id} failed: ${String(error)}`);
    return new Problem('serverInternal', 'The validation failed within the server.').document;
  }
}

/** Never resolves; rejects when the signal is given. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(new Error('aborted'));
    signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true });
  });
}

function proofOf({ challenge, state, accountUrl }: ValidationTask): Proof {
  const authorization = state.authorizations.find(challenge.authorizationId);
  const { keyAuthorization, token } = challenge;
  if (authorization === undefined || keyAuthorization === undefined) {
    throw new Error('the challenge was never answered');
  }
  const { identifier, wildcard, subdomains, accountId } = authorization;
  return {
    domain: identifier.value,
    below: wildcard || subdomains,
    accountUrl: accountUrl(accountId),
    token,
    keyAuthorization,
  };
}

/** RFC 8555 §8.2: one entry for each failed query, the last one on top. */
function summary(failures: readonly ProblemDocument[]): ProblemDocument {
  const last = failures.at(-1) ?? new Problem('serverInternal', 'Nothing was tried.').document;
  return failures.length > 1 ? { ...last, subproblems: failures } : last;
}

async function pause({ run, clock, stop }: ValidationTask, milliseconds: number): Promise<void> {
  run.lookNow = new AbortController();
  run.nextLook = new Date(clock().getTime() + milliseconds);
  const shortest = Math.min(SHORTEST_PAUSE, milliseconds);
  await sleep(shortest, stop);
  await sleep(milliseconds - shortest, AbortSignal.any([stop, run.lookNow.signal]));
}

async function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  await wait(milliseconds, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
