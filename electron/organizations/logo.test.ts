import { crc32, deflateSync } from 'node:zlib';
import { cpuUsage } from 'node:process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logoUrl } from './logo.ts';
import { sanitizePng } from './png.ts';
import { sanitizeSvg } from './svg.ts';

const magic = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

function chunk(type: string, data: Uint8Array = new Uint8Array()): Buffer {
  const checked = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(checked));
  return Buffer.concat([length, checked, sum]);
}

function header(width: number, height: number): Buffer {
  const data = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0]);
  data.writeUInt32BE(width, 0);
  data.writeUInt32BE(height, 4);
  return chunk('IHDR', data);
}

const pixels = chunk('IDAT', deflateSync(Buffer.from([0, 0x80])));
const end = chunk('IEND');
const png = Buffer.concat([magic, header(1, 1), pixels, end]);
const svg = (inside: string, attributes = '') =>
  `<svg xmlns="http://www.w3.org/2000/svg"${attributes}>${inside}</svg>`;

describe('sanitizePng', () => {
  it('keeps a plain picture as it is', () => {
    expect(sanitizePng(png)).toEqual(png);
  });

  it('leaves out text, profiles, animation and what it does not know', () => {
    const extras = ['tEXt', 'iTXt', 'eXIf', 'iCCP', 'acTL', 'zzZz'].map((type) =>
      chunk(type, Buffer.from('secret')),
    );
    const dressed = Buffer.concat([magic, header(1, 1), ...extras, pixels, end]);
    expect(sanitizePng(dressed)).toEqual(png);
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['another format', Buffer.from('GIF89a')],
    ['a signature alone', magic],
    ['no pixels', Buffer.concat([magic, header(1, 1), end])],
    ['no end', Buffer.concat([magic, header(1, 1), pixels])],
    ['no header', Buffer.concat([magic, pixels, end])],
    ['two headers', Buffer.concat([magic, header(1, 1), header(1, 1), pixels, end])],
    ['something after its end', Buffer.concat([png, Buffer.from('<script>')])],
    ['a chunk after its end', Buffer.concat([png, pixels])],
    [
      'a header of another size',
      Buffer.concat([magic, chunk('IHDR', Buffer.alloc(12)), pixels, end]),
    ],
    ['a bomb for a size', Buffer.concat([magic, header(65_535, 65_535), pixels, end])],
    ['a side too long', Buffer.concat([magic, header(1025, 1), pixels, end])],
    ['no width', Buffer.concat([magic, header(0, 1), pixels, end])],
    ['half a chunk', png.subarray(0, -5)],
  ])('refuses %s', (_what, picture) => {
    expect(sanitizePng(picture)).toBeNull();
  });

  it('refuses a picture in which any byte was changed', () => {
    for (const position of png.keys()) {
      const damaged = Buffer.from(png);
      damaged.writeUInt8(png.readUInt8(position) ^ 0x20, position);
      expect(sanitizePng(damaged)).toBeNull();
    }
  });

  it('survives any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        sanitizePng(Buffer.concat([magic, bytes]));
      }),
    );
  });
});

describe('sanitizeSvg', () => {
  it('keeps shapes, colours and gradients, and writes them anew', () => {
    const written = sanitizeSvg(
      `<?xml version="1.0" encoding="UTF-8"?>
      <svg viewBox='0 0 64 64' xmlns='http://www.w3.org/2000/svg' >
        <title>Example &amp; Sons</title>
        <defs><linearGradient id="g"><stop offset="0%" stop-color="#fff"/></linearGradient></defs>
        <rect width="64" height="64" rx="14" fill="url(#g)"/>
        <path d="M18 22h28M18 32h28" stroke="rgb(0, 0, 0)" transform="rotate(-45 1,1)" />
      </svg>
      `,
    );
    expect(written).toBe(
      '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><title></title>' +
        '<defs><linearGradient id="g"><stop offset="0%" stop-color="#fff"/></linearGradient></defs>' +
        '<rect width="64" height="64" rx="14" fill="url(#g)"/>' +
        '<path d="M18 22h28M18 32h28" stroke="rgb(0, 0, 0)" transform="rotate(-45 1,1)"/></svg>',
    );
  });

  it.each([
    ['nothing', ''],
    ['text', 'hello'],
    ['a page', '<html></html>'],
    ['a shape alone', '<path d="M0 0"/>'],
    ['an empty picture', '<svg/>'],
    ['an unclosed picture', '<svg xmlns="http://www.w3.org/2000/svg">'],
    ['crossed tags', svg('<g><defs></g></defs>')],
    ['a second picture', svg('') + svg('')],
    ['a picture inside', svg('<svg></svg>')],
    ['text after it', `${svg('')}hello`],
    ['words outside a title', svg('hello')],
    ['a script', svg('<script>alert(1)</script>')],
    ['a script in capitals', svg('<SCRIPT>alert(1)</SCRIPT>')],
    ['a script with a prefix', svg('<svg:script>alert(1)</svg:script>')],
    ['a handler', svg('<path onload="alert(1)"/>')],
    ['a handler on the picture', svg('', ' onload="alert(1)"')],
    ['foreign content', svg('<foreignObject><p>x</p></foreignObject>')],
    ['an image', svg('<image href="https://evil.example/x.png"/>')],
    ['a link', svg('<a href="javascript:alert(1)"><path d="M0 0"/></a>')],
    ['a reference outside', svg('<rect fill="url(https://evil.example/x#y)"/>')],
    ['a reference after a line break', svg('<rect fill="none\nurl(evil)"/>')],
    ['use', svg('<use href="#x"/>')],
    ['an animation', svg('<animate attributeName="href"/>')],
    ['a style sheet', svg('<style>@import "https://evil.example"</style>')],
    ['an inline style', svg('<path style="background:url(x)"/>')],
    ['a filter', svg('<filter><feImage href="x"/></filter>')],
    ['a document type', `<!DOCTYPE svg [<!ENTITY a "aaaa">]>${svg('')}`],
    ['an entity in a value', svg('<path d="&a;"/>')],
    ['a comment', svg('<!-- x -->')],
    ['character data', svg('<title><![CDATA[<script>]]></title>')],
    ['an instruction', svg('<?xml-stylesheet href="x"?>')],
    ['another namespace', '<svg xmlns="http://www.w3.org/1999/xhtml"></svg>'],
    ['a namespace of its own', svg('', ' xmlns:xlink="http://www.w3.org/1999/xlink"')],
    ['a repeated attribute', svg('<path d="M0 0" d="M1 1"/>')],
    ['a value without quotes', svg('<path d=M0/>')],
    ['great depth', svg('<g>'.repeat(30) + '</g>'.repeat(30))],
    ['a NUL', svg('<path d="\0"/>')],
  ])('refuses %s', (_what, text) => {
    expect(sanitizeSvg(text)).toBeNull();
  });

  it('gives nothing but what it knows, whatever comes in', () => {
    const pieces = fc.constantFrom(
      ...['<svg>', '</svg>', '<g>', '</g>', '<path d="M0"/>', '<script>', ' onload="x"', '<', '>'],
      ...['"', "'", '=', '&lt;', 'url(#a)', 'x', '<title>', '</title>', '<g fill="url(#a)">'],
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        expect(sanitizeSvg(svg(parts.join(''))) ?? '').not.toMatch(/script|onload|&/);
      }),
    );
  });

  it('reads 64 KB of hostile text in no time', () => {
    const started = cpuUsage();
    for (const piece of ['<path d="', '<g a=', ' a="b"', '<', '>', '<svg ', "<g x='1' "]) {
      sanitizeSvg(svg(piece.repeat(65_536 / piece.length)));
      sanitizeSvg(piece.repeat(65_536 / piece.length));
    }
    expect(cpuUsage(started).user).toBeLessThan(2_000_000);
  });
});

describe('logoUrl', () => {
  const base64 = (data: string | Buffer) => Buffer.from(data).toString('base64');

  it('makes a data URL of what is left', () => {
    expect(logoUrl({ mediaType: 'image/png', data: base64(png) })).toBe(
      `data:image/png;base64,${base64(png)}`,
    );
    expect(logoUrl({ mediaType: 'image/svg+xml', data: base64(svg('<g></g>')) })).toBe(
      `data:image/svg+xml;base64,${base64(svg('<g></g>'))}`,
    );
  });

  it('drops a picture that is unsafe, too large, or not what it says', () => {
    const large = svg(`<path d="${'M0 0'.repeat(20_000)}"/>`);
    expect(logoUrl({ mediaType: 'image/svg+xml', data: base64(large) })).toBeUndefined();
    expect(logoUrl({ mediaType: 'image/png', data: base64(svg('')) })).toBeUndefined();
    expect(logoUrl({ mediaType: 'image/svg+xml', data: base64(png) })).toBeUndefined();
    const script = svg('<script>alert(1)</script>');
    expect(logoUrl({ mediaType: 'image/svg+xml', data: base64(script) })).toBeUndefined();
  });
});
