import type { Challenge } from '../state/authorizations.ts';
import type { Deliberation, Verdict } from './challenge-type.ts';

/** Judgements that take time, each in the background of the request that began it. */
export type Deliberations = {
  /**
   * Begins one, unless it is under way. `settle` is called with the verdict, or with `undefined` when there is
   * none: the back end failed, or the server stops. What it returns, the promise resolves with.
   */
  start<Settled>(
    challenge: Challenge,
    deliberation: Deliberation,
    settle: (verdict: Verdict | undefined) => Settled,
  ): Promise<Settled | undefined>;
  stop(): Promise<void>;
};

export function createDeliberations(log: (line: string) => void): Deliberations {
  const running = new Map<string, Promise<void>>();
  const stopping = new AbortController();

  async function judge({ id }: Challenge, { verdict }: Deliberation): Promise<Verdict | undefined> {
    try {
      return await verdict(stopping.signal);
    } catch (error) {
      if (!stopping.signal.aborted) log(`judging ${id} failed: ${String(error)}`);
      return undefined;
    }
  }

  return {
    async start(challenge, deliberation, settle) {
      if (running.has(challenge.id) || stopping.signal.aborted) return undefined;
      const settling = judge(challenge, deliberation).then(settle);
      const over = settling.then(
        () => void running.delete(challenge.id),
        () => void running.delete(challenge.id),
      );
      running.set(challenge.id, over);
      return settling;
    },
    async stop() {
      stopping.abort();
      await Promise.all(running.values());
    },
  };
}
