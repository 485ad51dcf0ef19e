import { describe, expect, test } from 'vitest';
import type { OrderIdentifier } from './order.ts';
import { isOrdered } from './ordered.ts';

const dns = (value: string, more: Partial<OrderIdentifier> = {}): OrderIdentifier => ({
  type: 'dns',
  value,
  ...more,
});
const authorization = (
  identifier: OrderIdentifier,
  { wildcard = false, subdomainAuthAllowed = false } = {},
) => ({ identifier, wildcard, subdomainAuthAllowed });
const wildcard = { wildcard: true };
const below = { subdomainAuthAllowed: true };

describe('an authorization', () => {
  test.each([
    ['the name that was ordered', dns('A.example'), {}, dns('a.example')],
    ['all names below one (RFC 8555 §7.1.4)', dns('a.example'), wildcard, dns('*.A.example')],
    ['the name below which others were ordered', dns('a.example'), {}, dns('*.a.example')],
    [
      'an address, however it is written (RFC 8738)',
      { type: 'ip', value: '2001:DB8:0:0::1' },
      {},
      { type: 'ip', value: '2001:db8::1' },
    ],
    [
      'a mailbox',
      { type: 'email', value: 'a@b.example' },
      {},
      { type: 'email', value: 'a@b.example' },
    ],
  ])('is worth proving for %s', (_title, identifier, reach, ordered) => {
    expect(isOrdered(authorization(identifier, reach), [dns('other.example'), ordered])).toBe(true);
  });

  test.each([
    ['another name', dns('bank.example'), {}],
    ['a name above', dns('example'), {}],
    ['a name above, with all below', dns('example'), { ...wildcard, ...below }],
    ['a name below', dns('b.a.example'), {}],
    ['a name that only ends alike', dns('aa.example'), {}],
    ['all names below, where one was ordered', dns('a.example'), wildcard],
    ['the same as another type', { type: 'email', value: 'a.example' }, {}],
    ['an address', { type: 'ip', value: '192.0.2.1' }, {}],
  ])('is not worth proving for %s', (_title, identifier, reach) => {
    const ordered = [dns('a.example'), { type: 'ip', value: '192.0.2.2' }];
    expect(isOrdered(authorization(identifier, reach), ordered)).toBe(false);
  });

  test.each([
    ['b.corp.example', below, true],
    ['corp.example', below, true],
    ['Corp.example', { ...below, ...wildcard }, true],
    ['corp.example', {}, false],
    ['example', below, false],
    ['c.corp.example', below, false],
    ['xcorp.example', below, false],
  ])(
    'for the ancestor %s (%j) is worth it when an ancestor up to there was offered (RFC 9444 §4.3): %s',
    (value, reach, worth) => {
      const ordered = [dns('a.b.corp.example', { ancestorDomain: 'corp.example' })];
      expect(isOrdered(authorization(dns(value), reach), ordered)).toBe(worth);
    },
  );
});
