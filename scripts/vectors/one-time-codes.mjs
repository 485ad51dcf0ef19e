import { createHash, createHmac } from 'node:crypto';
import { refused } from './world.mjs';

const seed = '1234567890';
const keyOf = (length) => seed.repeat(7).slice(0, length);

/** RFC 4226 §5.3. */
function truncated(digest, digits) {
  const offset = digest.at(-1) & 0xf;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 10 ** digits).padStart(digits, '0');
}

function eightOctets(number) {
  const octets = Buffer.alloc(8);
  octets.writeBigUInt64BE(BigInt(number));
  return octets;
}

const codeOf = ({ key, counter, digits, algorithm = 'SHA1' }) =>
  truncated(createHmac(algorithm, key).update(eightOctets(counter)).digest(), digits);

export function hotpFile() {
  const key = keyOf(20);
  return {
    about: 'Codes that count (hotp-01). The key is the ASCII text.',
    section: '2',
    madeBy: ['node:crypto'],
    verifiedBy: ['otplib', 'the values that RFC 4226 Appendix D prints'],
    given: { key, digits: 6 },
    vectors: Array.from({ length: 10 }, (_, counter) => ({
      ...{ id: `counter-${counter}`, what: 'RFC 4226 Appendix D.', input: { counter } },
      output: { otp: codeOf({ key, counter, digits: 6 }) },
    })),
  };
}

export function totpFile() {
  const times = [59, 1111111109, 1111111111, 1234567890, 2000000000, 20000000000];
  const keys = { SHA1: keyOf(20), SHA256: keyOf(32), SHA512: keyOf(64) };
  return {
    about: 'Codes by the time (totp-01), seconds since 1970. The key is the ASCII text.',
    section: '2',
    madeBy: ['node:crypto'],
    verifiedBy: ['otplib', 'the values that RFC 6238 Appendix B prints (with erratum 2866)'],
    given: { digits: 8, period: 30 },
    vectors: Object.entries(keys).flatMap(([algorithm, key]) =>
      times.map((time) => {
        const counter = Math.floor(time / 30);
        return {
          id: `${algorithm.toLowerCase()}-${time}`,
          what: 'RFC 6238 Appendix B.',
          input: { algorithm, key, time },
          output: { otp: codeOf({ key, counter, digits: 8, algorithm }) },
        };
      }),
    ),
  };
}

/** RFC 6287 §5.1, of suites with numbers of up to eight digits as questions. */
function ocraOf({ suite, key, question, counter, pin, time }) {
  const [, hash, digits] = /HOTP-(SHA\d+)-(\d+):/.exec(suite);
  const message = Buffer.concat([
    Buffer.from(`${suite}\0`),
    counter === undefined ? Buffer.alloc(0) : eightOctets(counter),
    Buffer.from(BigInt(question).toString(16).padEnd(256, '0'), 'hex'),
    pin === undefined ? Buffer.alloc(0) : createHash('sha1').update(pin).digest(),
    time === undefined ? Buffer.alloc(0) : eightOctets(`0x${time}`),
  ]);
  return truncated(createHmac(hash, key).update(message).digest(), Number(digits));
}

const repeated = (digit) => String(digit).repeat(8);
const range = (length, each) => Array.from({ length }, (_, index) => each(index));

function ocraInputs() {
  const pin = '1234';
  return [
    ...range(10, (digit) => ({
      ...{ suite: 'OCRA-1:HOTP-SHA1-6:QN08', key: keyOf(20), question: repeated(digit) },
    })),
    ...range(10, (counter) => ({
      ...{ suite: 'OCRA-1:HOTP-SHA256-8:C-QN08-PSHA1', key: keyOf(32), question: '12345678' },
      ...{ counter, pin },
    })),
    ...range(5, (digit) => ({
      ...{ suite: 'OCRA-1:HOTP-SHA256-8:QN08-PSHA1', key: keyOf(32), question: repeated(digit) },
      pin,
    })),
    ...range(10, (digit) => ({
      ...{ suite: 'OCRA-1:HOTP-SHA512-8:C-QN08', key: keyOf(64), question: repeated(digit) },
      counter: digit,
    })),
    ...range(5, (digit) => ({
      ...{ suite: 'OCRA-1:HOTP-SHA512-8:QN08-T1M', key: keyOf(64), question: repeated(digit) },
      time: '132d0b6',
    })),
    ...['00000000', '48721936'].map((question) => ({
      ...{ suite: 'OCRA-1:HOTP-SHA256-8:QN08', key: keyOf(32), question },
    })),
  ];
}

export function ocraFile() {
  return {
    about:
      'Responses to a question (otp-01 by OCRA): the one-way vectors of RFC 6287. The key is the ASCII text, `time` hexadecimal minutes since 1970.',
    section: '2',
    madeBy: ['node:crypto'],
    verifiedBy: ['the values that RFC 6287 Appendix C.1 prints', 'OpenSSL (openssl dgst -hmac)'],
    vectors: ocraInputs().map((input, index) => ({
      id: `one-way-${index}`,
      what: index < 40 ? 'RFC 6287 Appendix C.1.' : 'Of a suite that the RFC has no vectors for.',
      input,
      output: { otp: ocraOf(input) },
    })),
  };
}

const shapes = {
  number: ['A number: leading zeros would be lost.', 287082],
  empty: ['Nothing.', ''],
  short: ['Five digits.', '28708'],
  long: ['Nine digits.', '287082000'],
  spaced: ['A space between the digits: the client takes it out.', '287 082'],
  hyphenated: ['A hyphen between the digits: the client takes it out.', '287-082'],
  'full-width': ['Digits that are not ASCII.', '２８７０８２'],
  letters: ['Letters.', '28708a'],
  signed: ['A sign.', '+287082'],
  line: ['A line end.', '287082\n'],
  null: ['Nothing at all.', null],
  list: ['A list.', ['287082']],
  object: ['An object.', { value: '287082' }],
};

const texts = {
  number: ['A number.', 287082],
  empty: ['Nothing.', ''],
  long: ['65 characters.', 'a'.repeat(65)],
  control: ['A control character.', 'abc\u0007'],
  'not-ascii': ['A character that is not ASCII.', 'pässword'],
};

/** Responses as they are POSTed; whether the code is right is another matter. */
export function codesFile() {
  const read = (id, type, otp, what) => ({
    ...{ id, what, input: { type, response: { otp } }, output: { otp } },
  });
  const malformed = (type, list) =>
    Object.entries(list).map(([id, [because, otp]]) => {
      const what = ['A response that costs no attempt.', because];
      return refused(`${type}-${id}`, what, { type, response: { otp } }, 'malformed');
    });
  return {
    about: 'The shape of responses of totp-01, hotp-01 and otp-01.',
    section: '2',
    madeBy: ['by hand'],
    verifiedBy: ['the patterns of section 2'],
    vectors: [
      read('totp-01-six', 'totp-01', '287082', 'Six digits.'),
      read('totp-01-eight', 'totp-01', '07081804', 'Eight digits, a zero first.'),
      read('hotp-01-six', 'hotp-01', '000000', 'Zeros only.'),
      read('otp-01-text', 'otp-01', 'correct horse', 'Any printable ASCII.'),
      read('otp-01-longest', 'otp-01', '~'.repeat(64), '64 characters.'),
      ...malformed('totp-01', shapes),
      ...malformed('hotp-01', shapes),
      ...malformed('otp-01', texts),
      ...['totp-01', 'hotp-01', 'otp-01'].map((type) => {
        const what = ['A response that costs no attempt.', 'No "otp".'];
        return refused(`${type}-missing`, what, { type, response: {} }, 'malformed');
      }),
    ],
  };
}
