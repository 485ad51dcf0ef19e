import { BlockList, isIPv6 } from 'node:net';

/** Whether an address leads back to this computer, or no further than its own link. */
export function isOwnAddress(address: string): boolean {
  const list = new BlockList();
  list.addSubnet('127.0.0.0', 8, 'ipv4');
  list.addAddress('::1', 'ipv6');
  // RFC 1122 §3.2.1.3, RFC 4291 §2.5.2: asking "any address" is asking this computer.
  list.addSubnet('0.0.0.0', 8, 'ipv4');
  list.addAddress('::', 'ipv6');
  // RFC 3927 §2.1, RFC 4291 §2.5.6.
  list.addSubnet('169.254.0.0', 16, 'ipv4');
  list.addSubnet('fe80::', 10, 'ipv6');
  // A mapped IPv4 address (RFC 4291 §2.5.5.2) is held against the IPv4 ranges.
  return list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
