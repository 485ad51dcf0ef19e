/** What no configuration can have in a value, whatever its quotes. */
const unfit = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u;

/** In double quotes, where only a quote and a backslash are escaped; `null`: cannot be told. */
export function quoted(value: string): string | null {
  return unfit.test(value) ? null : `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}
