import { CaseEnd } from './case.ts';
import type { Case, Verdict } from './case.ts';
import { inTurn } from './catalogue.ts';
import { Trial } from './trial.ts';
import type { World } from './trial.ts';

export type Result = {
  readonly case: Case;
  readonly verdict: Verdict;
  /** What came, or why it was not tried. */
  readonly came: string;
  readonly milliseconds: number;
  readonly requests: number;
};

export type SuiteOptions = {
  readonly cases: readonly Case[];
  readonly world: World;
  /** For one case, without the time that it waits for a new code; milliseconds. */
  readonly caseTime: number;
  readonly onResult?: (result: Result) => void;
  readonly signal?: AbortSignal;
};

/** Tries the cases one after the other; in the order of the catalogue are their results. */
export async function runSuite(options: SuiteOptions): Promise<readonly Result[]> {
  const { cases, onResult, signal } = options;
  const results = new Map<Case, Result>();
  for (const one of inTurn(cases)) {
    if (signal?.aborted === true) break;
    const result = await tryCase(one, options);
    results.set(one, result);
    onResult?.(result);
  }
  return cases.flatMap((one) => results.get(one) ?? []);
}

async function tryCase(one: Case, { world, caseTime }: SuiteOptions): Promise<Result> {
  const started = performance.now();
  const asked = world.server.requests;
  const clock = new CaseClock(caseTime);
  const trial = new Trial({ ...world, wait: (time) => clock.stopped(world.wait(time)) });
  const outcome = await Promise.race([attempt(one, trial), clock.over]);
  clock.clear();
  return {
    ...{ case: one, ...outcome },
    milliseconds: Math.round(performance.now() - started),
    requests: world.server.requests - asked,
  };
}

type Outcome = Pick<Result, 'verdict' | 'came'>;

async function attempt(one: Case, trial: Trial): Promise<Outcome> {
  const outcome = await one.perform(trial).then(
    (came): Outcome => ({ verdict: 'pass', came }),
    (error: unknown): Outcome => outcomeOf(error),
  );
  // What cannot be closed any more says nothing about the case.
  await trial.tidy().catch((error: unknown) => outcomeOf(error));
  return outcome;
}

function outcomeOf(error: unknown): Outcome {
  if (error instanceof CaseEnd) return { verdict: error.code, came: error.message };
  return { verdict: 'fail', came: error instanceof Error ? error.message : String(error) };
}

/** The time of one case, which stands still while it waits. */
class CaseClock {
  readonly over: Promise<Outcome>;
  readonly #limit: number;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;
  #end: (outcome: Outcome) => void = () => undefined;

  constructor(limit: number) {
    this.#limit = limit;
    this.over = new Promise((resolve) => {
      this.#end = resolve;
    });
    this.#start();
  }

  #start(): void {
    const seconds = Math.round(this.#limit / 1000);
    const outcome: Outcome = { verdict: 'fail', came: `no end within ${seconds} seconds` };
    this.#timer = setTimeout(() => this.#end(outcome), this.#limit);
  }

  async stopped(waiting: Promise<void>): Promise<void> {
    clearTimeout(this.#timer);
    await waiting;
    if (!this.#isOver) this.#start();
  }

  clear(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }
}
