/** A hex digest in groups of four, to be read aloud: `1f2e 3d4c …`. */
export function groupedHex(hex: string): string {
  return hex.match(/.{1,4}/g)?.join(' ') ?? '';
}

/** The host of a URL with its port where that is not the usual one. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}
