import { BlockList, isIP } from 'node:net';

/** Whether a host, as in a setting or a URL, can be reached from this computer alone. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || isAmong(loopback(), host);
}

/** Whether an address leads back to this computer, or no further than its own link. */
export function isOwnAddress(address: string): boolean {
  const list = loopback();
  // Connecting to "any address" is connecting to this computer.
  list.addSubnet('0.0.0.0', 8, 'ipv4');
  list.addAddress('::', 'ipv6');
  // RFC 3927, RFC 4291 §2.5.6: where clouds keep the credentials of their computers.
  list.addSubnet('169.254.0.0', 16, 'ipv4');
  list.addSubnet('fe80::', 10, 'ipv6');
  return isAmong(list, address);
}

function loopback(): BlockList {
  const list = new BlockList();
  list.addSubnet('127.0.0.0', 8, 'ipv4');
  list.addAddress('::1', 'ipv6');
  return list;
}

/** An IPv4 address inside an IPv6 one is held against the IPv4 ranges. */
function isAmong(list: BlockList, host: string): boolean {
  const address = host.startsWith('[') ? host.slice(1, -1) : host;
  const version = isIP(address);
  return version !== 0 && list.check(address, version === 4 ? 'ipv4' : 'ipv6');
}
