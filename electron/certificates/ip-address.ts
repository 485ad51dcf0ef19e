import { isIPv4, isIPv6 } from 'node:net';

/** The 4 or 16 octets of an address; undefined for what is none, or has a zone (RFC 8738 §3 has no place for it). */
export function addressOctets(text: string): Buffer | undefined {
  if (isIPv4(text)) return Buffer.from(text.split('.').map(Number));
  if (!isIPv6(text) || text.includes('%')) return undefined;
  const groups = hexGroups(new URL(`http://[${text}]`).hostname.slice(1, -1));
  return Buffer.from(groups.map((group) => group.padStart(4, '0')).join(''), 'hex');
}

/** `URL` has written the address in its shortest form, with at most one `::`. */
function hexGroups(shortest: string): readonly string[] {
  const [head = '', tail] = shortest.split('::');
  const split = (part: string): readonly string[] => (part === '' ? [] : part.split(':'));
  if (tail === undefined) return split(head);
  const missing = 8 - split(head).length - split(tail).length;
  return [...split(head), ...Array.from({ length: missing }, () => '0'), ...split(tail)];
}
