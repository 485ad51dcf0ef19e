import { expect, test } from 'vitest';
import { isOwnAddress } from './own-address.ts';

test.each([
  '127.0.0.1',
  '127.8.9.10',
  '0.0.0.0',
  '169.254.169.254',
  '::1',
  '::',
  'fe80::1',
  '::ffff:127.0.0.1',
  '64:ff9b::7f00:1',
  '64:ff9b:1::7f00:1',
  '2002:7f00:1::',
  '::127.0.0.1',
  '::ffff:0:127.0.0.1',
])('%s is not asked for a zone', (address) => {
  expect(isOwnAddress(address)).toBe(true);
});

test.each(['192.0.2.1', '10.0.0.53', '2001:db8::53', 'fd00::53', '::ffff:192.0.2.1'])(
  '%s may be asked for a zone',
  (address) => {
    expect(isOwnAddress(address)).toBe(false);
  },
);
