import { describe, expect, it } from 'vitest';
import { isLoopback, isOwnAddress } from './own-addresses.ts';

const loopback = ['127.0.0.1', '127.1.2.3', '::1', '[::1]', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1'];
const near = ['0.0.0.0', '169.254.169.254', '::', '::ffff:0:0', 'fe80::1', '::ffff:a9fe:a9fe'];
/** By way of translators and tunnels, as RFC 6052, RFC 3056 and RFC 4291 write them. */
const embedded = [
  ...['64:ff9b::127.0.0.1', '64:ff9b::7f01:203', '64:ff9b::a9fe:a9fe', '64:ff9b::'],
  ...['2002:7f00:1::', '2002:7f00:1:2:3:4:5:6', '2002:a9fe:a9fe::1', '2002::1'],
  ...['::127.0.0.1', '::169.254.169.254', '::2', '[::7f00:1]'],
];
const metadata = ['fd00:ec2::254', 'fd00:0ec2:0:0:0:0:0:254'];
const farEmbedded = [
  ...['64:ff9b::192.0.2.1', '64:ff9b::8000:1', '64:ff9b:1::7f00:1', '65:ff9b::7f00:1'],
  ...['2002:c000:201::127', '2002:a9fd::', '2002:a9ff::', '2003:7f00:1::'],
  ...['::192.0.2.1', '::1:7f00:1', 'fd00:ec2::253', 'fd00:ec2::1:254'],
];
const far = ['192.0.2.1', '10.0.0.1', '128.0.0.1', '2001:db8::1', '::ffff:192.0.2.1', 'a.test', ''];

describe('an address of this computer itself', () => {
  it.each([...loopback, ...near, ...embedded, ...metadata])('is %s', (address) =>
    expect(isOwnAddress(address)).toBe(true),
  );

  it.each([...far, ...farEmbedded])('is not %j', (address) =>
    expect(isOwnAddress(address)).toBe(false),
  );
});

describe('a host that this computer alone can reach', () => {
  it.each([...loopback, 'localhost'])('is %s', (host) => expect(isLoopback(host)).toBe(true));

  it.each([...near, ...embedded, ...metadata, ...far])('is not %j', (host) =>
    expect(isLoopback(host)).toBe(false),
  );
});
