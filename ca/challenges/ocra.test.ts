import { describe, expect, it } from 'vitest';
import { ocraResponse } from './ocra.ts';

/** The keys of RFC 6287 appendix C. */
const key20 = Buffer.from('12345678901234567890');
const key32 = Buffer.from('12345678901234567890123456789012');
const key64 = Buffer.from('1234567890123456789012345678901234567890123456789012345678901234');

const repeated = (digit: number): string => String(digit).repeat(8);

describe('the vectors of RFC 6287 appendix C', () => {
  it('for one-way challenge and response with SHA-1', () => {
    const expected = [
      ...['237653', '243178', '653583', '740991', '608993'],
      ...['388898', '816933', '224598', '750600', '294470'],
    ];
    const suite = 'OCRA-1:HOTP-SHA1-6:QN08';
    expected.forEach((response, digit) =>
      expect(ocraResponse({ suite, key: key20, question: repeated(digit) })).toBe(response),
    );
  });

  it('with SHA-256, a counter and a PIN', () => {
    const expected = [
      ...['65347737', '86775851', '78192410', '71565254', '10104329'],
      ...['65983500', '70069104', '91771096', '75011558', '08522129'],
    ];
    const suite = 'OCRA-1:HOTP-SHA256-8:C-QN08-PSHA1';
    expected.forEach((response, index) => {
      const counter = BigInt(index);
      const input = { suite, key: key32, question: '12345678', counter, pin: '1234' };
      expect(ocraResponse(input)).toBe(response);
    });
  });

  it('with SHA-256 and a PIN', () => {
    const expected = ['83238735', '01501458', '17957585', '86776967', '86807031'];
    const suite = 'OCRA-1:HOTP-SHA256-8:QN08-PSHA1';
    expected.forEach((response, digit) =>
      expect(ocraResponse({ suite, key: key32, question: repeated(digit), pin: '1234' })).toBe(
        response,
      ),
    );
  });

  it('with SHA-512 and a counter', () => {
    const expected = [
      ...['07016083', '63947962', '70123924', '25341727', '33203315'],
      ...['34205738', '44343969', '51946085', '20403879', '31409299'],
    ];
    const suite = 'OCRA-1:HOTP-SHA512-8:C-QN08';
    expected.forEach((response, digit) => {
      const input = { suite, key: key64, question: repeated(digit), counter: BigInt(digit) };
      expect(ocraResponse(input)).toBe(response);
    });
  });

  it('with SHA-512 and the time', () => {
    const expected = ['95209754', '55907591', '22048402', '24218844', '36209546'];
    const suite = 'OCRA-1:HOTP-SHA512-8:QN08-T1M';
    expected.forEach((response, digit) =>
      expect(ocraResponse({ suite, key: key64, question: repeated(digit), time: 0x132d0b6n })).toBe(
        response,
      ),
    );
  });
});

describe('OCRA', () => {
  it('gives each question, key and suite a response of its own', () => {
    const inputs = [
      { suite: 'OCRA-1:HOTP-SHA256-8:QN08', key: key32, question: '00000001' },
      { suite: 'OCRA-1:HOTP-SHA256-8:QN08', key: key32, question: '00000010' },
      { suite: 'OCRA-1:HOTP-SHA256-8:QN08', key: key20, question: '00000001' },
      { suite: 'OCRA-1:HOTP-SHA1-8:QN08', key: key32, question: '00000001' },
    ];
    const responses = inputs.map(ocraResponse);
    expect(new Set(responses).size).toBe(inputs.length);
    responses.forEach((response) => expect(response).toMatch(/^\d{8}$/));
  });

  it.each(['OCRA-1:HOTP-MD5-6:QN08', 'OCRA-1:HOTP-SHA1-6:QA08', 'OCRA-2:HOTP-SHA1-6:QN08', ''])(
    'refuses the suite "%s"',
    (suite) => {
      expect(() => ocraResponse({ suite, key: key20, question: '1' })).toThrow(RangeError);
    },
  );
});
