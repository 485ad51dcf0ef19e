import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AcmeProblem, readProblemDocument } from './problem.ts';
import { problemType, problemTypes } from './problem-type.ts';

const context = { url: 'https://ca.example/acme/order' };

describe('a problem document', () => {
  test('is read with its subproblems', () => {
    const json = {
      type: 'urn:ietf:params:acme:error:malformed',
      detail: 'Some of the identifiers requested were rejected',
      subproblems: [
        {
          type: 'urn:ietf:params:acme:error:malformed',
          detail: 'Invalid underscore in DNS name "_example.org"',
          identifier: { type: 'dns', value: '_example.org' },
        },
        { type: 'urn:ietf:params:acme:error:rejectedIdentifier', detail: 'no', extra: 1 },
        'not an object',
      ],
    };
    expect(readProblemDocument(json, 403)).toEqual({
      type: json.type,
      detail: json.detail,
      status: 403,
      subproblems: [
        json.subproblems[0],
        { type: 'urn:ietf:params:acme:error:rejectedIdentifier', detail: 'no' },
      ],
    });
  });

  test('has the status of the answer, and its own where there is none', () => {
    expect(readProblemDocument({ status: 500 }, 403).status).toBe(403);
    expect(readProblemDocument({ status: 500 }).status).toBe(500);
  });

  test('falls back on its title', () => {
    expect(readProblemDocument({ title: 'No' }).detail).toBe('No');
  });

  test('gives no place to visit that is not https', () => {
    for (const instance of ['javascript:alert(1)', 'http://a.example/', '/relative', 7]) {
      expect(readProblemDocument({ instance })).not.toHaveProperty('instance');
    }
    expect(readProblemDocument({ instance: 'https://a.example/x' }).instance).toBe(
      'https://a.example/x',
    );
  });

  test('is kept short', () => {
    const document = readProblemDocument({
      detail: 'x'.repeat(100_000),
      subproblems: Array(10_000).fill({ detail: 'y' }),
    });
    expect(document.detail.length).toBe(4096);
    expect(document.subproblems.length).toBe(100);
  });

  test('comes of any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), (json) => {
        const document = readProblemDocument(json, 400);
        expect(document.status).toBe(400);
        expect(typeof document.type).toBe('string');
        expect(Array.isArray(document.subproblems)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test('comes of a good document with any member replaced', () => {
    const good = {
      type: 'about:blank',
      detail: 'd',
      status: 400,
      instance: 'https://a/',
      subproblems: [],
    };
    const members = fc.constantFrom(
      'type',
      'detail',
      'title',
      'status',
      'instance',
      'subproblems',
      'attemptsRemaining',
      'algorithms',
    );
    fc.assert(
      fc.property(members, fc.jsonValue({ maxDepth: 3 }), (member, json) => {
        expect(new AcmeProblem('testing', { ...good, [member]: json }, 400, context).status).toBe(
          400,
        );
      }),
      { numRuns: 300 },
    );
  });
});

describe('a problem type', () => {
  test('is known by its URN', () => {
    for (const type of problemTypes)
      expect(problemType(`urn:ietf:params:acme:error:${type}`)).toBe(type);
  });

  test.each([
    'about:blank',
    'malformed',
    'urn:ietf:params:acme:error:',
    'urn:ietf:params:acme:error:new',
    'https://a/',
  ])('is unknown in %s', (uri) => {
    expect(problemType(uri)).toBe('unknown');
  });
});

test('a problem says what was being done, and where help and patience are needed', () => {
  const retryAfter = new Date('2031-01-01T00:00:00Z');
  const json = {
    type: 'urn:ietf:params:acme:error:rateLimited',
    detail: 'secret detail',
    attemptsRemaining: 2,
  };
  const problem = new AcmeProblem('placing the order', json, 429, {
    ...context,
    retryAfter,
    helpUrl: 'https://ca.example/help',
  });
  expect(problem.message).toBe('placing the order: urn:ietf:params:acme:error:rateLimited (429)');
  expect(problem.document).toMatchObject({
    attemptsRemaining: 2,
    helpUrl: 'https://ca.example/help',
    retryAt: retryAfter.toISOString(),
  });
});

test('a problem about the algorithm lists those that would do', () => {
  const json = {
    type: 'urn:ietf:params:acme:error:badSignatureAlgorithm',
    algorithms: ['ES256', 'EdDSA'],
  };
  expect(new AcmeProblem('testing', json, 400, context).algorithms).toEqual(['ES256', 'EdDSA']);
});
