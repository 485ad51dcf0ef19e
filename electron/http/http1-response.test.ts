import { describe, expect, test } from 'vitest';
import { outcomeOf, readPieces, type Outcome, type Reading } from '../testing/http1-reading.ts';

const read = (text: string, reading?: Reading): Outcome =>
  outcomeOf(readPieces([Buffer.from(text, 'latin1')], reading));

const ok = 'HTTP/1.1 200 OK\r\n';
const answered = (body: string, isLast = false): Outcome => ({ status: 200, body, isLast });

describe('a response', () => {
  test.each<[string, string, Outcome, Reading?]>([
    ['of a known length', `${ok}Content-Length: 2\r\n\r\nhi`, answered('hi')],
    ['without a reason', 'HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n', answered('')],
    [
      'in chunks',
      `${ok}Transfer-Encoding: Chunked\r\n\r\n1\r\nh\r\nA\r\n0123456789\r\n0\r\n\r\n`,
      answered('h0123456789'),
    ],
    [
      'in chunks with extensions and trailers',
      `${ok}Transfer-Encoding: chunked\r\n\r\n1;a=b ;c\r\nh\r\n1 ; "d"\r\ni\r\n0;e\r\nX: y\r\n\r\n`,
      answered('hi'),
    ],
    [
      'behind interim ones',
      `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: <x>\r\n\r\n${ok}Content-Length: 0\r\n\r\n`,
      answered(''),
    ],
    [
      'that ends with the connection',
      `${ok}Connection: close\r\n\r\nhi`,
      answered('hi', true),
      { ends: true },
    ],
    ['of HTTP/1.0', 'HTTP/1.0 200 OK\r\n\r\nhi', answered('hi', true), { ends: true }],
    [
      'that asks for the end of the connection',
      `${ok}Connection: x, Close\r\nContent-Length: 2\r\n\r\nhi`,
      answered('hi', true),
    ],
    ['to HEAD', `${ok}Content-Length: 99999\r\n\r\n`, answered(''), { method: 'HEAD' }],
    [
      'without content',
      'HTTP/1.1 204 No Content\r\n\r\n',
      { status: 204, body: '', isLast: false },
    ],
    [
      'about what has not changed',
      'HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n',
      { status: 304, body: '', isLast: false },
    ],
    [
      'without content that announces some',
      'HTTP/1.1 204 No Content\r\nContent-Length: 9\r\n\r\n',
      { status: 204, body: '', isLast: true },
    ],
    [
      'about what has not changed that announces chunks',
      'HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n',
      { status: 304, body: '', isLast: true },
    ],
    ['with something behind it', `${ok}Content-Length: 2\r\n\r\nhiHTTP/1.1`, answered('hi', true)],
    [
      'to HEAD with a body',
      `${ok}Content-Length: 2\r\n\r\nhi`,
      answered('', true),
      { method: 'HEAD' },
    ],
    [
      'as large as is allowed',
      `${ok}Content-Length: 1000\r\n\r\n${'x'.repeat(1_000)}`,
      answered('x'.repeat(1_000)),
    ],
  ])('%s is read', (_title, text, outcome, reading) => {
    expect(read(text, reading)).toEqual(outcome);
  });

  test('has its fields by name, joined where there are several, as Latin-1 and without spaces around', () => {
    const text = `${ok}ETag:"\xe4"\r\nLink: <a>\r\nX-Empty:\r\nlink:\t<b> \t\r\nSet-Cookie: a\r\nContent-Length: 0\r\n\r\n`;
    const response = readPieces([Buffer.from(text, 'latin1')]);
    if (typeof response === 'string') throw new Error(response);
    const names = ['etag', 'LINK', 'x-empty', 'set-cookie', 'missing', '__proto__'];
    expect(names.map((name) => response.headers.get(name))).toEqual([
      '"\xe4"',
      '<a>, <b>',
      '',
      'a',
      null,
      null,
    ]);
  });

  test.each<[string, string, Reading?]>([
    ['another protocol', 'SSH-2.0-x'],
    ['a protocol that begins alike', 'HTTP/2 200\r\n'],
    ['an empty line first', '\r\nHTTP/1.1 200 OK\r\n'],
    ['a status that is no number', 'HTTP/1.1 2x0 OK\r\n'],
    ['a status of four digits', 'HTTP/1.1 2000 OK\r\n'],
    ['a status below a hundred', 'HTTP/1.1 099 OK\r\n'],
    ['two spaces before the status', 'HTTP/1.1  200 OK\r\n'],
    ['a NUL in the reason', 'HTTP/1.1 200 O\0K\r\n'],
    ['lines that end in LF', 'HTTP/1.1 200 OK\nContent-Length: 0\n\n'],
    ['a field line that ends in LF', `${ok}A: b\nContent-Length: 0\r\n\r\n`],
    ['a CR in a value', `${ok}A: b\rc\r\n`],
    ['a NUL in a value', `${ok}A: b\0c\r\n`],
    ['a DEL in a value', `${ok}A: b\x7fc\r\n`],
    ['a field that goes on in the next line', `${ok}A: b\r\n c\r\n`],
    ['a field without a name', `${ok}: b\r\n`],
    ['a field without a colon', `${ok}A\r\n`],
    ['a space before the colon', `${ok}A : b\r\n`],
    ['an umlaut in a name', `${ok}\xc4: b\r\n`],
    ['another protocol to go on with', 'HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n'],
    ['interim responses without end', 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(17)],
    ['two lengths', `${ok}Content-Length: 1\r\nContent-Length: 2\r\n\r\n`],
    ['the same length twice', `${ok}Content-Length: 1\r\nContent-Length: 1\r\n\r\n`],
    ['a list of lengths', `${ok}Content-Length: 1, 1\r\n\r\n`],
    ['a negative length', `${ok}Content-Length: -1\r\n\r\n`],
    ['a length with a sign', `${ok}Content-Length: +1\r\n\r\n`],
    ['a length in hexadecimal', `${ok}Content-Length: 0x1\r\n\r\n`],
    ['an empty length', `${ok}Content-Length:\r\n\r\n`],
    ['a length and chunks', `${ok}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`],
    ['an unknown transfer coding', `${ok}Transfer-Encoding: gzip, chunked\r\n\r\n`],
    ['no transfer coding by name', `${ok}Transfer-Encoding: identity\r\n\r\n`],
    ['an empty transfer coding', `${ok}Transfer-Encoding:\r\n\r\n`],
    ['chunks twice over', `${ok}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n`],
    ['chunks over HTTP/1.0', 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'],
    ['a body whose end nothing tells', `${ok}\r\n`],
    ['a content coding', `${ok}Content-Encoding: gzip\r\nContent-Length: 1\r\n\r\n`],
    ['a chunk of no size', `${ok}Transfer-Encoding: chunked\r\n\r\n\r\n`],
    ['a chunk of a negative size', `${ok}Transfer-Encoding: chunked\r\n\r\n-1\r\n`],
    ['a chunk of a size with a prefix', `${ok}Transfer-Encoding: chunked\r\n\r\n0x1\r\n`],
    ['a space before the size of a chunk', `${ok}Transfer-Encoding: chunked\r\n\r\n 1\r\n`],
    ['a size that ends in LF', `${ok}Transfer-Encoding: chunked\r\n\r\n1\nx\r\n0\r\n\r\n`],
    ['a size of too many digits', `${ok}Transfer-Encoding: chunked\r\n\r\n${'0'.repeat(17)}\r\n`],
    ['a NUL in an extension', `${ok}Transfer-Encoding: chunked\r\n\r\n1;\0\r\n`],
    ['a chunk that is longer than it says', `${ok}Transfer-Encoding: chunked\r\n\r\n1\r\nxy\r\n`],
    ['a trailer that is no field', `${ok}Transfer-Encoding: chunked\r\n\r\n0\r\nnothing\r\n`],
  ])('with %s is not believed', (_title, text, reading) => {
    expect(read(text, reading)).toBe('response-malformed');
  });

  test.each<[string, string, Reading?]>([
    ['too long a status line', `HTTP/1.1 200 ${'x'.repeat(20_000)}`],
    ['a field without end', `${ok}A: ${'x'.repeat(20_000)}`],
    ['fields without end', `${ok}${'A: bbbbbbbbbbbbbbbbbbbbbbbbb\r\n'.repeat(600)}`],
    ['too many small fields', `${ok}${'A:\r\n'.repeat(600)}`],
    ['too long a body announced', `${ok}Content-Length: 1001\r\n\r\n`],
    ['a length that no number can hold', `${ok}Content-Length: ${'9'.repeat(400)}\r\n\r\n`],
    ['too long a chunk announced', `${ok}Transfer-Encoding: chunked\r\n\r\n3e9\r\n`],
    [
      'a chunk as long as can be written',
      `${ok}Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n`,
    ],
    [
      'too long a body in chunks',
      `${ok}Transfer-Encoding: chunked\r\n\r\n${`64\r\n${'x'.repeat(100)}\r\n`.repeat(11)}`,
    ],
    [
      'extensions without end',
      `${ok}Transfer-Encoding: chunked\r\n\r\n${`1;${'x'.repeat(100)}\r\ny\r\n`.repeat(200)}`,
    ],
    ['an extension without end', `${ok}Transfer-Encoding: chunked\r\n\r\n1;${'x'.repeat(20_000)}`],
    [
      'trailers without end',
      `${ok}Transfer-Encoding: chunked\r\n\r\n0\r\n${'A: bbbbbbbbbbbbbbbbbbbbbbbbb\r\n'.repeat(600)}`,
    ],
    [
      'endless blanks behind the sizes of its chunks',
      `${ok}Transfer-Encoding: chunked\r\n\r\n${`1${' '.repeat(3_000)};\r\nx\r\n`.repeat(6)}`,
    ],
    ['too long a body until the end', `${ok}Connection: close\r\n\r\n${'x'.repeat(1_001)}`],
  ])('with %s is too large', (_title, text, reading) => {
    expect(read(text, reading)).toBe('response-too-large');
  });

  test.each([
    ['a head', `${ok}Content-Le`],
    ['a body', `${ok}Content-Length: 9\r\n\r\nhalf`],
    ['a chunk', `${ok}Transfer-Encoding: chunked\r\n\r\n5\r\nhel`],
    ['the last chunk', `${ok}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`],
    ['the trailers', `${ok}Transfer-Encoding: chunked\r\n\r\n0\r\n`],
    ['nothing', ''],
  ])('that ends amid %s is none', (_title, text) => {
    expect(read(text, { ends: true })).toBe('unfinished');
  });
});
