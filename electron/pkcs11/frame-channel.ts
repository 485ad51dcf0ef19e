import type { Duplex } from 'node:stream';
import { encodeFrame, FrameError, FrameReader } from './frames.ts';

/** Where a token process has the pipe to whoever started it. */
export const channelDescriptor = 3;

export interface FrameListener {
  readonly onMessage: (message: unknown) => void;
  /** Something came that is no message: nothing more is read. */
  readonly onMalformed: () => void;
}

/** Messages by a pipe. */
export class FrameChannel {
  readonly #pipe: Duplex;

  constructor(pipe: Duplex, listener: FrameListener) {
    this.#pipe = pipe;
    const reader = new FrameReader();
    pipe.on('data', (chunk: Buffer) => {
      try {
        for (const message of reader.read(chunk)) listener.onMessage(message);
      } catch (error) {
        if (!(error instanceof FrameError)) throw error;
        pipe.destroy();
        listener.onMalformed();
      }
    });
    // That nobody is there any more is told by its end.
    pipe.on('error', () => undefined);
  }

  post(message: unknown): void {
    const frame = encodeFrame(message);
    if (this.#pipe.writable) this.#pipe.write(frame, () => frame.fill(0));
    else frame.fill(0);
  }
}
