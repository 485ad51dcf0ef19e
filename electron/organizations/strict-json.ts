/** Text that is not JSON, or JSON that two readers could understand differently. */
export class StrictJsonError extends Error {
  override readonly name = 'StrictJsonError';
}

const maximumDepth = 32;

/**
 * Parses JSON as `JSON.parse` does, but refuses repeated member names (RFC 8259 §4 leaves their meaning open)
 * and nesting so deep that a later recursion over the value could fail.
 */
export function parseStrictJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new StrictJsonError('not JSON', { cause: error });
  }
  refuseRepetitionsAndDepth(text);
  return value;
}

// Strings whole, so that brackets inside them count for nothing.
// Only for text that is JSON: on an unclosed string the search for its end would start over at each quote.
const token = /"(?:[^"\\]|\\.)*"|[{}[\]:]/g;

function refuseRepetitionsAndDepth(text: string): void {
  const open: (Set<string> | null)[] = [];
  let lastString = '';
  for (const [part] of text.matchAll(token)) {
    if (part === '{' || part === '[') open.push(part === '{' ? new Set() : null);
    else if (part === '}' || part === ']') open.pop();
    else if (part === ':') addMember(open.at(-1), lastString);
    else lastString = part;
    if (open.length > maximumDepth) throw new StrictJsonError('nested too deeply');
  }
}

/** Compares names unescaped: `"a"` and `"\u0061"` are the same. */
function addMember(members: Set<string> | null | undefined, literal: string): void {
  const name = String(JSON.parse(literal));
  if (members?.has(name) === true) throw new StrictJsonError('a member is repeated');
  members?.add(name);
}
