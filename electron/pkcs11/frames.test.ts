import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeFrame, FrameError, FrameReader, longestFrame } from './frames.ts';

const pin = (): Uint8Array => Uint8Array.of(0x31, 0x32, 0x33, 0x34);
const message = (): unknown => ({
  ...{ id: 1, call: 'changePin', nothing: null, empty: new Uint8Array() },
  input: { current: pin(), next: Buffer.from('9876'), list: [pin(), 'octets', true] },
});
const plain = {
  ...{ id: 1, call: 'changePin', nothing: null, empty: Uint8Array.of() },
  input: {
    current: pin(),
    next: Uint8Array.from(Buffer.from('9876')),
    list: [pin(), 'octets', true],
  },
};

function frameOf(text: string, octets: Uint8Array = Uint8Array.of(), claimed?: number): Buffer {
  const body = Buffer.from(text);
  const frame = Buffer.alloc(8 + body.length + octets.byteLength);
  frame.writeUInt32BE(4 + body.length + octets.byteLength);
  frame.writeUInt32BE(claimed ?? body.length, 4);
  body.copy(frame, 8);
  frame.set(octets, 8 + body.length);
  return frame;
}

describe('a message in a frame', () => {
  it('is read as it was written, however it is cut', () => {
    const frames = Buffer.concat([
      encodeFrame(message()),
      encodeFrame('x'),
      encodeFrame(message()),
    ]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (sizes) => {
        const reader = new FrameReader();
        const read: unknown[] = [];
        for (let at = 0, turn = 0; at < frames.length; turn += 1) {
          const size = sizes[turn % sizes.length] ?? 1;
          read.push(...reader.read(Buffer.from(frames.subarray(at, at + size))));
          at += size;
        }
        expect(read).toEqual([plain, 'x', plain]);
      }),
    );
  });

  it('has no octet of a PIN in its text, and none is left where it was read', () => {
    const frame = encodeFrame(message());
    expect(frame.includes('1234')).toBe(true);
    const textLength = frame.readUInt32BE(4);
    expect(frame.subarray(0, 8 + textLength).includes('1234')).toBe(false);
    expect([...new FrameReader().read(frame)]).toEqual([plain]);
    expect(frame.every((octet) => octet === 0)).toBe(true);
  });

  it('is not written when it is longer than any', () => {
    expect(() => encodeFrame(new Uint8Array(longestFrame))).toThrow(FrameError);
  });
});

describe('what is no frame', () => {
  it.for<[string, Buffer]>([
    ['a message of Node for itself', Buffer.from([0, 0, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8])],
    ['a length that is too long', Buffer.from([0xff, 0xff, 0xff, 0xff])],
    ['a length that is too short', Buffer.from([0, 0, 0, 3, 0, 0, 0])],
    ['a text that is longer than its frame', frameOf('{}', undefined, 3)],
    ['a text that is no JSON', frameOf('{"id":')],
    ['no text', frameOf('')],
    ['octets that are not there', frameOf('{"octets":3}', Uint8Array.of(1, 2))],
    [
      'lists in lists without end',
      frameOf(`${'['.repeat(200_000)}{"octets":0}${']'.repeat(200_000)}`),
    ],
  ])('is refused: %s', ([, octets]) => {
    expect(() => [...new FrameReader().read(octets)]).toThrow(FrameError);
  });

  it('is refused without a word of what it said', () => {
    const octets = frameOf('{"pin": 123456 secret');
    expect(() => [...new FrameReader().read(octets)]).toThrow(/^(?!.*secret).*SyntaxError$/s);
  });

  it('never throws anything else, and keeps no more than one frame', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 64 })), (chunks) => {
        const reader = new FrameReader();
        try {
          for (const chunk of chunks) Array.from(reader.read(Buffer.from(chunk)));
        } catch (error) {
          expect(error).toBeInstanceOf(FrameError);
        }
      }),
    );
  });
});
