import * as fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import type { HttpResponse } from '../http/http-client.ts';
import { caseCounts, caseTotal, jsonParsers } from '../testing/hostile/case-counts.ts';
import { madeUp } from '../testing/made-up.ts';
import { hostileJson } from '../testing/hostile/json-corpus.ts';
import { mutated } from '../testing/hostile/mutations.ts';
import { isUnpolluted } from '../testing/hostile/unpolluted.ts';
import { parseAccount, parseOrderList } from './account.ts';
import { AcmeAnswer } from './answer.ts';
import { parseAuthorization } from './authorization.ts';
import { parseChallenge } from './challenge.ts';
import { parseDirectory } from './directory.ts';
import { parseOrder } from './order.ts';
import { AcmeProblem, readProblemDocument } from './problem.ts';
import { AcmeProtocolError } from './protocol-error.ts';
import { parseRenewalInfo } from './renewal-info.ts';

const url = 'https://ca.example/object/1';
const identifier = { type: 'dns', value: 'a.example' };
const error = {
  type: 'urn:ietf:params:acme:error:caa',
  title: 'no',
  detail: 'CAA forbids it',
  status: 403,
  instance: url,
  subproblems: [{ type: 'urn:ietf:params:acme:error:dns', detail: 'none', identifier }],
  attemptsRemaining: 3,
};
const challenge = {
  type: 'totp-01',
  url,
  status: 'pending',
  validated: '2031-01-20T14:09:07Z',
  token: 'x'.repeat(43),
  digits: 6,
  period: 30,
  prompt: 'App',
  error,
};
const persistent = { ...challenge, 'issuer-domain-names': ['ca.example'], accounturi: url };
const certificate = { ...challenge, issuers: ['MAAwAA', 'A'.repeat(10_923)], algs: ['ES256'] };
const passkey = {
  ...challenge,
  publicKey: {
    rpId: 'ca.example',
    timeout: 120_000,
    userVerification: 'required',
    allowCredentials: [{ type: 'public-key', id: 'AbC', transports: ['usb', 'internal'] }],
    hints: ['security-key'],
    challenge: 'x'.repeat(43),
  },
  keys: ['y'.repeat(43)],
  webauthnUrl: url,
};
const good = {
  directory: {
    newNonce: url,
    newAccount: url,
    newOrder: url,
    newAuthz: url,
    revokeCert: url,
    keyChange: url,
    renewalInfo: url,
    meta: {
      termsOfService: url,
      website: url,
      caaIdentities: ['ca.example'],
      externalAccountRequired: true,
      profiles: { server: 'for servers' },
      subdomainAuthAllowed: true,
    },
  },
  account: {
    status: 'valid',
    contact: ['mailto:a@b.example'],
    termsOfServiceAgreed: true,
    orders: url,
    externalAccountBinding: { protected: 'a', payload: 'b', signature: 'c' },
  },
  'list of orders': { orders: [url, '/relative', url] },
  order: {
    status: 'invalid',
    expires: '2031-01-20T14:09:07Z',
    identifiers: [identifier, identifier],
    notBefore: '2031-01-20T14:09:07.5+01:00',
    notAfter: '2031-02-20T14:09:07Z',
    error,
    authorizations: [url, url],
    finalize: url,
    certificate: url,
    profile: 'server',
    replaces: 'a.b',
  },
  authorization: {
    status: 'pending',
    expires: '2031-01-20T14:09:07Z',
    identifier,
    challenges: [challenge, persistent, certificate, passkey],
    wildcard: true,
    subdomainAuthAllowed: false,
  },
  challenge: { ...persistent, ...certificate, ...passkey },
  'renewal information': {
    suggestedWindow: { start: '2031-01-20T14:09:07Z', end: '2031-01-21T14:09:07Z' },
    explanationURL: url,
  },
  problem: error,
} as const;
type Kind = keyof typeof good;

const parsers: Readonly<Record<Kind, (json: unknown) => object>> = {
  directory: (json) => parseDirectory(json, url),
  account: (json) => parseAccount(json, url),
  'list of orders': (json) => parseOrderList(json, url),
  order: (json) => parseOrder(json, url),
  authorization: (json) => parseAuthorization(json, url),
  challenge: (json) => parseChallenge(json, url),
  'renewal information': (json) => parseRenewalInfo(json, url),
  problem: (json) => readProblemDocument(json, 403),
};
const kinds = Object.keys(good) as Kind[];

/** Members by whose URLs requests are sent. */
const resources: readonly string[] = [
  ...['newNonce', 'newAccount', 'newOrder', 'newAuthz', 'revokeCert', 'keyChange', 'renewalInfo'],
  ...['authorizations', 'finalize', 'certificate', 'url', 'instance', 'webauthnUrl'],
];
// A list may be of names, URLs, problems or challenges; none of them is longer.
const longestList = 1_000;
const longestText = 4_096;
/** Of the DER Name of an issuer, in base64url. */
const longestName = 10_923;

/** What holds for all that is accepted, whatever it was read from. */
function expectSound(value: unknown, member = ''): void {
  if (value instanceof Date) expect(Number.isFinite(value.getTime())).toBe(true);
  else if (Array.isArray(value)) {
    expect(value.length).toBeLessThanOrEqual(longestList);
    for (const each of value) expectSound(each, member);
  } else if (typeof value === 'object' && value !== null) {
    expect([Object.prototype, null]).toContain(Object.getPrototypeOf(value));
    for (const [name, each] of Object.entries(value)) expectSound(each, name);
  } else if (typeof value === 'string') {
    expect(value.length).toBeLessThanOrEqual(member === 'issuers' ? longestName : longestText);
    if (value === 'unreadable' || !resources.includes(member)) return;
    const { protocol, hostname } = new URL(value);
    expect(protocol).toBe('https:');
    expect(hostname).not.toBe('');
    // RFC 3986 §2: visible ASCII.
    expect(value).toMatch(/^[!-~]+$/);
  } else if (typeof value === 'number') expect(Number.isSafeInteger(value)).toBe(true);
}

/** Reads it, soundly or not at all. */
function read(kind: Kind, json: unknown): object | undefined {
  try {
    const value = parsers[kind](json);
    expectSound(value);
    return value;
  } catch (error) {
    if (kind !== 'problem' && error instanceof AcmeProtocolError) return undefined;
    throw error;
  }
}

afterEach(() => expect(isUnpolluted()).toBe(true));

test('parsers meet a hundred thousand cases together', () => {
  expect(kinds).toHaveLength(jsonParsers);
  expect(caseTotal()).toBeGreaterThanOrEqual(100_000);
});

describe.each(kinds)('a parser of a %s', (kind) => {
  test('accepts one that is good', () => {
    expect(read(kind, good[kind])).toBeDefined();
  });

  test('reads soundly, or refuses, whatever is JSON', () => {
    const numRuns = madeUp(caseCounts['arbitrary JSON']);
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), (json) => void read(kind, json)),
      { numRuns },
    );
  });

  test('reads soundly, or refuses, what was good before somebody changed it', () => {
    const numRuns = madeUp(caseCounts['mutated objects']);
    fc.assert(
      fc.property(mutated(good[kind]), (json) => {
        read(kind, json);
        expect(isUnpolluted()).toBe(true);
      }),
      { numRuns },
    );
  });

  test.each(hostileJson)('reads soundly, or refuses, %s', (_name, body) => {
    const answer = answerOf(body, 200);
    const json = jsonOf(answer);
    if (json === undefined) return;
    read(kind, json.value);
    // As the one part that is odd, too: of an object that is good otherwise.
    for (const member of Object.keys(good[kind])) {
      read(kind, { ...good[kind], [member]: json.value });
    }
    if (typeof json.value === 'object') read(kind, { ...good[kind], ...json.value });
  });
});

test.each(hostileJson)('a refusal stays one, although its body is %s', (_name, body) => {
  const problem = answerOf(body, 403).problem();
  expect(problem).toBeInstanceOf(AcmeProblem);
  expect(problem?.status).toBe(403);
  expectSound(problem?.document);
  expect(problem?.document.subproblems.length).toBeLessThanOrEqual(100);
  expect(problem?.message.length).toBeLessThan(4_096);
});

test.each([
  ['a script', '<javascript:alert(1)>;rel=help'],
  ['a file', '<file:///etc/passwd>;rel=help'],
  ['longer than any page', `<https://ca.example/${'x'.repeat(4_000)}>;rel=help`],
])('a refusal leads to no help that is %s', (_name, link) => {
  const fine = '<https://ca.example/limits>;rel="help"';
  expect(answerOf('{}', 429, link).problem()?.document.helpUrl).toBeUndefined();
  const helped = answerOf('{}', 429, `${link}, ${fine}`).problem();
  expect(helped?.document.helpUrl).toBe('https://ca.example/limits');
});

function answerOf(
  body: string | Uint8Array,
  status: number,
  link: string | null = null,
): AcmeAnswer {
  const type = status < 400 ? 'application/json' : 'application/problem+json';
  const response: HttpResponse = {
    url,
    status,
    headers: { get: (name) => ({ 'content-type': type, link })[name] ?? null },
    body: Buffer.from(body as string),
  };
  return new AcmeAnswer('reading', response, new Date());
}

/** Undefined when it is none. */
function jsonOf(answer: AcmeAnswer): { readonly value: unknown } | undefined {
  try {
    return { value: answer.json() };
  } catch (error) {
    expect(error).toMatchObject({ code: 'acme-protocol', reason: 'not-json' });
    return undefined;
  }
}
