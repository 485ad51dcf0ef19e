import type { TokenFault } from '../../shared/failure.ts';
import type { KeyPlace, KeyType } from '../../shared/models/enrollment-profile.ts';
import type {
  CompatibilityCheck,
  TokenCompatibility,
  TokenKeyView,
  TokenView,
} from '../../shared/models/token.ts';
import { certificateInTheWay } from './certificate-in-the-way.ts';
import { pinFaults, pinStatusOf } from './token-findings.ts';

/** What an offer asks of a key. */
export interface WantedKey {
  /** In order of preference. */
  readonly types: readonly KeyType[];
  readonly places: readonly KeyPlace[];
}

/** Octets that a key pair of the largest kind takes with its certificate and the chain. */
export const roomForKey = 8_192;

/** Whether a token can hold the key of an offer, as far as it says; owners of its keys are in the view. */
export function compatibilityOf(token: TokenView, wanted: WantedKey): TokenCompatibility {
  if (!token.isInitialized) return emptySlot(token);
  const makes = wanted.types.filter((type) => token.makes.includes(type) && isSigned(token, type));
  const existingKeys = token.keys.filter((key) => fits(key, token, wanted));
  const canMake = makes.length > 0 && token.isWritable && roomOf(token) !== 'full';
  const usesExisting = !canMake && existingKeys.length > 0;
  const facts: Facts = { token, wanted, makes, existingKeys, usesExisting };
  const checks = [
    policyCheck(facts),
    ...readingCheck(facts),
    algorithmCheck(facts),
    writableCheck(facts),
    roomCheck(facts),
    loginCheck(facts),
    pinCheck(facts),
    hardwareCheck(facts),
  ];
  const replaced = existingKeys.flatMap(({ keyId }) => certificateInTheWay(token, keyId) ?? []);
  const isRefused = checks.some(({ status }) => status === 'fail');
  const verdict = usesExisting ? 'fits-with-existing-key' : 'fits';
  return {
    tokenId: token.tokenId,
    verdict: isRefused ? 'does-not-fit' : verdict,
    types: makes,
    existingKeys,
    ...(replaced.length > 0 && { replaced }),
    checks,
  };
}

/** What an enrolment that starts all the same would fail with; `null` when it would not. */
export function faultOf({ checks }: TokenCompatibility): TokenFault | null {
  const failed = checks.find(({ status }) => status === 'fail');
  if (failed === undefined) return null;
  switch (failed.check) {
    case 'policy':
    case 'algorithm':
    case 'hardware':
    case 'login':
      return 'not-supported';
    case 'room':
      return 'full';
    case 'writable':
      return 'read-only';
    case 'setup':
      return 'pin-not-set';
    case 'pin':
      return pinFaults[failed.found] ?? 'refused';
    case 'reading':
      return failed.found.code === 'token' ? failed.found.reason : 'malformed';
  }
}

/** What was never set up has no PIN, no keys and nothing else worth a word. */
const emptySlot = ({ tokenId }: TokenView): TokenCompatibility => ({
  ...{ tokenId, verdict: 'does-not-fit', types: [], existingKeys: [] },
  checks: [{ check: 'setup', found: 'not-initialized', status: 'fail' }],
});

interface Facts {
  readonly token: TokenView;
  readonly wanted: WantedKey;
  readonly makes: readonly KeyType[];
  readonly existingKeys: readonly TokenKeyView[];
  readonly usesExisting: boolean;
}

const isSigned = (token: TokenView, type: KeyType): boolean => token.signs.includes(type);

/** A key that somebody put there, and that no credential of this wallet has. */
const fits = ({ owner, type }: TokenKeyView, token: TokenView, { types }: WantedKey): boolean =>
  owner === 'foreign' && type !== null && types.includes(type) && isSigned(token, type);

const policyCheck = ({ token, wanted }: Facts): CompatibilityCheck =>
  wanted.places.includes(token.kind)
    ? { check: 'policy', found: 'place-allowed', status: 'pass' }
    : { check: 'policy', found: 'place-not-allowed', status: 'fail' };

const readingCheck = ({ token: { failure } }: Facts): readonly CompatibilityCheck[] =>
  failure === undefined ? [] : [{ check: 'reading', found: failure, status: 'fail' }];

function algorithmCheck({ token, wanted, makes, existingKeys }: Facts): CompatibilityCheck {
  if (makes.length > 0) {
    return { check: 'algorithm', found: 'makes-key', types: makes, status: 'pass' };
  }
  const types = { wanted: wanted.types, offered: token.makes };
  return existingKeys.length > 0
    ? { check: 'algorithm', found: 'only-existing-keys', ...types, status: 'note' }
    : { check: 'algorithm', found: 'no-common-type', ...types, status: 'fail' };
}

function writableCheck({ token, makes, usesExisting }: Facts): CompatibilityCheck {
  if (token.isWritable && (makes.length > 0 || !usesExisting)) {
    return { check: 'writable', found: 'yes', status: 'pass' };
  }
  // Modules that make no keys take no certificates either.
  return usesExisting
    ? { check: 'writable', found: 'certificates-elsewhere', status: 'note' }
    : { check: 'writable', found: 'read-only', status: 'fail' };
}

function roomCheck({ token, usesExisting }: Facts): CompatibilityCheck {
  const found = roomOf(token);
  const status = found === 'full' ? (usesExisting ? 'note' : 'fail') : 'pass';
  return { check: 'room', found, status };
}

function roomOf({ freeMemory }: TokenView): 'enough' | 'unknown' | 'full' {
  if (freeMemory === undefined) return 'unknown';
  return freeMemory < roomForKey ? 'full' : 'enough';
}

/** A token that nobody locks protects its keys less than it could. */
const loginCheck = ({ token: { login } }: Facts): CompatibilityCheck => ({
  check: 'login',
  found: login,
  status: login === 'none' ? 'note' : 'pass',
});

const pinCheck = ({ token }: Facts): CompatibilityCheck => ({
  check: 'pin',
  found: token.pin,
  status: pinStatusOf(token),
});

const hardwareCheck = ({ token: { isHardware } }: Facts): CompatibilityCheck =>
  isHardware
    ? { check: 'hardware', found: 'yes', status: 'pass' }
    : { check: 'hardware', found: 'not-said', status: 'note' };
