import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Challenge } from '../../acme/challenge.ts';
import { EnrollmentError } from '../enrollment-error.ts';
import { totp01 } from './totp-01.ts';

const challenge: Challenge = {
  url: 'https://ca.example/acme/chall/7',
  type: 'totp-01',
  status: 'pending',
  validated: undefined,
  error: undefined,
  token: 'LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0',
  digits: undefined,
  period: undefined,
  prompt: undefined,
  display: undefined,
  issuerDomainNames: undefined,
  issuers: undefined,
  algs: undefined,
  publicKey: undefined,
  keys: undefined,
  webauthnUrl: undefined,
  accountUri: undefined,
  retryAfter: undefined,
};

/** The code that would go to the CA; undefined when the wallet refuses to send one. */
function sent(asked: Challenge, typed: string): string | undefined {
  try {
    const { otp } = totp01.respond(asked, typed);
    return typeof otp === 'string' ? otp : 'no text';
  } catch (error) {
    if (error instanceof EnrollmentError) return undefined;
    throw error;
  }
}

describe('what the person is shown', () => {
  it('is RFC 6238 as everybody uses it when the CA says nothing', () => {
    expect(totp01.describe(challenge)).toEqual({ digits: 6, period: 30 });
  });

  it('is what the CA says, as text', () => {
    const prompt = 'Corp VPN authenticator';
    expect(totp01.describe({ ...challenge, digits: 8, period: 60, prompt })).toEqual({
      digits: 8,
      period: 60,
      prompt,
    });
  });

  it.each(['tricks\u202eyalp', 'bell\u0007', 'x'.repeat(201), ''])(
    'leaves out a prompt that is no plain text: %j',
    (prompt) => {
      expect(totp01.describe({ ...challenge, prompt })).not.toHaveProperty('prompt');
    },
  );

  it.each([undefined, '1234', '123456', '1234567890'])(
    'warns of a token that is no random value: %s',
    (token) => {
      expect(totp01.describe({ ...challenge, token }).warning).toBe('token-is-not-random');
    },
  );
});

describe('the response', () => {
  it.each([
    ['287082', '287082'],
    [' 287 082 ', '287082'],
    ['287-082', '287082'],
    ['07081804', '07081804'],
    ['0000000', '0000000'],
  ])('to "%s" is a text of digits that keeps its zeros', (typed, otp) => {
    expect(totp01.respond(challenge, typed)).toEqual({ otp });
  });

  it.each([
    ['12345', undefined],
    ['123456789', undefined],
    ['1234567', 6],
    ['123456', 8],
    ['12e456', 6],
    ['+12345', 6],
    ['12.456', 6],
    ['٢٨٧٠٨٢', 6],
    ['{"otp"', 6],
  ] as const)('is not made of "%s" where %s digits are wanted', (typed, digits) => {
    expect(() => totp01.respond({ ...challenge, digits }, typed)).toThrow(
      expect.objectContaining({ failure: { code: 'invalid-request' } }),
    );
  });

  it('is never the digits that the CA itself has sent', () => {
    const literal = { ...challenge, token: '287082' };
    expect(() => totp01.respond(literal, '287 082')).toThrow(
      expect.objectContaining({ failure: { code: 'invalid-request' } }),
    );
    expect(totp01.respond(literal, '359152')).toEqual({ otp: '359152' });
  });

  it('to anything at all is digits, or nothing is sent', () => {
    const typed = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 64 }),
      fc.stringMatching(/^[-0-9 ]{0,12}$/),
    );
    fc.assert(
      fc.property(typed, fc.constantFrom(undefined, 6 as const, 8 as const), (text, digits) => {
        const otp = sent({ ...challenge, digits }, text);
        expect(otp === undefined || /^[0-9]{6,8}$/.test(otp)).toBe(true);
        expect(otp === undefined || digits === undefined || otp.length === digits).toBe(true);
      }),
    );
  });

  it('does not quote the code in what it throws', () => {
    const thrown = (() => {
      try {
        totp01.respond(challenge, '98765');
      } catch (error) {
        return error;
      }
      return undefined;
    })();
    expect(String(thrown) + JSON.stringify(thrown)).not.toContain('98765');
  });
});
