/** A TXT record, as a person would type it and as a server would take it. */
export interface TxtRecord {
  /** Lower-case A-labels without a dot at the end. */
  readonly name: string;
  readonly type: 'TXT';
  /** The whole text; on the wire it is cut (`characterStrings`). */
  readonly value: string;
  /** Seconds. */
  readonly ttl: number;
}

/** Seconds that a record for one challenge may be remembered: it changes with every order. */
export const challengeTtl = 60;
/** Seconds that a record which stays may be remembered. */
export const persistentTtl = 3600;

const longestString = 255;

/** RFC 1035 §3.3: a text of more than 255 octets is several strings, which readers join without anything between. */
export function characterStrings(value: string): readonly Buffer[] {
  const octets = Buffer.from(value, 'utf8');
  const strings: Buffer[] = [];
  for (let at = 0; at < octets.length; at += longestString) {
    strings.push(octets.subarray(at, at + longestString));
  }
  return strings.length === 0 ? [Buffer.alloc(0)] : strings;
}

/** RFC 1035 §3.3.14. */
export const encodeTxt = (value: string): Buffer =>
  Buffer.concat(characterStrings(value).flatMap((each) => [Buffer.from([each.length]), each]));

/** The strings of TXT data joined, or undefined when they do not fill it exactly. */
export function readTxt(data: Buffer): string | undefined {
  const strings: Buffer[] = [];
  for (let at = 0; at < data.length;) {
    const end = at + 1 + (data[at] ?? 0);
    if (end > data.length) return undefined;
    strings.push(data.subarray(at + 1, end));
    at = end;
  }
  return data.length === 0 ? undefined : Buffer.concat(strings).toString('utf8');
}
