import { cpuUsage } from 'node:process';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { linksByRelation, parseLinks } from './link.ts';
import { NoncePool, replayNonce } from './nonce-pool.ts';
import { parseRetryAfter, pollPause } from './retry-after.ts';

const runs = { numRuns: 300 };
const base = 'https://ca.example/acme/order/1';
const now = new Date('2031-01-20T12:00:00.250Z');

describe('Retry-After', () => {
  test('in seconds counts from now', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), (seconds) => {
        const moment = parseRetryAfter(String(seconds), now)?.getTime() ?? 0;
        expect(moment - now.getTime()).toBe(seconds * 1000);
      }),
      runs,
    );
  });

  test('as a date is that moment', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000 }), (seconds) => {
        const date = new Date(seconds * 1000);
        expect(parseRetryAfter(date.toUTCString(), now)?.getTime()).toBe(date.getTime());
      }),
      runs,
    );
  });

  test.each([
    null,
    '',
    '-1',
    '1.5',
    '1e3',
    'soon',
    '99999999999999999999',
    '2031-01-20T12:00:00Z',
    'Mon, 99 Jan 2031 12:00:00 GMT',
    'Mon, 20 Jan 2031 12:00:00 +0100',
  ])('is not %j', (header) => {
    expect(parseRetryAfter(header, now)).toBeUndefined();
  });

  test('never makes a time of garbage', () => {
    fc.assert(
      fc.property(fc.string(), (header) => {
        const moment = parseRetryAfter(header, now);
        expect(moment === undefined || !Number.isNaN(moment.getTime())).toBe(true);
      }),
      runs,
    );
  });

  test('keeps a poll between one second and five minutes', () => {
    fc.assert(
      fc.property(fc.integer({ min: -(10 ** 9), max: 10 ** 9 }), (milliseconds) => {
        const pause = pollPause(new Date(now.getTime() + milliseconds), now);
        expect(pause).toBe(Math.min(300_000, Math.max(1_000, milliseconds)));
      }),
      runs,
    );
  });
});

describe('Link', () => {
  test('is read as RFC 8555 writes it', () => {
    const header =
      '<https://example.com/acme/directory>;rel="index", <https://example.com/acme/cert/1/1>;rel="alternate"';
    const links = parseLinks(header, base);
    expect(linksByRelation(links, 'index')).toEqual(['https://example.com/acme/directory']);
    expect(linksByRelation(links, 'alternate')).toEqual(['https://example.com/acme/cert/1/1']);
  });

  test.each([
    ['</terms>; rel=terms-of-service', 'terms-of-service', ['https://ca.example/terms']],
    ['<a>; title="x, <b>; rel=no"; rel="help"', 'help', ['https://ca.example/acme/order/a']],
    [
      '<a>;rel="next last" ,<b>;REL=NEXT',
      'next',
      ['https://ca.example/acme/order/a', 'https://ca.example/acme/order/b'],
    ],
    ['<a>', 'next', []],
    ['<https://[>; rel=next', 'next', []],
    ['a; rel=next', 'next', []],
    ['<a>; rel="x\\"y"; rel=next', 'next', []],
  ])('%s has the relation %s', (header, relation, expected) => {
    expect(linksByRelation(parseLinks(header, base), relation)).toEqual(expected);
  });

  const pieces = ['<', '>', ';', ',', '"', '\\', 'rel=', '=', ' ', 'next', 'https://a/', '\t'];

  test('of any shape gives absolute URLs or nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 200 }), (list) => {
        for (const { url } of parseLinks(list.join(''), base)) expect(URL.canParse(url)).toBe(true);
      }),
      runs,
    );
  });

  test.each([...pieces, '<a>;', '<a>; rel', '<a>;rel="', '; rel=next', '<a>;x="\\"'])(
    'made of nothing but %j does not hold the program up',
    (piece) => {
      const started = cpuUsage();
      parseLinks(`<a>${piece.repeat(32_000 / piece.length)}`, base);
      expect(cpuUsage(started).user).toBeLessThan(3_000_000);
    },
  );

  test('that is far too long is not looked at', () => {
    expect(parseLinks(`<a>;rel=next${' '.repeat(40_000)}`, base)).toEqual([]);
  });
});

describe('Replay-Nonce', () => {
  test('is used once, the newest first', () => {
    const pool = new NoncePool();
    for (const nonce of ['a', 'b', 'c']) pool.put(nonce);
    expect([pool.take(), pool.take(), pool.take(), pool.take()]).toEqual([
      'c',
      'b',
      'a',
      undefined,
    ]);
  });

  test('is ignored when it is no base64url', () => {
    const pool = new NoncePool();
    for (const nonce of [null, '', 'a b', 'a=', 'a+b', 'ä', 'x'.repeat(2000)]) {
      pool.put(nonce);
      expect(replayNonce(nonce)).toBeUndefined();
    }
    expect(pool.take()).toBeUndefined();
  });

  test('is forgotten when there are too many', () => {
    const pool = new NoncePool(2);
    for (const nonce of ['a', 'b', 'c']) pool.put(nonce);
    expect([pool.take(), pool.take(), pool.take()]).toEqual(['c', 'b', undefined]);
  });
});
