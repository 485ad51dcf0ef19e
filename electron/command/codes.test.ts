import { generateSync } from 'otplib/functional';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ocraResponse } from '../../ca/challenges/ocra.ts';
import { CommandStand, type CodeNeeded } from '../testing/command-stand.ts';

const deep = { tags: ['deep'] };

/** Milliseconds: real processes and keyrings on a busy machine. */
const patience = 240_000;

let stand: CommandStand;
let organizationId: string;

beforeAll(async () => {
  stand = await CommandStand.start();
  const { codes } = stand.ca.ca.people;
  // Of several kinds of codes the command takes the first: Alex has one for each profile.
  codes.remove(stand.personId, 'totp');
  codes.setUpHotp(stand.personId);
  codes.setUpOcra(stand.personId, 'OCRA-1:HOTP-SHA1-6:QN08');
  ({ organizationId } = await stand.join());
}, patience);
afterAll(() => stand[Symbol.asyncDispose]());

const enroll = (
  offer: string,
  given: string | ((needed: CodeNeeded) => string),
  ...words: readonly string[]
) =>
  stand.run(
    [
      ...['enroll', '--organization', organizationId, '--offer', offer],
      ...['--token', 'software', '--install', 'none', '--otp-fd', '3', ...words],
    ],
    given,
  );

const answers = (): number =>
  stand.ca.ca.requestLog.count({ resource: 'challenge', method: 'POST' });

/** What Alex's token shows for a number. */
function ocra(question = ''): string {
  const setup = stand.ca.ca.people.codes.otp(stand.personId);
  if (setup?.kind !== 'ocra') throw new Error('Alex has no such token');
  const { suite, secret } = setup;
  return ocraResponse({ suite, key: Buffer.from(secret, 'hex'), question });
}

const other = (code: string): string => code.replaceAll(/\d/g, (digit) => `${9 - Number(digit)}`);

describe('countersign enroll', { timeout: patience }, () => {
  it('takes the codes of a token that counts, one line for each try', async () => {
    const { secret = '', counter = 0 } = stand.ca.ca.people.codes.hotp(stand.personId) ?? {};
    const right = generateSync({ strategy: 'hotp', secret, digits: 6, counter });
    const { code, out, error } = await enroll('wifi-vpn', `${other(right)}\n${right}\n`);
    expect([code, error]).toEqual([0, expect.stringContaining('"event":"code-refused"')]);
    expect(error).toContain('"type":"hotp-01","digits":6');
    expect(JSON.parse(out)).toMatchObject({
      certificates: [expect.any(String), expect.any(String)],
    });
    expect(answers()).toBe(2);
    for (const said of [error, out]) expect(said).not.toContain(`"${right}"`);
  });

  it('says that all codes that were given were refused, and of no app', deep, async () => {
    const { secret = '', counter = 0 } = stand.ca.ca.people.codes.hotp(stand.personId) ?? {};
    const right = generateSync({ strategy: 'hotp', secret, digits: 6, counter });
    const given = `${other(right)}\n${other(right)}\n`;
    const before = answers();
    const { code, error } = await enroll('wifi-vpn', given, '--proof', 'hotp-01');
    expect([code, answers() - before]).toEqual([5, 2]);
    expect(error).toContain('"sentence":"all 2 codes that were given were refused"');
    expect(error).not.toMatch(/none was given|your app/);
  });

  it('proves by the kind of code that is named', deep, async () => {
    const { code, error } = await enroll('wifi-vpn', '000000\n', '--proof', 'totp-01');
    expect([code, error]).toEqual([1, expect.stringContaining('does not ask for totp-01')]);
  });

  it('says what has to be keyed into a token, another number for each try, and takes what that answers', async () => {
    const asked: string[] = [];
    const before = answers();
    const { code, out, error } = await enroll('contractor', ({ type, display = '' }) => {
      expect(type).toBe('otp-01');
      asked.push(display);
      return asked.length === 1 ? other(ocra(display)) : ocra(display);
    });
    expect([code, error]).toEqual([0, expect.stringContaining('"event":"code-refused"')]);
    expect(asked).toEqual([expect.stringMatching(/^\d{8}$/), expect.stringMatching(/^\d{8}$/)]);
    expect(asked[0]).not.toBe(asked[1]);
    expect(JSON.parse(out)).toMatchObject({
      certificates: [expect.any(String), expect.any(String)],
    });
    expect(answers() - before).toBe(2);
  });
});
