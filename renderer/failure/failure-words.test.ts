import { describe, expect, it } from 'vitest';
import type { Failure } from '../../shared/failure.ts';
import {
  allFailures,
  moduleFailure,
  problem,
  throttled,
  tokenFailure,
  unsafeChallenge,
  wrongCode,
} from '../testing/failures.ts';
import { wordsFor } from '../words.ts';
import { failureFacts } from './failure-facts.ts';
import { failureWords, fileName, problemKind } from './failure-words.ts';

const english = wordsFor('en-GB');

describe('the words for failures', () => {
  it.each(['en', 'de'])('say in %s what happened and what to do next, for every one', (locale) => {
    const words = wordsFor(locale);
    for (const failure of allFailures) {
      const { what, why, next } = failureWords(failure, words);
      for (const text of [what, why, next]) {
        expect(text, JSON.stringify(failure)).toMatch(/\p{L}{3}/u);
        expect(text, JSON.stringify(failure)).not.toMatch(/failure\.|[{}]/);
      }
    }
  });

  it('say something else for each reason', () => {
    const told = allFailures.map((failure) => {
      const { what, why, next } = failureWords(failure, english);
      return `${what} ${why ?? ''} ${next}`;
    });
    // An unknown type and a missing number of tries are told like their general case.
    expect(new Set(told).size).toBeGreaterThanOrEqual(told.length - 1);
  });

  it('call a token without a label no “”', () => {
    const nameless = tokenFailure('pin-locked', { token: '' });
    expect(failureWords(nameless, english).what).toBe('The PIN of the token is locked');
  });

  it('say how many tries are left after a wrong code', () => {
    expect(failureWords(wrongCode(3), english).what).toBe('That code was not right: 3 tries left');
    expect(failureWords(wrongCode(1), english).what).toBe('That code was not right: one try left');
    expect(failureWords(wrongCode(0), english).what).toContain('last try');
  });

  it('call nothing a code that was signed', () => {
    const signed = (failure: Failure) => failureWords(failure, english, 'signature').what;
    expect(signed(wrongCode(2))).toBe('The proof was not accepted: 2 tries left');
    expect(signed(wrongCode(0))).toContain('last try');
    expect(signed(problem('incorrectResponse', ''))).toBe('The proof was not accepted');
    expect(signed(throttled)).toBe(failureWords(throttled, english).what);
  });

  it('keep the type of a challenge and what WebAuthn said for the details', () => {
    expect(failureFacts(unsafeChallenge('rp-id'))).toEqual([
      ['code', 'unsafe-challenge/rp-id'],
      ['type', 'ppkp-01'],
    ]);
    expect(
      failureFacts({ code: 'passkey', reason: 'refused', detail: 'NotAllowedError' }),
    ).toContainEqual(['WebAuthn', 'NotAllowedError']);
  });

  it('say when to try again after too many', () => {
    expect(failureWords(throttled, english).what).toMatch(/^Please wait until \d\d:\d\d$/);
  });

  it('always show what the CA said, with what it said about the parts', () => {
    const failure = problem('somethingNew', 'No.', {
      subproblems: [
        {
          type: 'urn:ietf:params:acme:error:rejectedIdentifier',
          detail: 'Not this one.',
          identifier: { type: 'dns', value: 'a.example' },
        },
      ],
    });
    expect(failureWords(failure, english).said).toEqual(['No.', 'Not this one.']);
  });

  it('do not take a problem for another because its type looks alike', () => {
    expect(problemKind('urn:ietf:params:acme:error:rateLimited')).toBe('rateLimited');
    expect(problemKind('https://evil.example/rateLimited')).toBe('other');
    expect(problemKind('rateLimited')).toBe('other');
  });

  it('name the token when it is known, and do without its name when it is not', () => {
    expect(failureWords(tokenFailure('removed'), english).what).toBe('“Alex’s card” was taken out');
    expect(failureWords({ code: 'token', reason: 'removed', module: 'M' }, english).what).toBe(
      'The token was taken out',
    );
  });

  it('name the driver that crashed, hung or cannot be used', () => {
    for (const reason of ['crashed', 'hung', 'malformed'] as const)
      expect(failureWords(tokenFailure(reason), english).what).toContain('OpenSC');
    expect(failureWords(moduleFailure('crashed'), english).what).toContain('“libacmep11.so”');
    const arm = moduleFailure('other-architecture', { detail: 'aarch64' });
    expect(failureWords(arm, english).why).toContain('aarch64');
    expect(fileName('C:\\Acme\\acme.dll')).toBe('acme.dll');
  });

  it('keep paths and what PKCS #11 said for the details', () => {
    const failures = [tokenFailure('refused'), moduleFailure('missing')];
    expect(failures.map(failureFacts)).toEqual([
      [
        ['code', 'token/refused'],
        ['token', 'Alex’s card'],
        ['module', 'OpenSC smartcard framework'],
        ['detail', 'CKR_GENERAL_ERROR'],
      ],
      [
        ['code', 'token-module/missing'],
        ['path', '/opt/acme/lib/libacmep11.so'],
      ],
    ]);
    for (const failure of failures) {
      const { what, why, next } = failureWords(failure, english);
      expect(`${what} ${why ?? ''} ${next}`).not.toMatch(/CKR_|\/opt/);
    }
  });

  it('keep codes and types for the details', () => {
    const facts = failureFacts(wrongCode(2));
    expect(facts).toContainEqual(['code', 'acme-problem']);
    expect(facts).toContainEqual(['type', 'urn:ietf:params:acme:error:incorrectResponse']);
    expect(failureFacts({ code: 'profile', reason: 'expired' })).toEqual([
      ['code', 'profile/expired'],
    ]);
  });
});
