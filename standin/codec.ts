import { createCodec } from './worlds/codec.js';

/** Structured-clone values as text, main's side. */
export const codec = createCodec({
  toBase64: (bytes) =>
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64'),
  fromBase64: (text) => Buffer.from(text, 'base64'),
});
