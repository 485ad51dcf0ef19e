import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  approvalOrigin,
  approvalUrl,
  orderDocument,
  standingDocument,
} from '../testing/approval-samples.ts';
import { madeUp } from '../testing/made-up.ts';
import { ApprovalError } from './approval-error.ts';
import { readDocument } from './approval-document.ts';
import { canonicalDigest, canonicalJson } from './canonical-json.ts';

const place = {
  url: approvalUrl,
  isOwn: (url: string): boolean => URL.parse(url)?.origin === approvalOrigin,
};

/** How it was refused; what is refused is quoted nowhere. */
function refusalOf(value: unknown): unknown {
  try {
    readDocument(value, place);
  } catch (error) {
    if (!(error instanceof ApprovalError)) throw error;
    expect(error.cause).toBeUndefined();
    return error.failure;
  }
  return undefined;
}

const unreadable = { code: 'approval', reason: 'unreadable' };

/** Any code units, lone surrogates among them. */
const anyText = (maxLength: number): fc.Arbitrary<string> =>
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength })
    .map((units) => String.fromCharCode(...units));

/** Where each text of a document stands. */
function textPaths(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value === 'string') return [path];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) => textPaths(each, [...path, name]));
}

/** Where each object of a document stands. */
function objectPaths(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [];
  const below = Object.entries(value).flatMap(([name, each]) => objectPaths(each, [...path, name]));
  return Array.isArray(value) ? below : [path, ...below];
}

function changedAt(
  document: unknown,
  [name, ...rest]: readonly string[],
  change: (before: unknown) => unknown,
): unknown {
  if (name === undefined) return change(document);
  const copy: unknown = structuredClone(document);
  const holder = copy as Record<string, unknown>;
  holder[name] = changedAt(holder[name], rest, change);
  return copy;
}

const documents = [orderDocument(), standingDocument()] as const;

describe('a document', () => {
  it('is read as it is, whatever the order of its members, with the digest of its canonical form', () => {
    for (const document of documents) {
      const turned = Object.fromEntries(Object.entries(document).reverse());
      expect(readDocument(turned, place)).toEqual({
        document,
        digest: canonicalDigest(document),
      });
    }
  });

  it('with any other text has another digest, or is not read', () => {
    const other = anyText(80);
    const samples = fc.constantFrom(...documents);
    const changes = samples.chain((document) =>
      fc.record({
        document: fc.constant(document),
        path: fc.constantFrom(...textPaths(document)),
        text: other,
      }),
    );
    fc.assert(
      fc.property(changes, ({ document, path, text }) => {
        const changed = changedAt(document, path, () => text);
        if (canonical(changed) === canonicalJson(document)) return;
        const refusal = refusalOf(changed);
        if (refusal === undefined) {
          expect(readDocument(changed, place).digest).not.toBe(canonicalDigest(document));
        } else expect(refusal).toEqual(unreadable);
      }),
      { numRuns: madeUp(100) },
    );
  });

  it('with a time that would be shown as another one is not read', () => {
    const wrong = ['2026-02-30T00:00:00Z', '2026-12-01T24:00:00Z', '2026-13-01T00:00:00Z'];
    for (const time of [...wrong, '2026-12-01T23:59:60Z', '2026-12-01T00:00:00+00:00', '']) {
      for (const member of ['requested', 'expires', 'until']) {
        const changed = { ...standingDocument(), [member]: time };
        expect([time, member, refusalOf(changed)]).toEqual([time, member, unreadable]);
      }
    }
  });

  it('with a member more, wherever, is not read', () => {
    for (const document of documents) {
      for (const path of objectPaths(document)) {
        for (const name of ['unless', '__proto__', 'constructor', 'Version', '']) {
          const changed = changedAt(
            document,
            path,
            (before) =>
              JSON.parse(
                `{${JSON.stringify(name)}:1,${JSON.stringify(before).slice(1)}`,
              ) as unknown,
          );
          expect([path, name, refusalOf(changed)]).toEqual([path, name, unreadable]);
        }
      }
    }
  });

  it('with a member less, wherever, is not read', () => {
    for (const document of documents) {
      for (const path of objectPaths(document)) {
        const members = Object.keys(at(document, path));
        for (const name of members) {
          // What is known of a token is told or not.
          if (name === 'token') continue;
          const changed = changedAt(document, path, (before) =>
            Object.fromEntries(Object.entries(before as object).filter(([each]) => each !== name)),
          );
          expect([path, name, refusalOf(changed)]).toEqual([path, name, unreadable]);
        }
      }
    }
  });

  it.each([
    ['a control character', '\u0007'],
    ['a line end', '\n'],
    ['a mark of direction', '\u200f'],
    ['an override of direction', '\u202e'],
    ['an isolate', '\u2067'],
    ['a tag', '\u{e0041}'],
    ['a soft hyphen', '\u00ad'],
    ['a blank letter', '\u3164'],
    ['a separator of lines', '\u2028'],
    ['half a character', '\ud83d'],
    ['a byte order mark', '\ufeff'],
  ])('with %s in any text is not read', (_what, character) => {
    for (const document of documents) {
      for (const path of textPaths(document)) {
        const changed = changedAt(document, path, (text) => `${String(text)}${character}`);
        expect([path, refusalOf(changed)]).toEqual([path, unreadable]);
      }
    }
  });

  it.each(['organization', 'profile'])('whose %s shows nothing is not read', (name) => {
    for (const blank of [' ', '\u2800', '\u00a0\u2003']) {
      expect(refusalOf({ ...orderDocument(), [name]: blank })).toEqual(unreadable);
    }
    const requestedBy = { name: ' ', email: 'alex@corp.example' };
    expect(refusalOf(orderDocument({ requestedBy }))).toEqual(unreadable);
  });

  it('is not read of another request, or with an order elsewhere', () => {
    const other = { url: `${approvalUrl}x` };
    expect(refusalOf(orderDocument(other))).toEqual(unreadable);
    const order = 'https://elsewhere.example/acme/order/1';
    expect(refusalOf(orderDocument({ order }))).toEqual(unreadable);
  });

  it('that is something else altogether is not read', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(refusalOf(value)).toEqual(unreadable);
      }),
      { numRuns: madeUp(200) },
    );
  });
});

function at(document: unknown, path: readonly string[]): object {
  return path.reduce<unknown>(
    (value, name) => (value as Record<string, unknown>)[name],
    document,
  ) as object;
}

function canonical(value: unknown): string | undefined {
  try {
    return canonicalJson(value);
  } catch {
    return undefined;
  }
}

describe('canonical JSON', () => {
  it('is JSON of the same value, in one form', () => {
    const value = fc.jsonValue().filter((each) => isWellFormed(each));
    fc.assert(
      fc.property(value, (each) => {
        const text = canonicalJson(each);
        const read: unknown = JSON.parse(text);
        expect(canonicalJson(read)).toBe(text);
        expect(read).toEqual(JSON.parse(JSON.stringify(each)));
      }),
      { numRuns: madeUp(200) },
    );
  });

  it('is what RFC 8785 has as its examples', () => {
    const numbers = [333_333_333.333_333_3, 1e30, 4.5, 2e-3, 1e-27];
    expect(canonicalJson(numbers)).toBe('[333333333.3333333,1e+30,4.5,0.002,1e-27]');
    const names = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\u{1f600}': 5, '\u0080': 6, ö: 7 };
    expect(canonicalJson(names)).toBe(
      '{"\\r":2,"1":4,"\u0080":6,"ö":7,"\u20ac":1,"\u{1f600}":5,"\ufb33":3}',
    );
    expect(canonicalJson('\u20ac$\u000f\nA\'B"\\\\"/')).toBe(
      '"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"',
    );
  });

  it.each([[Number.NaN], [Number.POSITIVE_INFINITY], [undefined], ['\udc00'], [{ '\ud800': 1 }]])(
    'has no form for %s',
    (value) => {
      expect(canonical(value)).toBeUndefined();
    },
  );
});

function isWellFormed(value: unknown): boolean {
  return JSON.stringify(value).isWellFormed() && !/\\ud[89a-f]/i.test(JSON.stringify(value));
}
