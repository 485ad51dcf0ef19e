import fc from 'fast-check';
import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { maximumSize, outcomeOf, readPieces } from '../testing/http1-reading.ts';

interface Valid {
  readonly text: string;
  readonly method: 'GET' | 'HEAD';
  readonly ends: boolean;
}

const fieldName = fc.stringMatching(/^X-[A-Za-z0-9!#$%&'*+.^_`|~-]{1,12}$/);
const fieldValue = fc.stringMatching(/^[\x20-\x7e\x80-\xff\t]{0,30}$/);
const fields = fc
  .array(fc.tuple(fieldName, fieldValue), { maxLength: 6 })
  .map((list) => list.map(([name, value]) => `${name}: ${value}\r\n`).join(''));
const content = fc
  .uint8Array({ maxLength: 300 })
  .map((octets) => Buffer.from(octets).toString('latin1'));
const extension = fc.constantFrom('', ';a', ';a=b', ';a="b;c"');

const chunked = fc
  .tuple(fc.array(fc.tuple(content, extension), { maxLength: 4 }), extension, fields)
  .map(([chunks, last, trailers]) => {
    const written = chunks
      .filter(([data]) => data !== '')
      .map(([data, extra]) => `${data.length.toString(16)}${extra}\r\n${data}\r\n`);
    return `Transfer-Encoding: chunked\r\n\r\n${written.join('')}0${last}\r\n${trailers}\r\n`;
  });
const framed = fc.oneof(
  content.map((body) => ({ rest: `Content-Length: ${body.length}\r\n\r\n${body}`, ends: false })),
  chunked.map((rest) => ({ rest, ends: false })),
  content.map((body) => ({ rest: `Connection: close\r\n\r\n${body}`, ends: true })),
);
const interim = fc.constantFrom(
  '',
  'HTTP/1.1 100 Continue\r\n\r\n',
  'HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n',
);

/** Responses as RFC 9112 has them. */
const valid: fc.Arbitrary<Valid> = fc
  .tuple(interim, fc.constantFrom(200, 201, 400, 404, 503), fields, framed)
  .map(([before, status, some, { rest, ends }]) => ({
    text: `${before}HTTP/1.1 ${status} Some Reason\r\n${some}${rest}`,
    method: 'GET' as const,
    ends,
  }));

const cut = (octets: Buffer, places: readonly number[]): readonly Buffer[] => {
  const sorted = places.map((place) => place % (octets.length + 1)).sort((a, b) => a - b);
  return [0, ...sorted].map((from, at) => octets.subarray(from, sorted[at] ?? octets.length));
};

const places = fc.array(fc.nat(5_000), { maxLength: 12 });

/** A valid response with octets changed, left out, put in or repeated. */
const mutated = fc
  .tuple(
    valid,
    fc.array(
      fc.record({
        at: fc.nat(5_000),
        remove: fc.nat(8),
        insert: fc.oneof(
          fc.constantFrom(
            '\r',
            '\n',
            '\r\n',
            '\0',
            ' ',
            ':',
            '\r\n\r\n',
            '0',
            'f',
            ';',
            'Content-Length: 3\r\n',
          ),
          fc.uint8Array({ maxLength: 4 }).map((octets) => Buffer.from(octets).toString('latin1')),
        ),
      }),
      { minLength: 1, maxLength: 4 },
    ),
  )
  .map(([{ text, ...rest }, changes]) => ({
    ...rest,
    text: changes.reduce((before, { at, remove, insert }) => {
      const place = at % (before.length + 1);
      return before.slice(0, place) + insert + before.slice(place + remove);
    }, text),
  }));

describe('octets', () => {
  test('mean the same in whatever pieces they come', () => {
    fc.assert(
      fc.property(fc.oneof(valid, mutated), places, ({ text, ends }, where) => {
        const octets = Buffer.from(text, 'latin1');
        const whole = outcomeOf(readPieces([octets], { ends }));
        const parts = outcomeOf(readPieces(cut(octets, where), { ends }));
        // What follows the response in a later piece is found by the connection.
        const asWhole =
          typeof whole === 'object' && typeof parts === 'object'
            ? { ...parts, isLast: whole.isLast }
            : parts;
        expect(asWhole).toEqual(whole);
      }),
      { numRuns: 3_000 },
    );
  });

  test('mean the same one by one', () => {
    fc.assert(
      fc.property(valid, ({ text, ends }) => {
        const octets = Buffer.from(text, 'latin1');
        const single = [...octets].map((octet) => Buffer.of(octet));
        expect(outcomeOf(readPieces(single, { ends }))).toEqual(
          outcomeOf(readPieces([octets], { ends })),
        );
      }),
      { numRuns: 300 },
    );
  });

  test('of any kind end in a response or a fault that has a name, and take no more than they are', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          mutated.map(({ text }) => text),
          content,
        ),
        fc.boolean(),
        (text, ends) => {
          const octets = Buffer.from(text, 'latin1');
          const outcome = outcomeOf(readPieces([octets], { ends }));
          if (typeof outcome === 'object')
            expect(outcome.body.length).toBeLessThanOrEqual(maximumSize);
        },
      ),
      { numRuns: 3_000 },
    );
  });
});

describe('beside the parser of Node', () => {
  let answer = Buffer.alloc(0);
  let port = 0;
  const sockets = new Set<Socket>();
  // Only takes connections: what it says is written by hand.
  const server = createServer((incoming) => void incoming.socket.end(answer)).on(
    'connection',
    (socket: Socket) => sockets.add(socket),
  );

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });

  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  function askNode(): Promise<{ incoming: IncomingMessage; body: string }> {
    return new Promise((resolve, reject) => {
      const outgoing = request({ port, host: '127.0.0.1', agent: false }, (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () =>
          resolve({ incoming, body: Buffer.concat(chunks).toString('latin1') }),
        );
      });
      outgoing.on('error', reject).end();
    });
  }

  test('valid responses are read alike', { timeout: 180_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(valid, async ({ text, ends }) => {
        answer = Buffer.from(text, 'latin1');
        const ours = readPieces([answer], { ends });
        if (typeof ours === 'string') throw new Error(`${ours}: ${JSON.stringify(text)}`);
        const { incoming, body } = await askNode();
        expect([ours.status, ours.body.toString('latin1')]).toEqual([incoming.statusCode, body]);
        for (const [name, values = []] of Object.entries(incoming.headersDistinct)) {
          expect([name, ours.headers.get(name)]).toEqual([name, values.join(', ')]);
        }
      }),
      { numRuns: 300 },
    );
  });
});
