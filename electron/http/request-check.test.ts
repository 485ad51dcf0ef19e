import fc from 'fast-check';
import { beforeAll, afterAll, describe, expect, test } from 'vitest';
import { TestAuthority } from '../testing/test-authority.ts';
import { bodyOf as readBody, TestServers } from '../testing/test-servers.ts';
import { createHttpClient } from './create-http-client.ts';
import { HttpRequestError, type HttpClient, type HttpRequest } from './http-client.ts';
import { writtenRequest } from './http1-request.ts';
import { checkRequest } from './request-check.ts';

const url = 'https://localhost/path?query';
const get: HttpRequest = { method: 'GET', url };

const partOf = (request: HttpRequest): string => {
  try {
    checkRequest(request);
  } catch (error) {
    if (error instanceof HttpRequestError) return error.part;
    throw error;
  }
  return 'sent';
};

const written = (request: HttpRequest): string => {
  const octets = writtenRequest(request, new URL(request.url));
  return typeof octets === 'string' ? octets : octets.toString('latin1');
};

describe('a request', () => {
  test.each<[string, HttpRequest, string]>([
    ['a method of two lines', { ...get, method: 'GET / HTTP/1.1\r\nX: y' as 'GET' }, 'method'],
    ['another method', { ...get, method: 'get' as 'GET' }, 'method'],
    ['a line break in the URL', { ...get, url: `${url}\r\nX: y` }, 'url'],
    ['a NUL in the URL', { ...get, url: `${url}\0` }, 'url'],
    ['a line break in a value', { ...get, headers: { a: 'b\r\nc: d' } }, 'value'],
    ['a bare LF in a value', { ...get, headers: { a: 'b\nc' } }, 'value'],
    ['a NUL in a value', { ...get, headers: { a: 'b\0' } }, 'value'],
    ['a letter beyond Latin-1 in a value', { ...get, headers: { a: '\u{10d}\u{10a}' } }, 'value'],
    ['a line break in a name', { ...get, headers: { 'a\r\nb': 'c' } }, 'name'],
    ['a colon in a name', { ...get, headers: { 'a:': 'c' } }, 'name'],
    ['no name', { ...get, headers: { '': 'c' } }, 'name'],
    ['a length of its own', { ...get, headers: { 'Content-length': '5' } }, 'name'],
    [
      'a transfer coding of its own',
      { ...get, headers: { 'transfer-encoding': 'chunked' } },
      'name',
    ],
    [
      'nothing unusual',
      { ...get, headers: { accept: 'text/plain, */*', 'x-y': '\xe4\t' } },
      'sent',
    ],
  ])('with %s is judged before anybody is asked', (_title, request, part) => {
    expect(partOf(request)).toBe(part);
  });

  test('is refused by its client without its words in the error', async () => {
    const client = createHttpClient({ rootsFor: () => [] });
    const secret = { ...get, headers: { authorization: 'secret\r\n' } };
    const error: unknown = await client.request(secret).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(HttpRequestError);
    expect(String(error)).not.toContain('secret');
    client.close();
  });

  test('is one request, whatever is in it', () => {
    const letters = fc.string({ unit: 'binary', maxLength: 20 });
    const names = fc.oneof(fc.constantFrom('x-y', 'Accept-Encoding', 'a', 'b:', 'c\r\n'), letters);
    const unit = fc.constantFrom('a', ' ', '\t', ':', '\xe4', 'b', ',', 'c', '\r', '\n', '\0');
    const values = fc.oneof(fc.string({ unit, maxLength: 6 }), fc.constant('plain'));
    fc.assert(
      fc.property(letters, names, values, letters, (path, name, value, body) => {
        const target = URL.parse(`https://localhost/${path}`);
        if (target?.host !== 'localhost') return;
        const request = {
          method: 'POST',
          url: target.href,
          headers: { [name]: value },
          body,
        } as const;
        if (partOf(request) !== 'sent') return;
        const [head = '', ...rest] = written(request).split('\r\n\r\n');
        expect(rest.join('\r\n\r\n')).toBe(Buffer.from(body).toString('latin1'));
        const lines = head.split('\r\n');
        expect(lines[0]).toMatch(/^POST \/[\x21-\x7e]* HTTP\/1\.1$/);
        const names = lines.slice(1).map((line) => line.slice(0, line.indexOf(':')).toLowerCase());
        expect(names.sort()).toEqual(
          [
            ...new Set([
              'host',
              'connection',
              'accept-encoding',
              'content-length',
              name.toLowerCase(),
            ]),
          ].sort(),
        );
        expect(head).not.toMatch(/[\0]|\r(?!\n)|(?<!\r)\n/);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a server', () => {
  let servers: TestServers;
  let client: HttpClient;

  beforeAll(async () => {
    const root = await TestAuthority.root();
    servers = new TestServers(await root.issueServer());
    client = createHttpClient({ rootsFor: () => [root.certificate], offerHttp2: false });
  });

  afterAll(async () => {
    client.close();
    await servers.close();
  });

  test.each(['', 'plain', 'k\u{f6}nnen wir \u{1f600}', 'x'.repeat(200_000)])(
    'gets a body whole, whatever letters it is of (%#)',
    async (body) => {
      const origin = await servers.serve((request, response) => {
        void readBody(request).then((text) =>
          response.end(
            JSON.stringify([text, request.headers['content-length'], request.headers['x-y']]),
          ),
        );
      });
      const headers = { 'x-y': '\xe4' };
      const response = await client.request({ method: 'POST', url: origin, headers, body });
      const told: unknown = JSON.parse(Buffer.from(response.body).toString());
      expect(told).toEqual([body, String(Buffer.byteLength(body)), '\xe4']);
    },
  );

  test('is told nothing of a length where there is no body', async () => {
    const origin = await servers.serve((request, response) =>
      response.end(JSON.stringify([request.method, request.headers['content-length'] ?? null])),
    );
    const { body } = await client.request({ method: 'GET', url: origin });
    expect(JSON.parse(Buffer.from(body).toString())).toEqual(['GET', null]);
  });
});
