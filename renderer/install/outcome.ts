import type { InstallResult, Installation, Proof } from '../../shared/models/credential.ts';

/** How it went altogether. What is issued is issued: a place that failed is a note, not a failure. */
export function outcomeOf(
  step: 'installing' | 'done',
  results: readonly InstallResult[],
): 'working' | 'good' | 'noted' | 'nowhere' {
  if (step === 'installing') return 'working';
  const installed = results.filter((result) => result.status === 'installed');
  if (results.length > 0 && installed.length === 0) return 'nowhere';
  const spotless =
    installed.length === results.length &&
    installed.every(({ installation }) =>
      installation.proofs.every((proof) => proof.status !== 'failed'),
    );
  return spotless ? 'good' : 'noted';
}

/** The last attempt to show that it works; undefined when nobody tried. */
export function latestProof(
  installation: Installation,
): Exclude<Proof, { status: 'not-tried' }> | undefined {
  return installation.proofs
    .filter((proof) => proof.status !== 'not-tried')
    .toSorted((one, other) => Date.parse(one.at) - Date.parse(other.at))
    .at(-1);
}
