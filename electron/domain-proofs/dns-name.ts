import { domainToASCII } from 'node:url';
import { DnsError } from './dns-error.ts';

const longestName = 253;
const label = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;

/** The name in lower-case A-labels without a dot at the end; wildcards and addresses are no names. */
export function domainName(text: string): string {
  const bare = text.endsWith('.') ? text.slice(0, -1) : text;
  const name = /[^\x21-\x7e]/.test(bare) ? domainToASCII(bare) : bare.toLowerCase();
  if (name.length > 0 && name.length <= longestName && name.split('.').every(isLabel)) return name;
  throw new DnsError('name', 'reading a domain name');
}

const isLabel = (text: string): boolean => label.test(text);

/** RFC 1035 §3.1, without compression, as RFC 8945 §4.2 wants names that are signed. The empty name is the root. */
export function encodeName(name: string): Buffer {
  if (name === '') return Buffer.from([0]);
  const labels = domainName(name)
    .split('.')
    .map((each) => Buffer.concat([Buffer.from([each.length]), Buffer.from(each, 'ascii')]));
  return Buffer.concat([...labels, Buffer.from([0])]);
}

/** RFC 1035 §4.1.4. `next` is where the message goes on after the name. */
export function readName(message: Buffer, start: number): { name: string; next: number } {
  const labels: string[] = [];
  let next: number | undefined;
  let total = 0;
  for (let at = start; ;) {
    const length = octetAt(message, at);
    if (length === 0) return { name: labels.join('.'), next: next ?? at + 1 };
    if (length >= 0xc0) {
      next ??= at + 2;
      const target = ((length & 0x3f) << 8) | octetAt(message, at + 1);
      // Only backwards, so that no chain of pointers goes on for ever.
      if (target >= at) throw malformedName();
      at = target;
    } else {
      total += length + 1;
      const end = at + 1 + length;
      if (length > 63 || total > longestName + 1 || end > message.length) throw malformedName();
      labels.push(presentable(message.subarray(at + 1, end)));
      at = end;
    }
  }
}

function octetAt(message: Buffer, at: number): number {
  const octet = message[at];
  if (octet === undefined) throw malformedName();
  return octet;
}

/** RFC 1035 §5.1: what would not survive as text stands in decimals. */
const presentable = (octets: Buffer): string =>
  octets
    .toString('latin1')
    .toLowerCase()
    .replaceAll(
      /[^\x21-\x7e]|[.\\]/g,
      (each) => `\\${String(each.charCodeAt(0)).padStart(3, '0')}`,
    );

const malformedName = (): DnsError => new DnsError('malformed', 'reading a name of a DNS message');

/** Whether the name is the zone's own or below it. */
export const isWithin = (name: string, zone: string): boolean =>
  zone === '' || name === zone || name.endsWith(`.${zone}`);

/** Undefined for the root. */
export function parentOf(name: string): string | undefined {
  if (name === '') return undefined;
  const dot = name.indexOf('.');
  return dot === -1 ? '' : name.slice(dot + 1);
}
