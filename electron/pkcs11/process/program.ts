import { Worker } from 'node:worker_threads';
import { TokenProgram } from './token-program.ts';

// The token process: everything that PKCS #11 modules do, they do in here (docs/architecture.md).

/** What Electron gives to a `utilityProcess`. */
interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): void;
}

const { parentPort } = process as { readonly parentPort?: ParentPort };

// Bundled, and unbuilt, workers lie beside this file. Named first, so that no bundler takes them for assets.
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const slotEvents = `./slot-event-worker.${extension}`;
const parentWatch = `./parent-watch-worker.${extension}`;

new Worker(new URL(parentWatch, import.meta.url), { workerData: process.ppid }).unref();

const program = new TokenProgram({
  reply: (message) => {
    if (parentPort) parentPort.postMessage(message);
    else process.send?.(message);
  },
  worker: new URL(slotEvents, import.meta.url),
});

if (parentPort) {
  parentPort.on('message', ({ data }) => void program.receive(data));
} else {
  process.on('message', (message) => void program.receive(message));
  // Whoever started it is gone. An orderly exit would wait for the thread that waits for slot events.
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
}
