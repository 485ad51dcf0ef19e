import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Challenge } from '../../acme/challenge.ts';
import { EnrollmentError } from '../enrollment-error.ts';
import { asked, proofRooms } from '../../testing/proof-rooms.ts';
import { hotp01, totp01 } from './digits.ts';

const { challenge } = asked({ type: 'totp-01' });
const rooms = proofRooms();
const { signal } = new AbortController();

const show = (changes: Partial<Challenge> = {}) =>
  totp01.show({ ...asked({ type: 'totp-01' }), challenge: { ...challenge, ...changes } }, rooms);

const respond = (from: Challenge, otp: string) =>
  totp01.respond(
    { ...asked({ type: 'totp-01' }), challenge: from },
    { by: 'code', otp },
    { rooms, signal },
  );

/** The code that would go to the CA; undefined when the wallet refuses to send one. */
async function sent(from: Challenge, typed: string): Promise<string | undefined> {
  try {
    const { otp } = (await respond(from, typed)) ?? {};
    return typeof otp === 'string' ? otp : 'no text';
  } catch (error) {
    if (error instanceof EnrollmentError) return undefined;
    throw error;
  }
}

describe('what the person is shown', () => {
  it('is RFC 6238 as everybody uses it when the CA says nothing', () => {
    expect(show()).toEqual({ kind: 'code', digits: 6, period: 30 });
  });

  it('is what the CA says, as text', () => {
    const prompt = 'Corp VPN authenticator';
    expect(show({ digits: 8, period: 60, prompt })).toEqual({
      kind: 'code',
      digits: 8,
      period: 60,
      prompt,
    });
  });

  it.each(['tricks\u202eyalp', 'bell\u0007', 'x'.repeat(201), ''])(
    'leaves out a prompt that is no plain text: %j',
    (prompt) => {
      expect(show({ prompt })).not.toHaveProperty('prompt');
    },
  );

  it.each([undefined, '1234', '123456', '1234567890'])(
    'warns of a token that is no random value: %s',
    (token) => {
      expect(show({ token })).toMatchObject({ warning: 'token-is-not-random' });
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
  ])('to "%s" is a text of digits that keeps its zeros', async (typed, otp) => {
    expect(await respond(challenge, typed)).toEqual({ otp });
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
  ] as const)('is not made of "%s" where %s digits are wanted', async (typed, digits) => {
    await expect(respond({ ...challenge, digits }, typed)).rejects.toMatchObject({
      failure: { code: 'invalid-request' },
    });
  });

  it('is never the digits that the CA itself has sent', async () => {
    const literal = { ...challenge, token: '287082' };
    await expect(respond(literal, '287 082')).rejects.toMatchObject({
      failure: { code: 'invalid-request' },
    });
    expect(await respond(literal, '359152')).toEqual({ otp: '359152' });
  });

  it('to anything at all is digits, or nothing is sent', async () => {
    const typed = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 64 }),
      fc.stringMatching(/^[-0-9 ]{0,12}$/),
    );
    await fc.assert(
      fc.asyncProperty(
        typed,
        fc.constantFrom(undefined, 6 as const, 8 as const),
        async (text, digits) => {
          const otp = await sent({ ...challenge, digits }, text);
          expect(otp === undefined || /^[0-9]{6,8}$/.test(otp)).toBe(true);
          expect(otp === undefined || digits === undefined || otp.length === digits).toBe(true);
        },
      ),
    );
  });

  it('does not quote the code in what it throws', async () => {
    const thrown: unknown = await respond(challenge, '98765').catch((error: unknown) => error);
    expect(String(thrown) + JSON.stringify(thrown)).not.toContain('98765');
  });
});

describe('a code of a token that counts', () => {
  const counted = asked({ type: 'hotp-01', digits: 8, period: 30 });

  it('has digits and no time', () => {
    expect(hotp01.show(counted, rooms)).toEqual({ kind: 'code', digits: 8 });
  });

  it('is sent as a text', async () => {
    const answer = { by: 'code', otp: '0123 4567' } as const;
    expect(await hotp01.respond(counted, answer, { rooms, signal })).toEqual({ otp: '01234567' });
  });

  it('is not what the CA printed', async () => {
    const literal = asked({ type: 'hotp-01', token: '01234567' });
    const answer = { by: 'code', otp: '01234567' } as const;
    await expect(hotp01.respond(literal, answer, { rooms, signal })).rejects.toMatchObject({
      failure: { code: 'invalid-request' },
    });
  });
});

describe("the wallet's own authenticator", () => {
  const withCodes = (offered: string) => ({
    ...rooms,
    ownCodes: {
      offers: (type: string) => type === offered,
      code: (type: string) => Promise.resolve(type === 'totp-01' ? '287082' : '755224'),
    },
  });
  const own = { by: 'own-code' } as const;

  it.each([
    [totp01, '287082'],
    [hotp01, '755224'],
  ])('is offered, and answers, where it makes codes for %o', async (type, otp) => {
    const here = asked({ type: type.type });
    const codes = withCodes(type.type);
    expect(type.show(here, codes)).toMatchObject({ kind: 'code', ownAuthenticator: true });
    expect(await type.respond(here, own, { rooms: codes, signal })).toEqual({ otp });
  });

  it('is neither offered nor asked where it makes none', async () => {
    for (const none of [rooms, withCodes('hotp-01')]) {
      expect(totp01.show(asked({ type: 'totp-01' }), none)).not.toHaveProperty('ownAuthenticator');
      await expect(
        totp01.respond(asked({ type: 'totp-01' }), own, { rooms: none, signal }),
      ).rejects.toBeInstanceOf(EnrollmentError);
    }
  });
});
