import { ancestorsOf } from '../coverage.ts';
import { baseDomain, checkIdentifier, isWildcard, readIdentifier } from '../identifiers.ts';
import type { CheckedIdentifier, KnownIdentifier } from '../identifiers.ts';
import { identifierProblems, Problem } from '../problems.ts';

/** An identifier of an order, with the ancestor that the client offers to answer for (RFC 9444 §4.3). */
export type KnownOrderedIdentifier = KnownIdentifier & { readonly ancestorDomain?: string };

type Checked =
  | { readonly identifier: KnownOrderedIdentifier; readonly problem?: never }
  | Extract<CheckedIdentifier, { problem: object }>;

/** Reads an order's `identifiers`, each once (RFC 8555 §7.4). */
export function readOrderedIdentifiers(value: unknown): readonly KnownOrderedIdentifier[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > 100) {
    throw new Problem('malformed', '"identifiers" must be a list of 1 to 100 identifiers.');
  }
  const checked = value.map(checkOrdered);
  const problems = checked.flatMap(({ problem }) => problem ?? []);
  if (problems.length > 0) throw identifierProblems(problems);
  const found = checked.flatMap(({ identifier }) => identifier ?? []);
  const unique = new Map(found.map((one) => [`${one.type}:${one.value}`, one]));
  return [...unique.values()];
}

function checkOrdered(entry: unknown): Checked {
  const checked = checkIdentifier(readIdentifier(entry));
  if (checked.problem !== undefined) return checked;
  const ancestor = readAncestor(entry);
  if (ancestor === undefined) return checked;
  const { identifier } = checked;
  const { type, value } = identifier;
  const detail = 'The "ancestorDomain" is not one of the names above the identifier.';
  return type === 'dns' && ancestorsOrBase(value).includes(ancestor)
    ? { identifier: { ...identifier, ancestorDomain: ancestor } }
    : { problem: { code: 'malformed', detail, identifier } };
}

/** Above a wildcard is first of all the name without its asterisk. */
function ancestorsOrBase(name: string): readonly string[] {
  const base = baseDomain(name);
  return isWildcard(name) ? [base, ...ancestorsOf(base)] : ancestorsOf(base);
}

function readAncestor(entry: unknown): string | undefined {
  const { ancestorDomain } = entry as { readonly ancestorDomain?: unknown };
  if (ancestorDomain === undefined) return undefined;
  if (typeof ancestorDomain === 'string') return ancestorDomain.toLowerCase();
  throw new Problem('malformed', 'The "ancestorDomain" must be text.');
}
