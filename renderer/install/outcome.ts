import type {
  CredentialSummary,
  InstallResult,
  InstallTargetId,
  Proof,
} from '../../shared/models/credential.ts';

/** How it went altogether. What is issued is issued: a place that failed is a note, not a failure. */
export function outcomeOf(
  step: 'installing' | 'done',
  results: readonly InstallResult[],
): 'working' | 'good' | 'noted' | 'nowhere' {
  if (step === 'installing') return 'working';
  const installed = results.filter((result) => result.status === 'installed');
  if (results.length > 0 && installed.length === 0) return 'nowhere';
  return results.every((result) => isSpotless(result)) ? 'good' : 'noted';
}

/** What did not go well comes before what did: it is in sight in the smallest window. */
export function troubleFirst(results: readonly InstallResult[]): readonly InstallResult[] {
  return [
    ...results.filter((result) => !isSpotless(result)),
    ...results.filter((result) => isSpotless(result)),
  ];
}

const isSpotless = (result: InstallResult): boolean =>
  result.status === 'installed' && verdictOf(result.installation.proofs) !== 'fails';

/** One word for all proofs of a place: one that failed outweighs those that did not. */
export function verdictOf(proofs: readonly Proof[]): 'works' | 'fails' | 'untried' {
  if (proofs.some(({ status }) => status === 'failed')) return 'fails';
  return proofs.some(({ status }) => status === 'proven') ? 'works' : 'untried';
}

/** When the last attempt was made to show that it works; undefined when nobody tried. */
export function lastTried(proofs: readonly Proof[]): string | undefined {
  return proofs
    .flatMap((proof) => (proof.status === 'not-tried' ? [] : [proof.at]))
    .toSorted((one, other) => Date.parse(one) - Date.parse(other))
    .at(-1);
}

/** Whether an older credential of the same kind and person is in use there: it stays so until the new one has been shown to work. */
export function hasOlderAt(
  target: InstallTargetId,
  credentialId: string,
  credentials: readonly CredentialSummary[],
): boolean {
  const own = credentials.find(({ id }) => id === credentialId);
  if (own === undefined) return false;
  return credentials.some(
    (other) =>
      other.id !== own.id &&
      other.organizationId === own.organizationId &&
      other.offerId === own.offerId &&
      other.subject === own.subject &&
      other.status === 'active' &&
      Date.parse(other.issuedAt) <= Date.parse(own.issuedAt) &&
      other.installations.some((installation) => installation.target === target),
  );
}
