import { BlockList, isIPv6 } from 'node:net';

/** Whether an address leads back to this computer, or no further than its own link, or may do so where it is translated. */
export const isOwnAddress = (address: string): boolean =>
  // A mapped IPv4 address (RFC 4291 §2.5.5.2) is held against the IPv4 ranges.
  ownAddresses.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');

const ownAddresses = listed();

function listed(): BlockList {
  const list = new BlockList();
  list.addSubnet('127.0.0.0', 8, 'ipv4');
  list.addAddress('::1', 'ipv6');
  // RFC 1122 §3.2.1.3, RFC 4291 §2.5.2: asking "any address" is asking this computer.
  list.addSubnet('0.0.0.0', 8, 'ipv4');
  list.addAddress('::', 'ipv6');
  // RFC 3927 §2.1, RFC 4291 §2.5.6.
  list.addSubnet('169.254.0.0', 16, 'ipv4');
  list.addSubnet('fe80::', 10, 'ipv6');
  // Forms that hold an IPv4 address: RFC 6052 §2.1 and RFC 8215, RFC 3056 §2, RFC 4291 §2.5.5.1, RFC 2765 §2.1. No server
  // has one of its own; one that a resolver made up (DNS64) has an A record beside it, which is asked for first.
  list.addSubnet('64:ff9b::', 32, 'ipv6');
  list.addSubnet('2002::', 16, 'ipv6');
  list.addSubnet('::', 96, 'ipv6');
  list.addSubnet('::ffff:0:0:0', 96, 'ipv6');
  return list;
}
