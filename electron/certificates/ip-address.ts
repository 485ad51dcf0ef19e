const octet = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const ipv4 = new RegExp(`^${octet}(?:\\.${octet}){3}$`);
const ipv6Text = /^[0-9a-f:.]{2,45}$/i;

/** The 4 or 16 octets of an address; undefined for what is none, or has a zone (RFC 8738 §3 has no place for it). */
export function addressOctets(text: string): Buffer | undefined {
  if (ipv4.test(text)) return Buffer.from(text.split('.').map(Number));
  const url = ipv6Text.test(text) ? URL.parse(`http://[${text}]`) : null;
  if (url === null) return undefined;
  const groups = hexGroups(url.hostname.slice(1, -1));
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
