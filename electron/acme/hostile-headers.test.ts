import * as fc from 'fast-check';
import { rootCertificates } from 'node:tls';
import { cpuUsage } from 'node:process';
import { describe, expect, test } from 'vitest';
import { caseCounts } from '../testing/hostile/case-counts.ts';
import { madeUp } from '../testing/made-up.ts';
import { parseCacheControl } from './cache-control.ts';
import { parsePemChain } from './certificate.ts';
import { linksByRelation, parseLinks } from './link.ts';
import { AcmeProtocolError } from './protocol-error.ts';
import { parseRetryAfter, pollPause } from './retry-after.ts';

const now = new Date('2026-11-22T00:00:00Z');
const base = 'https://ca.example/acme/order/1';

/** Texts of the pieces that a header is made of, in any order, and of anything else. */
const madeOf = (...pieces: readonly string[]): fc.Arbitrary<string> =>
  fc
    .array(
      fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...pieces) }, fc.string({ maxLength: 4 })),
      {
        maxLength: 40,
      },
    )
    .map((parts) => parts.join(''));

const headers = { numRuns: madeUp(caseCounts.headers) };

describe('Retry-After', () => {
  const text = madeOf(
    ...['0', '1', '120', '9999999999', '-', '+', '.', 'e', ' ', 'Mon', ', ', '31', 'Feb', '2026'],
    ...['00:00:00', ' GMT', 'Sun, 22 Nov 2026 00:00:10 GMT', 'Fri, 99 Foo 2026 25:61:61 GMT', '\0'],
  );

  test('is a real moment or nothing, and no pause by it is longer than polls may make', () => {
    fc.assert(
      fc.property(text, (header) => {
        const moment = parseRetryAfter(header, now);
        if (moment === undefined) return;
        expect(Number.isFinite(moment.getTime())).toBe(true);
        const pause = pollPause(moment, now);
        expect(pause).toBeGreaterThanOrEqual(1_000);
        expect(pause).toBeLessThanOrEqual(300_000);
      }),
      headers,
    );
  });
});

describe('Link', () => {
  const text = madeOf(
    ...['<', '>', ';', ',', '=', '"', '\\', ' ', 'rel', 'rel=next', 'rel="up next"', '</a>'],
    ...[
      '<https://ca.example/2>',
      '<javascript:alert(1)>',
      '<//x.example>',
      '<https://>',
      ';rel*=x',
    ],
  );

  test('has absolute targets, and relations in lower case', () => {
    fc.assert(
      fc.property(text, (header) => {
        const links = parseLinks(header, base);
        for (const { url, relations } of links) {
          expect(URL.canParse(url)).toBe(true);
          for (const each of relations) expect(each).toBe(each.toLowerCase());
        }
        expect(linksByRelation(links, 'next').length).toBeLessThanOrEqual(links.length);
      }),
      headers,
    );
  });

  test.each([
    ['<'.repeat(32_000)],
    ['<a>'.repeat(10_000)],
    [`<a>${' '.repeat(32_000)}`],
    [`<a>${';a'.repeat(16_000)}`],
    [`<a>;a="${'\\"'.repeat(16_000)}`],
    [`<a>;a${' '.repeat(16_000)}=${' '.repeat(15_000)}`],
    [`<a>${' ;'.repeat(10_000)}`],
  ])('takes no time to speak of (%#)', (header) => {
    const started = cpuUsage();
    parseLinks(header, base);
    expect(cpuUsage(started).user).toBeLessThan(2_000_000);
  });
});

describe('Cache-Control', () => {
  const text = madeOf(
    ...[
      'no-store',
      'no-cache',
      'max-age',
      '=',
      '"',
      '3600',
      '99999999999999999999',
      ',',
      ' ',
      '-1',
    ],
    ...['private="x, no-store"', 's-maxage=1', 'MAX-AGE=5', '\t'],
  );

  test('is understood as whole milliseconds that are not negative, or not at all', () => {
    fc.assert(
      fc.property(text, (header) => {
        const { mayStore, maximumAge } = parseCacheControl(header);
        expect(typeof mayStore).toBe('boolean');
        if (maximumAge === undefined) return;
        expect(Number.isSafeInteger(maximumAge)).toBe(true);
        expect(maximumAge).toBeGreaterThanOrEqual(0);
      }),
      headers,
    );
  });

  test.each([['a'.repeat(16_000)], [`a${' '.repeat(16_000)}x`], ['a '.repeat(8_000)]])(
    'takes no time to speak of (%#)',
    (header) => {
      const started = cpuUsage();
      parseCacheControl(header);
      expect(cpuUsage(started).user).toBeLessThan(2_000_000);
    },
  );
});

describe('a chain in PEM', () => {
  const [first = '', second = ''] = rootCertificates.map((pem) => `${pem.trim()}\n`);
  const begin = '-----BEGIN CERTIFICATE-----\n';
  const end = '-----END CERTIFICATE-----\n';

  const parsed = (text: string): readonly string[] | undefined => {
    try {
      return parsePemChain(text, base);
    } catch (error) {
      expect(error).toBeInstanceOf(AcmeProtocolError);
      expect(error).toMatchObject({ reason: 'certificate-malformed' });
      return undefined;
    }
  };

  test('is certificates alone, at most sixteen, or is refused', () => {
    const text = madeOf(
      first,
      second,
      begin,
      end,
      '\r\n',
      'MIIB',
      '=',
      first.slice(0, 300),
      '#',
      '\0',
    );
    fc.assert(
      fc.property(text, (pem) => {
        const chain = parsed(pem);
        if (chain === undefined) return;
        expect(chain.length).toBeLessThanOrEqual(16);
        // What was accepted is read as the same again.
        expect(parsed(chain.join(''))).toEqual(chain);
      }),
      { numRuns: madeUp(caseCounts['PEM chains']) },
    );
  });

  test('is read from all roots that ship with the platform', () => {
    for (const pem of rootCertificates) expect(parsed(`${pem.trim()}\n`)).toHaveLength(1);
  });

  test.each([
    ['a megabyte of beginnings', begin.repeat(37_000)],
    ['a megabyte of lines without an end', begin + 'A\n'.repeat(500_000)],
    ['a long line', `${begin}${'A'.repeat(1_000_000)}\n${end}`],
    ['a thousand certificates', first.repeat(500)],
    ['another kind of block', first.replaceAll('CERTIFICATE', 'PRIVATE KEY')],
    ['text around it', `Certificate:\n${first}`],
  ])('is refused as %s, soon', (_name, text) => {
    const started = cpuUsage();
    expect(parsed(text)).toBeUndefined();
    expect(cpuUsage(started).user).toBeLessThan(2_000_000);
  });
});
