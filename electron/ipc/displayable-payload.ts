import { displayable } from '../../shared/models/text.ts';

/**
 * What leaves for the page, with no text in it that steers how other text is read: identifiers, problems and
 * certificates hold whatever their CA has written. Takes plain data, as structured cloning does.
 */
export function displayablePayload<Payload>(payload: Payload): Payload {
  // The shape stays as it is; TypeScript cannot follow a walk over it.
  return walk(payload) as Payload;
}

/** Members whose texts have lines by which they are read, and are copied with them: certificates, commands and files of settings. */
const ofLines: ReadonlySet<string> = new Set(['pem', 'command', 'ownCommand', 'content', 'text']);

function walk(value: unknown, name = ''): unknown {
  if (typeof value === 'string') return ofLines.has(name) ? eachLine(value) : displayable(value);
  if (Array.isArray(value)) return value.map((item) => walk(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([member, held]) => [member, walk(held, member)]),
  );
}

const eachLine = (text: string): string =>
  text
    .split(/\r?\n/)
    .map((line) => displayable(line))
    .join('\n');
