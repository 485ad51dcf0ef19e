import * as fc from 'fast-check';
import { generateURI } from 'otplib/functional';
import { describe, expect, test } from 'vitest';
import { mutatedOctets } from '../testing/hostile/mutations.ts';
import { AuthenticatorError } from './authenticator-error.ts';
import { readSetup, type AuthenticatorSetup } from './setup.ts';

/** RFC 4648 §10 in reverse, and RFC 4226 appendix D: "12345678901234567890". */
const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const octets = Uint8Array.from(Buffer.from('12345678901234567890'));

const read = (text: string): AuthenticatorSetup => readSetup(Buffer.from(text));
const usual = { secret: octets, algorithm: 'sha1', digits: 6, period: 30, counter: 0 };

describe('a set-up', () => {
  test.each([
    ['totp', `otpauth://totp/Local%20CA:alex%40example.test?secret=${secret}&issuer=Local%20CA`],
    ['totp', `otpauth://totp/x?issuer=&image=https%3A%2F%2Fexample.test%2Fa.png&secret=${secret}`],
    ['totp', secret],
    ['totp', ' gezd gnbv gy3t qojq gezd gnbv gy3t qojq\n'.trimEnd()],
    ['totp', secret.replaceAll(/.{8}/g, '$&-').slice(0, -1)],
  ] as const)('by the clock is read from %s %s', (kind, text) => {
    expect(read(text)).toEqual({ ...usual, kind });
  });

  test('says by what and how long codes are', () => {
    const text = `otpauth://totp/x?secret=${secret}&algorithm=SHA256&digits=8&period=60`;
    expect(read(text)).toMatchObject({ algorithm: 'sha256', digits: 8, period: 60 });
    const counted = `otpauth://hotp/x?secret=${secret}&algorithm=sha512&digits=7&counter=41`;
    expect(read(counted)).toMatchObject({
      ...{ kind: 'hotp', algorithm: 'sha512', digits: 7, counter: 41 },
    });
  });

  test('may be what another program wrote', () => {
    const naming = { issuer: 'A & B=C?', label: 'ä:x@example.test', secret };
    expect(read(generateURI(naming))).toEqual({ ...usual, kind: 'totp' });
    const counted = generateURI({ strategy: 'hotp', ...naming, counter: 7 });
    expect(read(counted)).toEqual({ ...usual, kind: 'hotp', counter: 7 });
  });

  test.each([
    ['RFC 4648 §10 padding', 'MZXW6YTBOJRGC6TBOJRGC6TBOI======', 'foobarbazarbazar'],
    ['16 octets', 'GEZDGNBVGY3TQOJQGEZDGNBVGY', '1234567890123456'],
  ])('may have a secret with %s', (_what, text, plain) => {
    expect(Buffer.from(read(text).secret).toString()).toBe(plain);
  });
});

describe('what is no set-up', () => {
  const uri = `otpauth://totp/x?secret=${secret}`;

  test.each([
    ['nothing', ''],
    ['spaces', '   '],
    ['a short secret', 'GEZDGNBVGY3TQOJQ'],
    ['a long secret', 'A'.repeat(208)],
    ['a cut secret', secret.slice(0, -2) + '='],
    ['letters of no alphabet', secret.replace('G', '1')],
    ['padding in the middle', `${secret.slice(0, 8)}=${secret.slice(8)}`],
    ['another scheme', uri.replace('otpauth', 'https')],
    ['a scheme in capitals', uri.replace('otpauth', 'OTPAUTH')],
    ['another kind', uri.replace('totp', 'motp')],
    ['no label', `otpauth://totp?secret=${secret}`],
    ['no secret', 'otpauth://totp/x?issuer=x'],
    ['an empty secret', 'otpauth://totp/x?secret='],
    ['a secret twice', `${uri}&secret=${secret}`],
    ['a secret twice, once in disguise', `${uri}&digits=6&digits=6`],
    ['a fragment', `${uri}#x`],
    ['another query', `${uri}?secret=${secret}`],
    ['a broken escape', `${uri}&issuer=%E0%A4%A`],
    ['a member without a value', `${uri}&digits`],
    ['an unknown hash', `${uri}&algorithm=MD5`],
    ['five digits', `${uri}&digits=5`],
    ['nine digits', `${uri}&digits=9`],
    ['digits that are none', `${uri}&digits=0x6`],
    ['digits with a sign', `${uri}&digits=%2B6`],
    ['a period of nothing', `${uri}&period=0`],
    ['a period of an hour', `${uri}&period=3600`],
    ['a broken period', `${uri}&period=30.5`],
    ['no counter', `otpauth://hotp/x?secret=${secret}`],
    ['a negative counter', `otpauth://hotp/x?secret=${secret}&counter=-1`],
    ['a counter beyond all', `otpauth://hotp/x?secret=${secret}&counter=9007199254740993`],
    ['a line break within', `${uri.slice(0, 20)}\n${uri.slice(20)}`],
    ['a zero byte', `${uri}\0`],
    ['letters beyond ASCII', `${uri}&issuer=ä`],
    ['an export of many', 'otpauth-migration://offline?data=CjEKCkhlbGxvId6tvu8'],
    ['a text without end', `${uri}&issuer=${'x'.repeat(2048)}`],
  ])('is refused: %s', (_what, text) => {
    expect(() => read(text)).toThrow(AuthenticatorError);
  });

  test('is refused without a word of what it was', () => {
    for (const text of [`${uri}&digits=5`, `${uri}&issuer=%`, secret.replace('G', '1')]) {
      try {
        read(text);
        expect.unreachable();
      } catch (error) {
        const all = `${String(error)} ${JSON.stringify(error)} ${String((error as Error).cause)}`;
        expect(all).not.toContain(secret.slice(1, 8));
      }
    }
  });

  const counted = `otpauth://hotp/x?secret=${secret}&counter=1&digits=6`;

  test('changed in any way is read or refused, and nothing else', () => {
    fc.assert(
      fc.property(mutatedOctets([Buffer.from(counted)]), (changed) => {
        try {
          const setup = readSetup(changed);
          expect(setup.secret.length).toBeGreaterThanOrEqual(16);
          expect([6, 7, 8]).toContain(setup.digits);
          expect(Number.isSafeInteger(setup.counter)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(AuthenticatorError);
        }
      }),
    );
  });

  test('of any octets is refused and nothing worse', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (any) => {
        try {
          readSetup(any);
        } catch (error) {
          expect(error).toBeInstanceOf(AuthenticatorError);
        }
      }),
    );
  });
});
