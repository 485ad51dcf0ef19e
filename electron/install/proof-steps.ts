import type { Failure } from '../../shared/failure.ts';
import type { Proof, ProofMethod } from '../../shared/models/credential.ts';

/** One way to show that it works; it throws when it does not. */
export interface ProofStep {
  readonly method: ProofMethod;
  /** The program that tries. */
  readonly by: string;
  readonly attempt: () => Promise<void> | void;
}

/** Takes the steps in their order; the first that fails ends it, and is told as data. */
export async function takeProofSteps(
  steps: readonly ProofStep[],
  now: () => Date,
): Promise<readonly Proof[]> {
  const proofs: Proof[] = [];
  for (const { method, by, attempt } of steps) {
    try {
      await attempt();
      proofs.push({ status: 'proven', method, by, at: now().toISOString() });
    } catch (error) {
      if (!isTold(error)) throw error;
      const failure = error.toFailure();
      return [...proofs, { status: 'failed', method, failure, at: now().toISOString() }];
    }
  }
  return proofs;
}

/** Errors of install targets, and those of tokens, say themselves what the person is told. */
const isTold = (error: unknown): error is Error & { toFailure(): Failure } =>
  error instanceof Error && 'toFailure' in error && typeof error.toFailure === 'function';
