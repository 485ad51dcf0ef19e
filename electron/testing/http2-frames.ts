import type { TLSSocket } from 'node:tls';

/** Types, flags and codes of RFC 9113 §6 and §7, as far as tests say them by hand. */
export const frameTypes = { data: 0, headers: 1, resetStream: 3, settings: 4, goAway: 7 } as const;
export const endStream = 0x01;
export const endHeaders = 0x04;
export const errorCodes = {
  none: 0x00,
  protocol: 0x01,
  refusedStream: 0x07,
  cancel: 0x08,
  enhanceYourCalm: 0x0b,
  http11Required: 0x0d,
} as const;

const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

export function frame(type: number, flags: number, stream: number, payload: Uint8Array): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** Status 200 from the static table (RFC 7541 Appendix A), and fields that no table remembers (§6.2.2). */
export function headerBlock(fields: Readonly<Record<string, string>> = {}): Buffer {
  const literals = Object.entries(fields).flatMap(([name, value]) => [
    Buffer.from([0x00, name.length]),
    Buffer.from(name),
    Buffer.from([value.length]),
    Buffer.from(value),
  ]);
  return Buffer.concat([Buffer.from([0x88]), ...literals]);
}

/** A field of four thousand bytes that is kept in the table, and then that one again and again, a byte each time. */
export function headerBomb(times: number): Buffer {
  const size = 4000;
  const field = [0x40, 1, 0x78, 0x7f, 0x80 + ((size - 127) % 128), Math.floor((size - 127) / 128)];
  const again = Buffer.alloc(times, 0xbe);
  return Buffer.concat([Buffer.from([0x88, ...field]), Buffer.alloc(size, 0x79), again]);
}

export const resetStream = (stream: number, code: number): Buffer =>
  frame(frameTypes.resetStream, 0, stream, number32(code));

export const goAway = (lastStream: number, code: number): Buffer =>
  frame(frameTypes.goAway, 0, 0, Buffer.concat([number32(lastStream), number32(code)]));

/** A whole answer. */
export const ok = (stream: number, body = 'hello'): Buffer =>
  Buffer.concat([
    frame(frameTypes.headers, endHeaders, stream, headerBlock()),
    frame(frameTypes.data, endStream, stream, Buffer.from(body)),
  ]);

/** Speaks HTTP/2 by hand: says hello, and hands over the stream of each request that comes. */
export function speakFrames(socket: TLSSocket, onRequest: (stream: number) => void): void {
  let unread = Buffer.alloc(0);
  let at = preface.length;
  socket.write(frame(frameTypes.settings, 0, 0, Buffer.alloc(0)));
  socket.on('data', (chunk: Buffer) => {
    unread = Buffer.concat([unread, chunk]);
    while (at + 9 <= unread.length && at + 9 + unread.readUIntBE(at, 3) <= unread.length) {
      if (unread.readUInt8(at + 3) === frameTypes.headers) onRequest(unread.readUInt32BE(at + 5));
      at += 9 + unread.readUIntBE(at, 3);
    }
  });
}

function number32(value: number): Buffer {
  const octets = Buffer.alloc(4);
  octets.writeUInt32BE(value);
  return octets;
}
