import type { TokenView } from '../../shared/models/token.ts';

export type FindingId =
  | 'not-initialized'
  | 'both-locked'
  | 'pin-locked'
  | 'pin-not-set'
  | 'pin-to-be-changed'
  | 'final-try'
  | 'count-low'
  | 'puk-locked'
  | 'read-only'
  | 'makes-nothing'
  | 'unsuitable';

export interface Finding {
  readonly id: FindingId;
  /** `fail`: the token cannot be used until it is cured. */
  readonly status: 'note' | 'fail';
}

const fail = (id: FindingId): Finding => ({ id, status: 'fail' });
const note = (id: FindingId): Finding => ({ id, status: 'note' });

/** Why a token cannot be used, whatever for, and what else there is to know; the gravest first. */
export function findingsOf(token: TokenView): readonly Finding[] {
  // What has not been set up has no PIN, no keys and nothing else worth complaining about.
  if (!token.isInitialized) return [fail('not-initialized')];
  return [...pinFindings(token), ...abilityFindings(token)].toSorted(
    (one, other) => Number(other.status === 'fail') - Number(one.status === 'fail'),
  );
}

function pinFindings({ login, pin, puk }: TokenView): readonly Finding[] {
  if (login === 'none') return [];
  if (pin === 'locked') return [fail(puk === 'locked' ? 'both-locked' : 'pin-locked')];
  const ofPuk = puk === 'locked' ? [note('puk-locked')] : [];
  switch (pin) {
    case 'ok':
      return ofPuk;
    case 'not-set':
      return [fail('pin-not-set'), ...ofPuk];
    case 'to-be-changed':
      return [fail('pin-to-be-changed'), ...ofPuk];
    case 'count-low':
    case 'final-try':
      return [note(pin), ...ofPuk];
  }
}

function abilityFindings({ makes, signs, isWritable }: TokenView): readonly Finding[] {
  if (makes.length === 0 && signs.length === 0) return [fail('unsuitable')];
  if (!isWritable) return [note('read-only')];
  return makes.length === 0 ? [note('makes-nothing')] : [];
}

/** How a token is, in one word: the gravest of what was found. */
export function stateOf(token: TokenView): 'good' | 'note' | 'fail' {
  const findings = findingsOf(token);
  if (token.failure !== undefined || findings.some(({ status }) => status === 'fail'))
    return 'fail';
  return findings.length > 0 ? 'note' : 'good';
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
