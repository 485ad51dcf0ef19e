// RFC 3492 §5: the parameters of Punycode as IDNA uses it.
const base = 36;
const tMin = 1;
const tMax = 26;
const skew = 38;
const damp = 700;
const firstBias = 72;
const firstCode = 128;
const maxCode = 0x10ffff;

/** The letters behind an `xn--` label's ASCII, without the prefix (RFC 3492 §6.2); undefined where there are none. */
export function punycodeDecoded(encoded: string): string | undefined {
  const delimiter = encoded.lastIndexOf('-');
  const letters = delimiter > 0 ? Array.from(encoded.slice(0, delimiter)) : [];
  let rest = encoded.slice(delimiter + 1);
  let code = firstCode;
  let index = 0;
  let bias = firstBias;
  while (rest !== '') {
    const read = readDelta(rest, bias);
    if (read === undefined) return undefined;
    const before = index;
    index += read.delta;
    const count = letters.length + 1;
    bias = adapted(index - before, count, before === 0);
    code += Math.floor(index / count);
    index %= count;
    // Beyond Unicode, or half of a surrogate pair.
    if (code > maxCode || (code >= 0xd800 && code <= 0xdfff)) return undefined;
    letters.splice(index, 0, String.fromCodePoint(code));
    index += 1;
    rest = rest.slice(read.length);
  }
  return letters.join('');
}

/** One generalized variable-length integer (RFC 3492 §3.3). */
function readDelta(
  digits: string,
  bias: number,
): { readonly delta: number; readonly length: number } | undefined {
  let delta = 0;
  let weight = 1;
  for (let position = 0; position < digits.length; position += 1) {
    const digit = digitOf(digits.charAt(position));
    if (digit === undefined) return undefined;
    delta += digit * weight;
    if (delta > 0x7fff_ffff) return undefined;
    const threshold = Math.min(Math.max(base * (position + 1) - bias, tMin), tMax);
    if (digit < threshold) return { delta, length: position + 1 };
    weight *= base - threshold;
  }
  return undefined;
}

function digitOf(letter: string): number | undefined {
  const digit = 'abcdefghijklmnopqrstuvwxyz0123456789'.indexOf(letter.toLowerCase());
  return digit < 0 ? undefined : digit;
}

/** RFC 3492 §6.1. */
function adapted(delta: number, count: number, isFirst: boolean): number {
  let left = Math.floor(delta / (isFirst ? damp : 2));
  left += Math.floor(left / count);
  let steps = 0;
  while (left > ((base - tMin) * tMax) / 2) {
    left = Math.floor(left / (base - tMin));
    steps += base;
  }
  return steps + Math.floor(((base - tMin + 1) * left) / (left + skew));
}
