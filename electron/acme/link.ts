/** A link of a `Link` header (RFC 8288); `url` is absolute. */
export interface Link {
  readonly url: string;
  readonly relations: readonly string[];
}

// RFC 8288 §3: a target in angle brackets, then parameters whose values are tokens or quoted strings.
const parameter = String.raw`\s*;\s*([\w!#$%&'*+.^|~-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s";,]+)))?`;
const link = new RegExp(String.raw`<([^<>]*)>((?:${parameter})*)`, 'g');
const parameters = new RegExp(parameter, 'g');
const longestHeader = 32_768;

/** Links that cannot be read or resolved are left out. */
export function parseLinks(header: string | null, base: string): readonly Link[] {
  if (header === null || header.length > longestHeader) return [];
  return [...header.matchAll(link)].flatMap(([, target = '', text = '']) => {
    const url = absolute(target, base);
    return url === undefined ? [] : [{ url, relations: relationsOf(text) }];
  });
}

/** A URL as the server wrote it, since it is compared as a string (RFC 8555 §6.4), or resolved when it is relative. */
export function absolute(target: string, base: string): string | undefined {
  if (URL.canParse(target)) return target;
  return URL.canParse(target, base) ? new URL(target, base).href : undefined;
}

/** RFC 8288 §3.3: only the first `rel` counts. */
function relationsOf(text: string): readonly string[] {
  for (const [, name = '', quoted, token] of text.matchAll(parameters)) {
    if (name.toLowerCase() !== 'rel') continue;
    return (quoted ?? token ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  }
  return [];
}

export const linksByRelation = (links: readonly Link[], name: string): readonly string[] =>
  links.filter(({ relations }) => relations.includes(name)).map(({ url }) => url);
