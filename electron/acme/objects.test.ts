import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAccount, parseOrderList } from './account.ts';
import { isAuthorizationSettled, parseAuthorization } from './authorization.ts';
import { parseChallenge, tokenKind } from './challenge.ts';
import { originsOf, parseDirectory } from './directory.ts';
import { sameIdentifiers } from './identifier.ts';
import { checkUnchanged, parseOrder, type Order } from './order.ts';
import { AcmeProtocolError } from './protocol-error.ts';

const url = 'https://ca.example/object/1';
const runs = { numRuns: 300 };

const parsers = {
  directory: (json: unknown) => parseDirectory(json, url),
  account: (json: unknown) => parseAccount(json, url),
  'list of orders': (json: unknown) => parseOrderList(json, url),
  order: (json: unknown) => parseOrder(json, url),
  authorization: (json: unknown) => parseAuthorization(json, url),
  challenge: (json: unknown) => parseChallenge(json, url),
};

const directory = {
  newNonce: 'https://ca.example/nonce',
  newAccount: 'https://ca.example/account',
  newOrder: 'https://ca.example/order',
  meta: { externalAccountRequired: true },
};
const identifier = { type: 'email', value: 'alex@example.test' };
const challenge = { type: 'totp-01', url, status: 'pending', token: 'x'.repeat(43), digits: 6 };
const valid: Record<keyof typeof parsers, Readonly<Record<string, unknown>>> = {
  directory,
  account: { status: 'valid', contact: ['mailto:a@b.example'], orders: url },
  'list of orders': { orders: [url] },
  order: {
    status: 'pending',
    expires: '2031-01-20T14:09:07.99Z',
    identifiers: [identifier],
    authorizations: [url],
    finalize: url,
  },
  authorization: {
    status: 'pending',
    expires: '2031-01-20T14:09:07+01:00',
    identifier,
    challenges: [challenge],
  },
  challenge,
};

const kinds = Object.keys(parsers) as (keyof typeof parsers)[];

/** Runs a parser; anything but an object or an `AcmeProtocolError` is a fault of the parser. */
function attempt(kind: keyof typeof parsers, json: unknown): unknown {
  try {
    return parsers[kind](json);
  } catch (error) {
    expect(error).toBeInstanceOf(AcmeProtocolError);
    return undefined;
  }
}

describe.each(kinds)('a %s', (kind) => {
  test('is read, with members that nobody knows', () => {
    expect(attempt(kind, { ...valid[kind], 'x-unknown': { deep: [1] } })).toBeDefined();
  });

  test('is read or refused, whatever the JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), (json) => void attempt(kind, json)),
      runs,
    );
  });

  test('is read or refused with any member replaced', () => {
    const members = Object.keys(valid[kind]);
    fc.assert(
      fc.property(fc.constantFrom(...members), fc.jsonValue({ maxDepth: 2 }), (member, json) => {
        attempt(kind, { ...valid[kind], [member]: json });
      }),
      runs,
    );
  });

  test.each([null, undefined, 0, '', [], 'text', true])('is not %j', (json) => {
    expect(attempt(kind, json)).toBeUndefined();
  });
});

describe('a time', () => {
  const parse = (expires: unknown) => parseOrder({ ...valid.order, expires }, url).expires;

  test('in any offset and precision is the moment that it names', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1990-01-01'), max: new Date('2090-01-01'), noInvalidDate: true }),
        (date) => {
          expect(parse(date.toISOString())?.getTime()).toBe(date.getTime());
        },
      ),
      runs,
    );
    expect(parse('2031-01-20t14:09:07z')?.toISOString()).toBe('2031-01-20T14:09:07.000Z');
    expect(parse('2031-01-20T14:09:07.123456789+02:00')?.toISOString()).toBe(
      '2031-01-20T12:09:07.123Z',
    );
  });

  test.each([
    '2031-01-20',
    '2031-13-20T14:09:07Z',
    '2031-01-20T14:09:07',
    'Mon, 20 Jan 2031 14:09:07 GMT',
  ])('is not %s', (text) => {
    expect(() => parse(text)).toThrow(AcmeProtocolError);
  });
});

describe('a token', () => {
  test.each([
    ['LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0', 'sound'],
    ['a'.repeat(22), 'sound'],
    ['a'.repeat(255), 'sound'],
    ['a'.repeat(21), 'malformed'],
    ['a'.repeat(256), 'malformed'],
    ['123456', 'code'],
    ['1234567890', 'code'],
    ['Some challenge to digitally sign', 'malformed'],
    [`${'a'.repeat(30)}\n`, 'malformed'],
    [`${'a'.repeat(30)}=`, 'malformed'],
    ['', 'malformed'],
    [undefined, 'absent'],
  ] as const)('%j is %s', (token, kind) => {
    expect(tokenKind({ token })).toBe(kind);
  });
});

describe('an authorization', () => {
  const settled = (status: string, ...challenges: object[]) =>
    isAuthorizationSettled(
      parseAuthorization(
        {
          ...valid.authorization,
          status,
          challenges: challenges.map((each) => ({ ...challenge, ...each })),
        },
        url,
      ),
    );
  const error = { type: 'urn:ietf:params:acme:error:incorrectResponse' };

  test('is settled when it is decided or asks for another response', () => {
    expect(settled('valid', {})).toBe(true);
    expect(settled('invalid', {})).toBe(true);
    expect(settled('pending', { error })).toBe(true);
  });

  test('is not settled while somebody looks at a response', () => {
    expect(settled('pending', {})).toBe(false);
    expect(settled('pending', { status: 'processing', error })).toBe(false);
    expect(settled('pending', { error }, { status: 'processing' })).toBe(false);
  });
});

describe('identifiers', () => {
  const identifiers = fc.array(
    fc.record({ type: fc.constantFrom('dns', 'email'), value: fc.string({ maxLength: 8 }) }),
    { maxLength: 6 },
  );

  test('are the same in any order', () => {
    fc.assert(
      fc.property(identifiers, (list) => {
        expect(sameIdentifiers(list, [...list].reverse())).toBe(true);
        expect(sameIdentifiers(list, [...list, { type: 'ip', value: '::1' }])).toBe(false);
      }),
      runs,
    );
  });

  test('of hosts are the same in upper case', () => {
    expect(
      sameIdentifiers([{ type: 'dns', value: 'A.example' }], [{ type: 'dns', value: 'a.EXAMPLE' }]),
    ).toBe(true);
  });
});

test('an order that lists its authorizations in another order is the same order', () => {
  const before = parseOrder({ ...valid.order, authorizations: [`${url}/a`, `${url}/b`] }, url);
  const after: Order = { ...before, authorizations: [...before.authorizations].reverse() };
  expect(checkUnchanged(before, after)).toBe(after);
  expect(() => checkUnchanged(before, { ...after, authorizations: [url, `${url}/b`] })).toThrow(
    AcmeProtocolError,
  );
});

test('a directory names the origins of its resources', () => {
  const far = { ...directory, renewalInfo: 'https://ari.example:8443/info' };
  expect([...originsOf(parseDirectory(far, url), url)]).toEqual([
    'https://ca.example',
    'https://ari.example:8443',
  ]);
});
