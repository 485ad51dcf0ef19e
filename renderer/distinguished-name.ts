/** The common name in a distinguished name as RFC 4514 writes it, or with a line for each part, or all of it. */
export function commonName(distinguishedName: string): string {
  return /(?:^|[,\n]\s*)CN=((?:\\.|[^,\\\n])+)/.exec(distinguishedName)?.[1] ?? distinguishedName;
}
