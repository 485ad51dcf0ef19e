import { OsKeyError } from '../../keys/os/os-key-error.ts';

/** One thing that Windows's own libraries, or Wine's in their place, are asked to do. */
export interface Check {
  readonly what: string;
  /** What Wine makes of it: `works`, or the name of what it returns where it knows no better. */
  readonly expects: string;
  /** Returns when it worked, throws when it did not; text says how far it went. */
  readonly run: () => Promise<void>;
}

export interface Outcome {
  readonly area: string;
  readonly what: string;
  readonly expects: string;
  readonly outcome: string;
}

export async function runChecks(area: string, checks: readonly Check[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const { what, expects, run } of checks) {
    outcomes.push({ area, what, expects, outcome: await outcomeOf(run) });
  }
  return outcomes;
}

async function outcomeOf(run: Check['run']): Promise<string> {
  try {
    await run();
    return 'works';
  } catch (error) {
    if (error instanceof OsKeyError) return `${error.call ?? ''} ${error.status ?? error.reason}`;
    return error instanceof Error ? error.message : String(error);
  }
}

export function expectTrue(isSo: boolean, otherwise: string): void {
  if (!isSo) throw new Error(otherwise);
}
