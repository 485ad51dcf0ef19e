import { BlockList, isIP } from 'node:net';

/** Whether a host, as in a setting or a URL, can be reached from this computer alone. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || isAmong(loopback(), host);
}

/** Whether an address leads back to this computer, or no further than its own link. */
export function isOwnAddress(address: string): boolean {
  const list = loopback();
  for (const { octets, length } of ownRanges) {
    const dotted = octets.join('.');
    list.addSubnet(dotted, length, 'ipv4');
    // RFC 6052 §2.1, RFC 4291 §2.5.5.1, RFC 3056 §2: the same in IPv6, for those who translate or tunnel.
    list.addSubnet(`64:ff9b::${dotted}`, 96 + length, 'ipv6');
    list.addSubnet(`::${dotted}`, 96 + length, 'ipv6');
    list.addSubnet(`2002:${Buffer.from(octets).toString('hex', 0, 2)}::`, 16 + length, 'ipv6');
  }
  // RFC 4291 §2.5.6.
  list.addSubnet('fe80::', 10, 'ipv6');
  // The one beyond the link where a cloud keeps the credentials of its computers.
  list.addAddress('fd00:ec2::254', 'ipv6');
  return isAmong(list, address);
}

/** No longer than 16 bits, each. */
const ownRanges: readonly { readonly octets: readonly number[]; readonly length: number }[] = [
  { octets: [127, 0, 0, 0], length: 8 },
  // Connecting to "any address" is connecting to this computer.
  { octets: [0, 0, 0, 0], length: 8 },
  // RFC 3927: where clouds keep the credentials of their computers.
  { octets: [169, 254, 0, 0], length: 16 },
];

function loopback(): BlockList {
  const list = new BlockList();
  list.addSubnet('127.0.0.0', 8, 'ipv4');
  list.addAddress('::1', 'ipv6');
  return list;
}

/** A mapped IPv4 address (RFC 4291 §2.5.5.2) is held against the IPv4 ranges. */
function isAmong(list: BlockList, host: string): boolean {
  const address = host.startsWith('[') ? host.slice(1, -1) : host;
  const version = isIP(address);
  return version !== 0 && list.check(address, version === 4 ? 'ipv4' : 'ipv6');
}
