import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  endHeaders,
  endStream,
  errorCodes,
  frame,
  frameTypes,
  headerBlock,
  headerBomb,
  resetStream,
} from '../testing/http2-frames.ts';
import { TestAuthority } from '../testing/test-authority.ts';
import { TestServers } from '../testing/test-servers.ts';
import { createHttpClient } from './create-http-client.ts';
import { HttpError, type HttpClient } from './http-client.ts';

let client: HttpClient;
let servers: TestServers;

beforeAll(async () => {
  const root = await TestAuthority.root();
  servers = new TestServers(await root.issueServer());
  client = createHttpClient({ rootsFor: () => [root.certificate], timeout: 10_000 });
});

afterEach(async () => {
  client.close();
  await servers.close();
});

interface Limits {
  readonly timeout?: number;
  readonly maximumSize?: number;
}

/** Why there was no response, and whether the request may have arrived. */
async function failure(url: string, limits: Limits = {}): Promise<[string, boolean]> {
  const error: unknown = await client
    .request({ method: 'GET', url, ...limits })
    .catch((reason: unknown) => reason);
  if (!(error instanceof HttpError)) throw new Error('there was a response', { cause: error });
  return [error.reason, error.sent];
}

describe('a server that fails over HTTP/2', () => {
  const headers = (stream: number, fields: Readonly<Record<string, string>> = {}): Buffer =>
    frame(frameTypes.headers, endHeaders, stream, headerBlock(fields));
  const half = (stream: number, flags = 0): Buffer =>
    frame(frameTypes.data, flags, stream, Buffer.from('half'));

  test.each<[string, (stream: number) => Buffer, [string, boolean]]>([
    [
      'by cancelling amid the body',
      (stream) =>
        Buffer.concat([headers(stream), half(stream), resetStream(stream, errorCodes.cancel)]),
      ['reset', true],
    ],
    [
      'by ending before the length that it announced',
      (stream) =>
        Buffer.concat([headers(stream, { 'content-length': '9' }), half(stream, endStream)]),
      ['response-malformed', true],
    ],
    [
      'by ending before the length that it announced, as if that were no error',
      (stream) =>
        Buffer.concat([
          headers(stream, { 'content-length': '9' }),
          half(stream),
          resetStream(stream, errorCodes.none),
        ]),
      ['reset', true],
    ],
    [
      'by a header whose name is none',
      (stream) => headers(stream, { 'Bad Name': 'x' }),
      ['response-malformed', true],
    ],
    [
      'by an answer without status',
      (stream) =>
        frame(
          frameTypes.headers,
          endHeaders | endStream,
          stream,
          headerBlock({ a: 'b' }).subarray(1),
        ),
      ['response-malformed', true],
    ],
    [
      'by more headers than anybody needs',
      (stream) => {
        const many = Array.from({ length: 140 }, (_each, index) => [`x${index}`, 'y'.repeat(90)]);
        return headers(stream, Object.fromEntries(many) as Record<string, string>);
      },
      ['response-too-large', true],
    ],
    [
      'by few bytes that unpack to eight million',
      (stream) => frame(frameTypes.headers, endHeaders, stream, headerBomb(2_000)),
      ['reset', true],
    ],
    [
      'by announcing too large a body',
      (stream) => headers(stream, { 'content-length': '99999999999' }),
      ['response-too-large', true],
    ],
    [
      'by packing a body that was to come as it is',
      (stream) =>
        Buffer.concat([headers(stream, { 'content-encoding': 'gzip' }), half(stream, endStream)]),
      ['response-malformed', true],
    ],
  ])('%s', async (_how, line, expected) => {
    expect(await failure(await servers.serveFrames(line))).toEqual(expected);
  });

  test('by sending too large a body without announcing it', async () => {
    const origin = await servers.serveFrames((stream) =>
      Buffer.concat([headers(stream), ...Array.from({ length: 60_000 }, () => half(stream))]),
    );
    expect(await failure(origin, { maximumSize: 50_000 })).toEqual(['response-too-large', true]);
  });

  test('by never finishing, a byte at a time', async () => {
    const origin = await servers.serveFrames((stream, _connection, socket) => {
      const timer = setInterval(() => socket.write(half(stream)), 20);
      socket.on('close', () => clearInterval(timer));
      return headers(stream);
    });
    expect(await failure(origin, { timeout: 300 })).toEqual(['timeout', true]);
  });

  test('by speaking something else than it chose', async () => {
    const origin = await servers.serveFrames(() => Buffer.from('HTTP/1.1 200 OK\r\n\r\nhello'));
    const [, sent] = await failure(origin, { timeout: 300 });
    expect(sent).toBe(true);
  });
});
