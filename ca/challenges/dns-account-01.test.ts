import { expect, it } from 'vitest';
import { base32 } from './base32.ts';
import { accountLabel } from './dns-account-01.ts';

it('has the label of the draft for the account of the draft', () => {
  const label = accountLabel('https://example.com/acme/acct/ExampleAccount');
  expect(label).toBe('_ujmmovf2vn55tgye');
});

it.each([
  ['', ''],
  ['f', 'my'],
  ['fo', 'mzxq'],
  ['foob', 'mzxw6yq'],
  ['foobar', 'mzxw6ytboi'],
])('writes %j in base32 as RFC 4648 does', (text, encoded) => {
  expect(base32(Buffer.from(text))).toBe(encoded);
});
