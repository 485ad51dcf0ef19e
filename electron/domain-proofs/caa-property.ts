/** One property of a domain's CAA records (RFC 8659 §4.1). */
export interface CaaProperty {
  readonly critical: boolean;
  /** In lower case: tags are matched without regard to it. */
  readonly tag: string;
  /** One character for each octet. */
  readonly value: string;
}

const tagStart = 2;
const criticalFlag = 0x80;

/** The data of one CAA record; undefined when it has not the form of RFC 8659 §4.1. */
export function readCaa(data: Buffer): CaaProperty | undefined {
  const [flags, length] = data;
  // A tag has at least one character, and ends before the record does.
  if (flags === undefined || length === undefined || length === 0) return undefined;
  const valueStart = tagStart + length;
  if (valueStart > data.length) return undefined;
  const tag = data.toString('latin1', tagStart, valueStart);
  if (!/^[A-Za-z0-9]+$/.test(tag)) return undefined;
  return {
    // Bit 0 is the highest; the others are reserved and have to be ignored.
    critical: (flags & criticalFlag) !== 0,
    tag: tag.toLowerCase(),
    value: data.toString('latin1', valueStart),
  };
}
