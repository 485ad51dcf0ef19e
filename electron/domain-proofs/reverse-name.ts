/** RFC 8738 §6: what stands in for an address where only a host name can (RFC 1034 §5.2.1, RFC 3596 §2.5). */
export function reverseName(octets: Buffer): string {
  if (octets.length === 4) return `${[...octets].reverse().join('.')}.in-addr.arpa`;
  const nibbles = octets.toString('hex').match(/./g) ?? [];
  return `${nibbles.reverse().join('.')}.ip6.arpa`;
}
