/** A link of a `Link` header (RFC 8288); `url` is absolute. */
export interface Link {
  readonly url: string;
  readonly relations: readonly string[];
}

// RFC 8288 §3: "<target>" and parameters whose values are tokens or quoted strings; commas may stand in both.
const linkValue =
  /<([^<>]*)>((?:\s*;\s*[\w!#$%&'*+.^`|~-]+(?:\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s";,]+))?)*)/g;
const relation = /;\s*rel\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s";,]+))/i;

/** Links that cannot be read or resolved are left out. */
export function parseLinks(header: string | null, base: string): readonly Link[] {
  if (header === null || header.length > 32_768) return [];
  return [...header.matchAll(linkValue)].flatMap(([, target = '', parameters = '']) => {
    const match = relation.exec(parameters);
    const relations = (match?.[1] ?? match?.[2] ?? '').toLowerCase().split(/\s+/).filter(Boolean);
    return URL.canParse(target, base) ? [{ url: new URL(target, base).href, relations }] : [];
  });
}

export const linksByRelation = (links: readonly Link[], name: string): readonly string[] =>
  links.filter(({ relations }) => relations.includes(name)).map(({ url }) => url);
