export interface TogetherOptions {
  readonly report: (doing: string, error?: unknown) => void;
  /** Milliseconds between the first that asks and the work; the end of the turn when not said. */
  readonly pace?: number;
}

/** Runs `work` once for everything that asked for it meanwhile. */
export function together(work: () => void, { report, pace }: TogetherOptions): () => void {
  let isDue = false;
  const run = (): void => {
    isDue = false;
    try {
      work();
    } catch (error) {
      report('telling the page what changed', error);
    }
  };
  return () => {
    if (isDue) return;
    isDue = true;
    if (pace === undefined) setImmediate(run);
    // What is left to be told keeps no program from ending.
    else setTimeout(run, pace).unref();
  };
}
