/** What says of a module only that it is one. */
const generic: ReadonlySet<string> = new Set([
  ...['pkcs', 'cryptoki', 'module', 'library', 'lib', 'implementation', 'interface', 'provider'],
  ...['driver', 'api', 'token', 'cryptographic', 'crypto', 'standard', 'version', 'v', 'ver'],
  ...['of', 'the', 'for', 'a', 'an'],
]);

/** What a module calls itself in `CK_INFO`, or who made it where that would fit any other; empty when neither tells. */
export function moduleName(...candidates: readonly [description: string, manufacturer: string]) {
  return candidates.find(isTelling) ?? '';
}

function isTelling(text: string): boolean {
  const words = text.toLowerCase().match(/\p{L}+/gu) ?? [];
  return words.some((word) => !generic.has(word));
}
