import { describe, expect, it } from 'vitest';
import {
  pinStates,
  type CompatibilityCheck,
  type CompatibilityFinding,
} from '../../shared/models/token.ts';
import { tokenFailure } from '../testing/failures.ts';
import { wordsFor } from '../words.ts';
import { checkVerdict } from './check-words.ts';

const types = { wanted: ['P-384', 'RSA-3072'], offered: ['RSA-2048'] } as const;

/** Everything that can be found. */
const findings: readonly CompatibilityFinding[] = [
  { check: 'algorithm', found: 'makes-key', types: ['P-256'] },
  { check: 'algorithm', found: 'only-existing-keys', ...types },
  { check: 'algorithm', found: 'no-common-type', ...types },
  ...(['enough', 'unknown', 'full'] as const).map((found) => ({ check: 'room' as const, found })),
  ...(['yes', 'read-only', 'certificates-elsewhere'] as const).map((found) => ({
    check: 'writable' as const,
    found,
  })),
  ...(['pin', 'pin-pad', 'none'] as const).map((found) => ({ check: 'login' as const, found })),
  ...pinStates.map((found) => ({ check: 'pin' as const, found })),
  ...(['yes', 'not-said'] as const).map((found) => ({ check: 'hardware' as const, found })),
  { check: 'reading', found: tokenFailure('hung') },
  { check: 'setup', found: 'not-initialized' },
  { check: 'policy', found: 'place-allowed' },
  { check: 'policy', found: 'place-not-allowed' },
];

/** What may stand in the way of a key. */
const grave = [
  'no-common-type',
  'not-initialized',
  'full',
  'read-only',
  'not-set',
  'to-be-changed',
  'final-try',
  'locked',
  'place-not-allowed',
];

describe('the compatibility report', () => {
  it.each(['en', 'de'])('has words in %s for everything that can be found', (locale) => {
    const words = wordsFor(locale);
    const told = findings.map(
      (finding) => checkVerdict({ ...finding, status: 'note' }, words).text,
    );
    for (const text of told) expect(text).toMatch(/^[^{}]*\p{L}{3}[^{}]*$/u);
    expect(new Set(told).size).toBe(told.length);
  });

  it.each(['en', 'de'])('has a cure in %s for everything that stands in the way', (locale) => {
    const words = wordsFor(locale);
    const uncured = findings
      .filter(({ check, found }) => check === 'reading' || grave.includes(found))
      .filter((finding) => checkVerdict({ ...finding, status: 'fail' }, words).cure === undefined);
    expect(uncured).toEqual([]);
  });

  it('cures nothing that is no harm', () => {
    const words = wordsFor('en');
    const cure = (check: CompatibilityCheck) => checkVerdict(check, words).cure;
    expect(cure({ check: 'pin', found: 'ok', status: 'pass' })).toBeUndefined();
    expect(
      cure({ check: 'algorithm', found: 'only-existing-keys', ...types, status: 'note' }),
    ).toBeUndefined();
    expect(cure({ check: 'pin', found: 'final-try', status: 'note' })).toContain('sure');
  });

  it('says what is asked for and what there is, also when there is nothing', () => {
    const words = wordsFor('en-GB');
    const text = (offered: readonly 'RSA-2048'[]) =>
      checkVerdict(
        { check: 'algorithm', found: 'no-common-type', ...types, offered, status: 'fail' },
        words,
      ).text;
    expect(text(['RSA-2048'])).toBe('P-384 or RSA-3072 is asked for, and it offers RSA-2048.');
    expect(text([])).toContain('nothing that Countersign can use');
  });
});
