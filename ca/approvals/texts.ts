import { Problem } from '../problems.ts';

/** What steers how other text is read, or is not seen; joiners and variation selectors stay, for scripts and pictures. */
const steering = /(?!\u200c|\u200d|\ufe0e|\ufe0f)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{DI}]/u;

/** Whether a text can be shown as it is (docs/approvals.md §2). */
export function isShowable(text: string): boolean {
  return text.isWellFormed() && !steering.test(text);
}

export type Bounds = { readonly minimum: number; readonly maximum: number };

/** Somebody's own words. Throws `malformed`. */
export function readText(value: unknown, what: string, { minimum, maximum }: Bounds): string {
  if (typeof value !== 'string' || value.length < minimum || value.length > maximum) {
    const detail = `${what} must be a text of ${minimum} to ${maximum} characters.`;
    throw new Problem('malformed', detail);
  }
  if (isShowable(value)) return value;
  throw new Problem('malformed', `${what} has characters that cannot be shown.`);
}

/** A JSON object with no members but these. Throws `malformed`. */
export function readMembers<Name extends string>(
  value: unknown,
  what: string,
  names: readonly Name[],
): Readonly<Partial<Record<Name, unknown>>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Problem('malformed', `${what} is no JSON object.`);
  }
  const known: readonly string[] = names;
  const strange = Object.keys(value).some((name) => !known.includes(name));
  if (strange) throw new Problem('malformed', `${what} has a member that is not known.`);
  return value as Readonly<Partial<Record<Name, unknown>>>;
}
