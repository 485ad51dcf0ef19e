import type { TokenFault } from '../../shared/failure.ts';
import type { ModuleView, PinState, TokenFinding, TokenView } from '../../shared/models/token.ts';

/** What nobody can unlock with a PIN, and what that comes to. */
export const pinFaults: Readonly<Partial<Record<PinState, TokenFault>>> = {
  locked: 'pin-locked',
  'not-set': 'pin-not-set',
  'to-be-changed': 'pin-to-be-changed',
};

/** Whether the state of its PIN keeps a token from being used; one that needs no login needs no PIN. */
export function pinStatusOf({
  login,
  pin,
}: Pick<TokenView, 'login' | 'pin'>): 'pass' | TokenFinding['status'] {
  if (login === 'none' || pin === 'ok') return 'pass';
  return pinFaults[pin] === undefined ? 'note' : 'fail';
}

/** The modules with what there is to say of each token. */
export function withFindings(modules: readonly ModuleView[]): readonly ModuleView[] {
  return modules.map((module) => ({
    ...module,
    readers: module.readers.map((reader) => {
      const { token } = reader;
      return token === null
        ? reader
        : { ...reader, token: { ...token, findings: findingsOf(token) } };
    }),
  }));
}

/** Why a token cannot be used, whatever for, and what else there is to know; the gravest first. */
export function findingsOf(token: TokenView): readonly TokenFinding[] {
  // What has not been set up has no PIN, no keys and nothing else worth complaining about.
  if (!token.isInitialized) return [fail('not-initialized')];
  const findings = [...pinFindings(token), ...abilityFindings(token)];
  return findings.toSorted(
    (one, other) => Number(other.status === 'fail') - Number(one.status === 'fail'),
  );
}

type Found = TokenFinding['found'];
const fail = (found: Found): TokenFinding => ({ found, status: 'fail' });
const note = (found: Found): TokenFinding => ({ found, status: 'note' });

function pinFindings(token: TokenView): readonly TokenFinding[] {
  const { login, pin, puk } = token;
  if (login === 'none') return [];
  if (pin === 'locked') return [fail(puk === 'locked' ? 'both-locked' : 'pin-locked')];
  const ofPuk = puk === 'locked' ? [note('puk-locked')] : [];
  const status = pinStatusOf(token);
  const found = pinFindingIds[pin];
  return status === 'pass' || found === undefined ? ofPuk : [{ found, status }, ...ofPuk];
}

const pinFindingIds: Readonly<Partial<Record<PinState, Found>>> = {
  'not-set': 'pin-not-set',
  'to-be-changed': 'pin-to-be-changed',
  'count-low': 'count-low',
  'final-try': 'final-try',
};

function abilityFindings({ makes, signs, keys, isWritable }: TokenView): readonly TokenFinding[] {
  if (makes.length === 0 && signs.length === 0) return [fail('unsuitable')];
  // A card that somebody has filled is as it should be: its keys are used, and nothing has to be written.
  const isFilled = keys.some(({ type }) => type !== null && signs.includes(type));
  if (makes.length === 0) return isFilled ? [] : [note('makes-nothing')];
  return isWritable ? [] : [note('read-only')];
}
