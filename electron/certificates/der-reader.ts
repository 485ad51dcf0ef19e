/** Octets are not DER (X.690 §10), or not of the structure that was expected. */
export class DerError extends Error {
  readonly code = 'der';

  constructor(wanted: string) {
    super(`this is no ${wanted} in DER`);
    this.name = 'DerError';
  }
}

/** One value: its tag octet, and where its content lies in the octets that were read. */
export interface DerValue {
  readonly tag: number;
  readonly octets: Buffer;
  readonly start: number;
  readonly contentStart: number;
  readonly end: number;
}

export const derTags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  numericString: 0x12,
  printableString: 0x13,
  teletexString: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  universalString: 0x1c,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const;

/** A context tag; constructed ones hold values (X.690 §8.1.2). */
export const contextTag = (number: number, form: 'primitive' | 'constructed'): number =>
  (form === 'primitive' ? 0x80 : 0xa0) | number;

const longForm = 0x80;
const severalOctets = 0x1f;
const mostLengthOctets = 4;

/** Reads the value that begins there and ends before `limit`. */
export function readValue(octets: Buffer, start: number, limit: number): DerValue {
  const tag = octets[start];
  const first = octets[start + 1];
  if (tag === undefined || first === undefined || start + 2 > limit) throw new DerError('value');
  if ((tag & severalOctets) === severalOctets) throw new DerError('value with a short tag');
  if (first < longForm) return valueOf(octets, tag, start, 2, first, limit);
  const count = first - longForm;
  if (count === 0 || count > mostLengthOctets || start + 2 + count > limit) {
    throw new DerError('value of a definite length');
  }
  const length = octets.readUIntBE(start + 2, count);
  // X.690 §10.1: the fewest octets that can tell the length.
  const least = count === 1 ? longForm : 256 ** (count - 1);
  if (length < least) throw new DerError('value with a minimal length');
  return valueOf(octets, tag, start, 2 + count, length, limit);
}

function valueOf(
  octets: Buffer,
  tag: number,
  start: number,
  header: number,
  length: number,
  limit: number,
): DerValue {
  const contentStart = start + header;
  const end = contentStart + length;
  if (end > limit) throw new DerError('whole value');
  return { tag, octets, start, contentStart, end };
}

/** The one value that all of the octets are. */
export function readWhole(octets: Buffer, tag: number): DerValue {
  const value = readValue(octets, 0, octets.length);
  if (value.end !== octets.length) throw new DerError('single value');
  return expectTag(value, tag);
}

export function expectTag(value: DerValue | undefined, tag: number): DerValue {
  if (value?.tag === tag) return value;
  throw new DerError(`value with the tag ${tag}`);
}

/** The values that a constructed value holds. */
export function membersOf({ octets, contentStart, end }: DerValue): readonly DerValue[] {
  const members: DerValue[] = [];
  for (let start = contentStart; start < end;) {
    const member = readValue(octets, start, end);
    members.push(member);
    start = member.end;
  }
  return members;
}

/** A view, not a copy. */
export const contentOf = ({ octets, contentStart, end }: DerValue): Buffer =>
  octets.subarray(contentStart, end);

/** The value with its tag and length; a view. */
export const encodingOf = ({ octets, start, end }: DerValue): Buffer => octets.subarray(start, end);

const mostArcOctets = 20;

/** X.690 §8.19, as dotted decimal. */
export function objectIdentifierOf(value: DerValue): string {
  const { octets, contentStart, end } = expectTag(value, derTags.objectIdentifier);
  let text = '';
  for (let start = contentStart; start < end;) {
    const last = endOfArc(octets, start, end);
    const arc = arcOf(octets, start, last);
    text += text === '' ? firstArcs(arc) : `.${arc}`;
    start = last + 1;
  }
  if (text === '') throw new DerError('object identifier');
  return text;
}

/** The last octet of an arc is the first without the highest bit; leading zeros are not allowed. */
function endOfArc(octets: Buffer, start: number, end: number): number {
  let last = start;
  while (last < end && (octets[last] ?? 0) >= longForm) last += 1;
  if (last === end || last - start >= mostArcOctets || octets[start] === longForm) {
    throw new DerError('object identifier');
  }
  return last;
}

function arcOf(octets: Buffer, start: number, last: number): number | bigint {
  // UUIDs make arcs of 128 bits (X.667 §6.3).
  if (last - start >= 7) {
    return octets
      .subarray(start, last + 1)
      .reduce((arc, octet) => (arc << 7n) | BigInt(octet & 0x7f), 0n);
  }
  let arc = 0;
  for (let index = start; index <= last; index += 1)
    arc = arc * 128 + ((octets[index] ?? 0) & 0x7f);
  return arc;
}

function firstArcs(arc: number | bigint): string {
  const whole = BigInt(arc);
  const first = whole < 80n ? whole / 40n : 2n;
  return `${first}.${whole - 40n * first}`;
}

/** X.690 §11.1: only two of the 256 are DER. */
export function booleanOf(value: DerValue): boolean {
  const content = contentOf(expectTag(value, derTags.boolean));
  if (content.length === 1 && (content[0] === 0x00 || content[0] === 0xff)) {
    return content[0] === 0xff;
  }
  throw new DerError('boolean');
}

/** An integer of at most six octets that is not negative. */
export function smallIntegerOf(value: DerValue): number {
  const content = contentOf(value);
  const [first = 0x80, second = 0] = content;
  const isPadded = content.length > 1 && first === 0 && second < longForm;
  if (content.length > 6 || first >= longForm || isPadded) throw new DerError('small integer');
  return content.readUIntBE(0, content.length);
}

const utc = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/;
const generalized = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/;

/** RFC 5280 §4.1.2.5: both forms in GMT and with seconds. */
export function timeOf(value: DerValue): Date {
  const text = contentOf(value).toString('latin1');
  const isUtc = value.tag === derTags.utcTime;
  if (!isUtc) expectTag(value, derTags.generalizedTime);
  const parts = (isUtc ? utc : generalized).exec(text)?.slice(1).map(Number);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts ?? [];
  // RFC 5280 §4.1.2.5.1: two digits stand for 1950 to 2049.
  const century = year < 50 ? 2000 : 1900;
  const time = new Date(
    Date.UTC(isUtc ? century + year : year, month - 1, day, hour, minute, second),
  );
  const isReal = time.getUTCMonth() === month - 1 && time.getUTCDate() === day;
  if (parts === undefined || !isReal || hour > 23 || minute > 59 || second > 59) {
    throw new DerError('time');
  }
  return time;
}
