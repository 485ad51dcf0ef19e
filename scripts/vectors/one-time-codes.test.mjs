import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { generateSync } from 'otplib/functional';
import { describe, expect, it } from 'vitest';
import { named, readVectors } from './read.mjs';

const run = promisify(execFile);

const hotp = readVectors('hotp');
const totp = readVectors('totp');
const ocra = readVectors('ocra');
const codes = ({ vectors }) => vectors.map(({ output }) => output.otp);

describe('what RFCs print', () => {
  it('is what hotp.json has (RFC 4226 Appendix D)', () => {
    expect(codes(hotp)).toEqual([
      ...['755224', '287082', '359152', '969429', '338314'],
      ...['254676', '287922', '162583', '399871', '520489'],
    ]);
  });

  it('is what totp.json has (RFC 6238 Appendix B)', () => {
    expect(codes(totp)).toEqual([
      ...['94287082', '07081804', '14050471', '89005924', '69279037', '65353130'],
      ...['46119246', '68084774', '67062674', '91819424', '90698825', '77737706'],
      ...['90693936', '25091201', '99943326', '93441116', '38618901', '47863826'],
    ]);
  });

  it('is what ocra.json has (RFC 6287 Appendix C.1)', () => {
    expect(codes(ocra).slice(0, 40)).toEqual([
      ...['237653', '243178', '653583', '740991', '608993'],
      ...['388898', '816933', '224598', '750600', '294470'],
      ...['65347737', '86775851', '78192410', '71565254', '10104329'],
      ...['65983500', '70069104', '91771096', '75011558', '08522129'],
      ...['83238735', '01501458', '17957585', '86776967', '86807031'],
      ...['07016083', '63947962', '70123924', '25341727', '33203315'],
      ...['34205738', '44343969', '51946085', '20403879', '31409299'],
      ...['95209754', '55907591', '22048402', '24218844', '36209546'],
    ]);
  });
});

describe('otplib', () => {
  it.each(named(hotp.vectors))('has the same for HOTP %s', (_id, { input, output }) => {
    const { key, digits } = hotp.given;
    const secret = Buffer.from(key);
    expect(generateSync({ strategy: 'hotp', secret, digits, ...input })).toBe(output.otp);
  });

  it.each(named(totp.vectors))('has the same for TOTP %s', (_id, { input, output }) => {
    const { key, time, algorithm } = input;
    const code = generateSync({
      ...{ strategy: 'totp', secret: Buffer.from(key), epoch: time, ...totp.given },
      algorithm: algorithm.toLowerCase(),
    });
    expect(code).toBe(output.otp);
  });
});

describe('the openssl command', () => {
  const suites = [...new Map(ocra.vectors.map((vector) => [vector.input.suite, vector])).values()];

  it.each(named(suites))('has the same for OCRA %s', async (_id, { input, output }) => {
    const { suite, key, question, counter, pin, time } = input;
    const long = (hex) => hex.padStart(16, '0');
    const message = [
      `${Buffer.from(suite).toString('hex')}00`,
      counter === undefined ? '' : long(counter.toString(16)),
      Number(question).toString(16).padEnd(256, '0'),
      pin === undefined ? '' : createHash('sha1').update(pin).digest('hex'),
      time === undefined ? '' : long(time),
    ].join('');
    const hash = /HOTP-(SHA\d+)/.exec(suite)[1].toLowerCase();
    const digest = run('openssl', ['dgst', `-${hash}`, '-hmac', key, '-r']);
    digest.child.stdin.end(Buffer.from(message, 'hex'));
    const [hex] = (await digest).stdout.split(' ');
    const offset = Number.parseInt(hex.at(-1), 16) * 2;
    const value = BigInt(`0x${hex.slice(offset, offset + 8)}`) & 0x7fffffffn;
    expect(String(value).slice(-output.otp.length).padStart(output.otp.length, '0')).toBe(
      output.otp,
    );
  });
});

describe('the patterns of section 2', () => {
  const { vectors } = readVectors('codes');
  const patterns = {
    'totp-01': /^[0-9]{6,8}$/,
    'hotp-01': /^[0-9]{6,8}$/,
    'otp-01': /^[\x20-\x7e]{1,64}$/,
  };

  it.each(named(vectors))('say of %s what the file says', (_id, { input, output }) => {
    const { otp } = input.response;
    const fits = typeof otp === 'string' && patterns[input.type].test(otp);
    expect(fits).toBe(output !== undefined);
  });
});
