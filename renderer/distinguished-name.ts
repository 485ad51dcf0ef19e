/** The common name in a distinguished name as RFC 4514 writes it, or all of it. */
export function commonName(distinguishedName: string): string {
  return /(?:^|,\s*)CN=((?:\\.|[^,\\])+)/.exec(distinguishedName)?.[1] ?? distinguishedName;
}
