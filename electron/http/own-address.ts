import { BlockList, isIP, isIPv6 } from 'node:net';

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

/** Whether a connection to an address would end at this computer, or no further than its own link. True for what is no address. */
export function leadsBack(address: string): boolean {
  const [plain = ''] = address.split('%');
  const version = isIP(plain);
  return version === 0 || reachable.check(plain, version === 6 ? 'ipv6' : 'ipv4');
}

/** Whether a URL says of itself that it leads back; a name that others answer for does not. */
export function isHere(url: string): boolean {
  const host = new URL(url).hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
  // RFC 6761 §6.3.
  return /(?:^|\.)localhost$/.test(host) || (isIP(host) !== 0 && leadsBack(host));
}

const reachable = leadingBack();

/** Unlike in `listed`, an address that a resolver made up for IPv6 alone (RFC 6052 §2.1) is held against what it stands for. */
function leadingBack(): BlockList {
  const list = new BlockList();
  for (const [address, length] of [
    ['127.0.0.0', 8],
    ['0.0.0.0', 8],
    ['169.254.0.0', 16],
  ] as const) {
    list.addSubnet(address, length, 'ipv4');
    list.addSubnet(`64:ff9b::${address}`, 96 + length, 'ipv6');
    list.addSubnet(`::ffff:0:${address}`, 96 + length, 'ipv6');
  }
  for (const [address, length] of [
    ['fe80::', 10],
    ['::', 96],
    ['2002::', 16],
  ] as const) {
    list.addSubnet(address, length, 'ipv6');
  }
  return list;
}
