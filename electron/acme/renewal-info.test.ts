import * as fc from 'fast-check';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { errorOf } from '../testing/applicant.ts';
import { ScriptedAcme } from '../testing/scripted-acme.ts';
import { AcmeProtocolError } from './protocol-error.ts';
import { parseRenewalInfo } from './renewal-info.ts';

const url = 'https://ca.example/renewal-info/a.b';
const window = { start: '2026-01-02T04:00:00Z', end: '2026-01-03T04:00:00Z' };

let acme: ScriptedAcme;
beforeAll(async () => {
  acme = await ScriptedAcme.create();
});
afterEach(() => acme.close());

describe('renewal information', () => {
  test('is asked for without a signature, by the name of the certificate', async () => {
    const client = await acme.connect(({ path }) =>
      path.startsWith('/renewal-info/')
        ? {
            headers: { 'Retry-After': '21600' },
            body: { suggestedWindow: window, explanationURL: 'https://ca.example/why' },
          }
        : undefined,
    );
    const found = await client.renewalInfo.fetch('aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE');
    expect(found).toEqual({
      suggestedWindow: { start: new Date(window.start), end: new Date(window.end) },
      explanationUrl: 'https://ca.example/why',
      retryAfter: expect.any(Date) as Date,
    });
    expect(acme.requests.at(-1)).toEqual({
      path: '/renewal-info/aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE',
      protected: {},
      payload: undefined,
    });
  });

  test.each(['', 'a', 'a.b.c', '../x.y', 'a.b?c', 'a/b.c', 'a.b\n'])(
    'is not asked for about "%s"',
    async (identifier) => {
      const client = await acme.connect(() => undefined);
      const before = acme.requests.length;
      expect(await errorOf(client.renewalInfo.fetch(identifier))).toBeInstanceOf(AcmeProtocolError);
      expect(acme.requests).toHaveLength(before);
    },
  );

  test('is not asked of a server that has none', async () => {
    const client = await acme.connect(() => undefined, { renewalInfo: undefined });
    expect(client.renewalInfo.isOffered).toBe(false);
    expect(await errorOf(client.renewalInfo.fetch('a.b'))).toMatchObject({
      reason: 'resource-missing',
    });
  });

  test.each([
    ['ends before it starts', { start: window.end, end: window.start }],
    ['ends as it starts', { start: window.start, end: window.start }],
    ['has no end', { start: window.start }],
    ['is in numbers', { start: 1, end: 2 }],
    ['is a text', 'soon'],
  ])('whose window %s is no answer (RFC 9773 §4.2)', (_title, suggestedWindow) => {
    expect(() => parseRenewalInfo({ suggestedWindow }, url)).toThrow(
      expect.objectContaining({ reason: 'renewal-info-malformed' }),
    );
  });

  test('is read without an explanation that is no page', () => {
    const read = parseRenewalInfo({ suggestedWindow: window, explanationURL: 'javascript:x' }, url);
    expect(read.explanationUrl).toBeUndefined();
  });

  test('is read or refused, whatever the JSON', () => {
    const odd = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.date().map(String), fc.constant(window));
    fc.assert(
      fc.property(odd, odd, odd, (start, end, all) => {
        for (const json of [all, { suggestedWindow: all }, { suggestedWindow: { start, end } }]) {
          try {
            const { suggestedWindow } = parseRenewalInfo(json, url);
            expect(suggestedWindow.end > suggestedWindow.start).toBe(true);
          } catch (error) {
            expect(error).toBeInstanceOf(AcmeProtocolError);
          }
        }
      }),
    );
  });
});
