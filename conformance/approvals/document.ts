import type { Json } from '../acme/objects.ts';
import { canonical } from './canonical.ts';

/** What a value has to be, and in words. */
type Rule = { readonly words: string; readonly holds: (value: unknown) => boolean };
type Shape = Readonly<Record<string, Rule>>;

// §2: control characters, lone surrogates, and what is not seen or steers how text is read, but for four that scripts and pictures need.
const steering = /(?!\u200c|\u200d|\ufe0e|\ufe0f)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{DI}]/u;
const showable = (value: string): boolean => !steering.test(value);

/** Octets of its JCS form. */
const LONGEST_DOCUMENT = 32 * 1024;

const text = (least: number, most: number): Rule => ({
  words: `a text of ${least} to ${most} characters that are seen`,
  holds: (value) =>
    typeof value === 'string' && value.length >= least && value.length <= most && showable(value),
});
const number = (least: number, most: number): Rule => ({
  words: `a whole number from ${least} to ${most}`,
  holds: (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most,
});
const matching = (words: string, pattern: RegExp): Rule => ({
  words,
  holds: (value) => typeof value === 'string' && pattern.test(value),
});
const oneOf = (...values: readonly unknown[]): Rule => ({
  words: values.map((one) => JSON.stringify(one)).join(' or '),
  holds: (value) => values.includes(value),
});
const list = (least: number, most: number, of: Rule): Rule => ({
  words: `${least} to ${most} of: ${of.words}`,
  holds: (value) =>
    Array.isArray(value) &&
    value.length >= least &&
    value.length <= most &&
    value.every((one) => of.holds(one)),
});
const object = (shape: Shape, optional: readonly string[] = []): Rule => ({
  words: `an object of ${Object.keys(shape).join(', ')}`,
  holds: (value) => faultIn(value, shape, optional) === undefined,
});
const either = (one: Rule, other: Rule): Rule => ({
  words: `${one.words}, or ${other.words}`,
  holds: (value) => one.holds(value) || other.holds(value),
});

const url = matching('an https URL', /^https:\/\/[^\s]{1,2000}$/);
const time: Rule = {
  words: 'a time in UTC with seconds, of a day that there is',
  // Of others `Date` makes another day, or none.
  holds: (value) => typeof value === 'string' && value === secondOf(Date.parse(value)),
};
const secondOf = (at: number): string | undefined =>
  Number.isNaN(at) ? undefined : `${new Date(at).toISOString().slice(0, 19)}Z`;
const digest = matching('a SHA-256 in base64url', /^[A-Za-z0-9_-]{43}$/);
const flag = oneOf(true, false);

export const person = object({ name: text(1, 200), email: text(3, 254) });
const requester = either(person, object({ service: text(1, 100) }));
const token = object({ manufacturer: text(0, 64), model: text(0, 64), serial: text(0, 64) });

const key = object(
  {
    spkiSha256: digest,
    algorithm: oneOf('P-256', 'P-384', 'RSA-2048', 'RSA-3072', 'RSA-4096', 'Ed25519'),
    place: oneOf('software', 'token', 'tpm', 'os'),
    token,
    neverExtractable: flag,
    local: flag,
  },
  ['token'],
);

const common: Shape = {
  version: oneOf(1),
  kind: oneOf('order', 'standing'),
  ...{ url, organization: text(1, 80), requestedBy: requester, profile: text(1, 64) },
  usages: list(1, 8, matching('a dotted OID', /^[0-2](\.\d+)+$/)),
  identifiers: list(1, 16, object({ type: text(1, 64), value: text(1, 255) })),
  lifetime: number(1, Number.MAX_SAFE_INTEGER),
  reason: text(0, 400),
  rule: object({
    approvals: number(1, 8),
    by: list(1, 2, oneOf('ppkp-01', 'cert-01')),
    hardware: flag,
  }),
  ...{ requested: time, expires: time },
};

const shapes: Readonly<Record<string, Shape>> = {
  order: { ...common, order: url, requester: digest, key },
  standing: { ...common, proposedBy: person, count: number(1, 1000), until: time },
};

/** What of a document is not as docs/approvals.md §2 says: exactly these members, of these types. */
export function documentFault(document: Json): string | undefined {
  const shape = shapes[String(document['kind'])];
  if (shape === undefined) return '"kind" is unknown';
  if (Buffer.byteLength(canonical(document)) > LONGEST_DOCUMENT) return 'is longer than 32 KiB';
  return faultIn(document, shape, []);
}

/** The first member that is missing, too many, or of another type. */
function faultIn(value: unknown, shape: Shape, optional: readonly string[]): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'is no object';
  const found = value as Json;
  const more = Object.keys(found).find((name) => !Object.hasOwn(shape, name));
  if (more !== undefined) return `has "${more}"`;
  for (const [name, { words, holds }] of Object.entries(shape)) {
    if (!Object.hasOwn(found, name)) {
      if (!optional.includes(name)) return `lacks "${name}"`;
    } else if (!holds(found[name])) return `"${name}" is not ${words}`;
  }
  return undefined;
}

/** Ready-made for what stands beside a document. */
export const rules = { time, url, person, requester, digest } as const;
