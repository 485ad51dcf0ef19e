import * as fc from 'fast-check';
import { hostileValues } from './json-corpus.ts';

const anyValue = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...hostileValues) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
);

const edit = fc.record({
  at: fc.nat(1_000),
  how: fc.constantFrom('replace', 'remove', 'repeat', 'prototype'),
  value: anyValue,
});

type Edit = (typeof edit)['generate'] extends (...all: never[]) => { value: infer T } ? T : never;

/** Objects that were good until somebody has changed one to three things in them. */
export const mutated = (...good: readonly object[]): fc.Arbitrary<unknown> =>
  fc
    .tuple(fc.constantFrom(...good), fc.array(edit, { minLength: 1, maxLength: 3 }))
    .map(([from, edits]) => edits.reduce<unknown>(edited, structuredClone(from)));

type Holder = Record<string, unknown>;

function edited(root: unknown, { at, how, value: shared }: Edit): unknown {
  // A copy: what was put in may be changed next.
  const value = structuredClone(shared);
  const places = placesIn(root);
  const place = places[at % Math.max(places.length, 1)];
  if (place === undefined) return value;
  const [holder, name] = place;
  if (how === 'remove') Reflect.deleteProperty(holder, name);
  else if (how === 'replace') holder[name] = value;
  else if (how === 'repeat') holder[name] = [holder[name], holder[name]];
  else Object.defineProperty(holder, '__proto__', { value, enumerable: true, writable: true });
  return root;
}

function placesIn(value: unknown): (readonly [Holder, string])[] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Holder;
  return Object.keys(holder).flatMap((name) => [
    [holder, name] as const,
    ...placesIn(holder[name]),
  ]);
}

const octetEdit = fc.record({
  at: fc.nat(100_000),
  // Most changes leave the lengths right, so that what comes after them is read, too.
  how: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom('flip', 'set') },
    { weight: 1, arbitrary: fc.constantFrom('insert', 'remove', 'cut', 'copy') },
  ),
  // What lengths, tags and times are made of.
  octet: fc.oneof(
    fc.constantFrom(0x00, 0x01, 0x02, 0x05, 0x06, 0x17, 0x18, 0x1f, 0x30, 0x31, 0x7f, 0x80, 0x81),
    fc.constantFrom(0x82, 0x83, 0x84, 0x85, 0xa0, 0xa3, 0xff, 0x39),
    fc.nat(255),
  ),
  length: fc.nat(40),
});

type OctetEdit = {
  readonly at: number;
  readonly how: 'flip' | 'set' | 'insert' | 'remove' | 'cut' | 'copy';
  readonly octet: number;
  readonly length: number;
};

/** Octets that were good until somebody has changed them in one to three places. */
export const mutatedOctets = (good: readonly Uint8Array[]): fc.Arbitrary<Buffer> =>
  fc
    .tuple(fc.constantFrom(...good), fc.array(octetEdit, { minLength: 1, maxLength: 3 }))
    .map(([from, edits]) => edits.reduce<Buffer>(editedOctets, Buffer.from(from)));

function editedOctets(octets: Buffer, { at, how, octet, length }: OctetEdit): Buffer {
  const place = at % Math.max(octets.length, 1);
  const [before, after] = [octets.subarray(0, place), octets.subarray(place)];
  switch (how) {
    case 'flip':
      return Buffer.concat([
        before,
        Buffer.of((after[0] ?? 0) ^ (1 << (octet & 7))),
        after.subarray(1),
      ]);
    case 'set':
      return Buffer.concat([before, Buffer.of(octet), after.subarray(1)]);
    case 'insert':
      return Buffer.concat([before, Buffer.alloc(length, octet), after]);
    case 'remove':
      return Buffer.concat([before, after.subarray(length)]);
    case 'cut':
      return before;
    case 'copy':
      return Buffer.concat([before, after.subarray(0, length), after]);
  }
}
