import { describe, expect, it } from 'vitest';
import { isLoopback, isOwnAddress } from './own-addresses.ts';

const loopback = ['127.0.0.1', '127.1.2.3', '::1', '[::1]', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1'];
const near = ['0.0.0.0', '169.254.169.254', '::', '::ffff:0:0', 'fe80::1', '::ffff:a9fe:a9fe'];
const far = ['192.0.2.1', '10.0.0.1', '128.0.0.1', '2001:db8::1', '::ffff:192.0.2.1', 'a.test', ''];

describe('an address of this computer itself', () => {
  it.each([...loopback, ...near])('is %s', (address) => expect(isOwnAddress(address)).toBe(true));

  it.each(far)('is not %j', (address) => expect(isOwnAddress(address)).toBe(false));
});

describe('a host that this computer alone can reach', () => {
  it.each([...loopback, 'localhost'])('is %s', (host) => expect(isLoopback(host)).toBe(true));

  it.each([...near, ...far])('is not %j', (host) => expect(isLoopback(host)).toBe(false));
});
