import { expect, test } from 'vitest';
import { isHere, isOwnAddress, leadsBack } from './own-address.ts';

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

test.each([
  '127.1.2.3',
  '::1',
  '::',
  '0.0.0.0',
  '169.254.169.254',
  'fe80::1',
  'fe80::1%lo',
  '127.1',
])('a connection to %s leads back', (address) => {
  expect(leadsBack(address)).toBe(true);
});
test.each(['::ffff:127.0.0.1', '64:ff9b::7f00:1', '64:ff9b::a9fe:a9fe', '2002:7f00:1::'])(
  'neither does one to %s hide where it leads',
  (address) => {
    expect(leadsBack(address)).toBe(true);
  },
);
test.each(['10.0.0.53', '172.16.1.1', '192.168.1.1', 'fd00::53', '192.0.2.1', '64:ff9b::c000:201'])(
  'a connection to %s leads away',
  (address) => {
    expect(leadsBack(address)).toBe(false);
  },
);

test('a URL is here by a name that nobody answers for, or by its address', () => {
  for (const host of ['localhost', 'ca.localhost', '127.0.0.1:14000', '[::1]', '0x7f.1']) {
    expect(isHere(`https://${host}/directory`), host).toBe(true);
  }
  for (const host of ['ca.example', 'localhost.example', '10.0.0.1', '[fd00::1]']) {
    expect(isHere(`https://${host}/directory`), host).toBe(false);
  }
});
