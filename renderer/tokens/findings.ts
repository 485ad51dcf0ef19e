import type { TokenFinding, TokenView } from '../../shared/models/token.ts';

/** How a token is, in one word: the gravest of what was found. */
export function stateOf({
  findings,
  failure,
}: Pick<TokenView, 'findings' | 'failure'>): 'good' | 'note' | 'fail' {
  if (failure !== undefined || findings.some(({ status }) => status === 'fail')) return 'fail';
  return findings.length > 0 ? 'note' : 'good';
}

/** Why no key can be made there: what was found, `failure` where it could not be read; `null` when one can. */
export function noKeyReason(token: TokenView): TokenFinding['found'] | 'failure' | null {
  const failed = token.findings.find(({ status }) => status === 'fail');
  if (failed !== undefined) return failed.found;
  if (token.failure !== undefined) return 'failure';
  // A card that somebody has filled is all right and makes none all the same.
  if (token.makes.length === 0) return 'makes-nothing';
  return token.isWritable ? null : 'read-only';
}

/** A thing of its own, so that keys cannot be copied from it; anything else may be a file. */
export function isDevice({ isHardware, kind }: Pick<TokenView, 'isHardware' | 'kind'>): boolean {
  return isHardware || kind === 'tpm';
}

export type PinWay = 'change' | 'unblock' | 'set';

/** What can be done about the PIN. The PUK is of use as long as it is not locked itself. */
export function pinWays({ isInitialized, login, pin, puk }: TokenView): readonly PinWay[] {
  if (!isInitialized || login === 'none') return [];
  const withPuk =
    puk === 'locked' || puk === 'not-set' ? [] : ([pin === 'not-set' ? 'set' : 'unblock'] as const);
  switch (pin) {
    case 'ok':
    case 'to-be-changed':
      return ['change'];
    case 'count-low':
    case 'final-try':
      return ['change', ...withPuk];
    case 'not-set':
    case 'locked':
      return withPuk;
  }
}
