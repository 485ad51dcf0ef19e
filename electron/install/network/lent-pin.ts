import type { Failure } from '../../../shared/failure.ts';
import type { Proof } from '../../../shared/models/credential.ts';
import type { InstalledCredential, Probes } from '../install-target.ts';

/**
 * Has the PIN at hand for all proofs where one of them needs it, so that the person is asked once. Without one where the key is in
 * software, where nothing is signed in to, and where it is typed on the reader. That nobody says it is a proof that failed.
 */
export async function provingWithPin(
  { token }: InstalledCredential,
  { radius, network }: Probes,
  prove: (pin?: Uint8Array) => Promise<readonly Proof[]>,
  now: () => Date,
): Promise<readonly Proof[]> {
  if (!token || !(radius ?? network)) return prove();
  const progress = { isLent: false };
  try {
    // Whoever asks for a PIN must know by what module it will be read.
    await token.checkModule();
    return await token.lendPin((pin) => {
      progress.isLent = true;
      return prove(pin ?? undefined);
    });
  } catch (error) {
    if (progress.isLent || !isTold(error)) throw error;
    const failure = error.toFailure();
    // With nobody there to be asked, the key may still be unlocked for us.
    if (failure.code === 'token' && failure.reason === 'pin-needed') return prove();
    return [{ status: 'failed', method: 'signature', failure, at: now().toISOString() }];
  }
}

/** Errors of tokens say themselves what the person is told. */
const isTold = (error: unknown): error is Error & { toFailure(): Failure } =>
  error instanceof Error && 'toFailure' in error && typeof error.toFailure === 'function';
