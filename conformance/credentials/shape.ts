/** What is wrong with a file that the person gave; the message never holds what stands in it. */
export class FileError extends Error {
  readonly code = 'file';
}

/** A JSON value, and where it stands. */
export type Place = { readonly value: unknown; readonly path: string };

export function refuse({ path }: Place, why: string): never {
  throw new FileError(`${path} ${why}`);
}

/** The members of an object that has no others than those named. */
export function members<Name extends string>(
  place: Place,
  names: readonly Name[],
): Readonly<Record<Name, Place>> {
  const { value, path } = place;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    refuse(place, 'must be an object');
  }
  const unknown = Object.keys(value).find((name) => !(names as readonly string[]).includes(name));
  if (unknown !== undefined) {
    refuse(place, `has "${unknown}", which means nothing here (${names.join(', ')} do)`);
  }
  const object = value as Readonly<Record<string, unknown>>;
  const entries = names.map((name) => [name, { value: object[name], path: `${path}.${name}` }]);
  return Object.fromEntries(entries) as Readonly<Record<Name, Place>>;
}

/** Reads a member when it is there. */
export function optional<Result>(place: Place, read: (place: Place) => Result): Result | undefined {
  return place.value === undefined ? undefined : read(place);
}

export function items(place: Place): readonly Place[] {
  const { value, path } = place;
  if (!Array.isArray(value)) refuse(place, 'must be a list');
  return (value as unknown[]).map((item, index) => ({ value: item, path: `${path}[${index}]` }));
}

export function text(place: Place, pattern = /^[^]+$/): string {
  const { value } = place;
  if (typeof value !== 'string') refuse(place, 'must be a text');
  return pattern.test(value) ? value : refuse(place, `must match ${pattern.source}`);
}

export function integer(place: Place, least: number, most: number): number {
  const { value } = place;
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) {
    return value;
  }
  return refuse(place, `must be a whole number from ${least} to ${most}`);
}

export function truth(place: Place): boolean {
  return typeof place.value === 'boolean' ? place.value : refuse(place, 'must be true or false');
}

/** One of several texts or numbers. */
export function oneOf<Value extends string | number>(
  place: Place,
  values: readonly Value[],
): Value {
  const found = values.find((value) => value === place.value);
  return found ?? refuse(place, `must be one of ${values.join(', ')}`);
}

export function base64url(place: Place): Buffer {
  return Buffer.from(text(place, /^[A-Za-z0-9_-]+$/), 'base64url');
}
