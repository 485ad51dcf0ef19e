import { displayable } from '../../shared/models/text.ts';

/**
 * What leaves for the page, with no text in it that steers how other text is read: identifiers, problems and
 * certificates hold whatever their CA has written. Takes plain data, as structured cloning does.
 */
export function displayablePayload<Payload>(payload: Payload): Payload {
  // The shape stays as it is; TypeScript cannot follow a walk over it.
  return walk(payload) as Payload;
}

function walk(value: unknown): unknown {
  if (typeof value === 'string') return displayable(value);
  if (Array.isArray(value)) return value.map(walk);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, walk(member)]));
}
