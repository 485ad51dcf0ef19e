import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AcmeClient, AcmeReply } from '../testing/acme-client.ts';
import { countedCode, hotp, openChallenge } from '../testing/code-makers.ts';
import { connectBound, startTestCa } from '../testing/enrollment.ts';
import type { TestCa } from '../testing/enrollment.ts';
import { hotpCode } from './hotp-01.ts';

let ca: TestCa;
let client: AcmeClient;

beforeEach(async () => {
  ca = await startTestCa();
  client = await connectBound(ca);
  hotp.setUp(ca, ca.alex);
});

afterEach(async () => {
  client.close();
  await ca.stop();
});

const counter = (): number | undefined => ca.people.codes.hotp(ca.alex.id)?.counter;

/** Sends a code to a challenge of its own. */
async function respond(otp: string): Promise<AcmeReply> {
  const { challenge } = await openChallenge(client, hotp, ca.alex);
  return client.post(challenge.url, { otp });
}

it('reckons as RFC 4226 appendix D does', () => {
  // Base32 of "12345678901234567890".
  const credential = { secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', digits: 6 } as const;
  const expected = [
    ...['755224', '287082', '359152', '969429', '338314'],
    ...['254676', '287922', '162583', '399871', '520489'],
  ];
  expect(expected.map((_, index) => hotpCode(credential, index))).toEqual(expected);
});

describe('hotp-01', () => {
  it('says which token is meant, and how long its codes are', async () => {
    const { challenge } = await openChallenge(client, hotp, ca.alex);
    expect(challenge).toMatchObject({
      ...{ type: 'hotp-01', status: 'pending', digits: 6 },
      prompt: 'Security token code for alex@example.test',
    });
    expect(challenge).not.toHaveProperty('period');
    expect(challenge.token).toMatch(/^[\w-]{43}$/);
  });

  it.each([0, 1, 2, 3, 4, 5])('takes a code that is %i ahead, and goes on after it', async (n) => {
    expect((await respond(countedCode(ca, ca.alex, n))).status).toBe(200);
    expect(counter()).toBe(n + 1);
  });

  it.each([6, 7, 50])('does not take a code that is %i ahead', async (ahead) => {
    expect((await respond(countedCode(ca, ca.alex, ahead))).problem).toBe('incorrectResponse');
    expect(counter()).toBe(0);
  });

  it('never takes one that was passed over', async () => {
    const codes = [0, 1, 2, 3].map((ahead) => countedCode(ca, ca.alex, ahead));
    expect((await respond(codes[2] ?? '')).status).toBe(200);
    for (const earlier of codes.slice(0, 3)) {
      expect((await respond(earlier)).problem).toBe('incorrectResponse');
      expect(counter()).toBe(3);
    }
    expect((await respond(codes[3] ?? '')).status).toBe(200);
  });

  it('is not moved by failures', async () => {
    for (const wrong of ['000000', '00000000', '0000000']) await respond(wrong);
    expect(counter()).toBe(0);
    expect((await respond(countedCode(ca, ca.alex))).status).toBe(200);
  });
});

describe('a token that was left behind', () => {
  const resynchronize = (first: string, second: string): boolean =>
    ca.people.codes.resynchronizeHotp(ca.alex.id, [first, second]);
  const code = (ahead: number): string => countedCode(ca, ca.alex, ahead);

  it('is found again by two codes in a row', async () => {
    expect((await respond(code(40))).problem).toBe('incorrectResponse');
    expect(resynchronize(code(40), code(41))).toBe(true);
    expect(counter()).toBe(42);
    expect((await respond(code(0))).status).toBe(200);
  });

  it('is not found by one code, by two that are apart, or by two too far ahead', () => {
    expect(resynchronize(code(40), code(40))).toBe(false);
    expect(resynchronize(code(40), code(42))).toBe(false);
    expect(resynchronize(code(41), code(40))).toBe(false);
    expect(resynchronize(code(100), code(101))).toBe(false);
    expect(resynchronize('', '')).toBe(false);
    expect(counter()).toBe(0);
  });

  it('never goes back', () => {
    const [first, second] = [code(3), code(4)];
    expect(resynchronize(code(10), code(11))).toBe(true);
    expect(resynchronize(first, second)).toBe(false);
    expect(counter()).toBe(12);
  });
});
