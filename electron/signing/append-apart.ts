import { Worker } from 'node:worker_threads';
import { DocumentError } from './document-error.ts';
import type { PdfWork, PdfWorkDone } from './pdf-worker.ts';
import type { AppendPlaceholder } from './prepared-document.ts';

// Bundled, and unbuilt, it lies beside this file. Named first, so that no bundler takes it for an asset.
const worker = `./pdf-worker.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`;

export interface ApartLimits {
  /** Milliseconds. */
  readonly time: number;
  /** Octets by which this process may grow meanwhile. */
  readonly growth: number;
}

const usualLimits: ApartLimits = { time: 30_000, growth: 1024 ** 3 };
const mebibyte = 1024 ** 2;
/** Milliseconds between two looks at the size of the process. */
const pace = 50;

/**
 * Reads a document and appends to it in a thread of its own: a document is written by anybody, and a small one can be made that takes
 * for ever to read, or all memory. One that goes beyond the limits is `damaged`.
 */
export const appendApart =
  (limits: ApartLimits = usualLimits): AppendPlaceholder =>
  async (original, { now, marker }) => {
    const work: PdfWork = {
      original: new Uint8Array(original),
      now,
      marker: new Uint8Array(marker),
    };
    const thread = new Worker(new URL(worker, import.meta.url), {
      workerData: work,
      transferList: [work.original.buffer],
      resourceLimits: { maxOldGenerationSizeMb: limits.growth / mebibyte },
      // What the library has to say about a document is for nobody.
      stdout: true,
      stderr: true,
    });
    try {
      const done = await answerOf(thread, limits);
      if ('fault' in done) throw new DocumentError(done.fault, 'reading a document');
      return Buffer.from(done.octets.buffer);
    } finally {
      await thread.terminate();
    }
  };

function answerOf(thread: Worker, { time, growth }: ApartLimits): Promise<PdfWorkDone> {
  const before = process.memoryUsage.rss();
  const { promise, resolve, reject } = Promise.withResolvers<PdfWorkDone>();
  const giveUp = (cause?: unknown): void =>
    reject(new DocumentError('damaged', 'reading a document apart', { cause }));
  const over = setTimeout(giveUp, time);
  const look = setInterval(() => {
    if (process.memoryUsage.rss() - before > growth) giveUp();
  }, pace);
  thread.once('message', resolve);
  // Out of memory is told so, too.
  thread.once('error', giveUp);
  thread.once('exit', () => giveUp());
  return promise.finally(() => {
    clearTimeout(over);
    clearInterval(look);
  });
}
