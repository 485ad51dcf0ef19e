import { Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { processLimits } from '../../platform/process-limits.ts';
import { channelDescriptor, FrameChannel } from '../frame-channel.ts';
import { keepMemoryPrivate } from './private-memory.ts';
import type { TokenReply } from '../messages.ts';
import { TokenProgram } from './token-program.ts';

// The token process: everything that PKCS #11 modules do, they do in here (docs/architecture.md).

/** What Electron gives to a `utilityProcess`. */
interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): void;
}

// Before anything else: what the system would write to a disk after a crash has PINs in it.
keepMemoryPrivate(processLimits());

const { parentPort } = process as { readonly parentPort?: ParentPort };

// Bundled, and unbuilt, workers lie beside this file. Named first, so that no bundler takes them for assets.
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const slotEvents = `./slot-event-worker.${extension}`;
const parentWatch = `./parent-watch-worker.${extension}`;

new Worker(new URL(parentWatch, import.meta.url), { workerData: process.ppid }).unref();

const program = (reply: (message: TokenReply) => void): TokenProgram =>
  new TokenProgram({ reply, worker: new URL(slotEvents, import.meta.url) });

// An orderly exit would wait for the thread that waits for slot events.
const end = (): void => void process.kill(process.pid, 'SIGKILL');

if (parentPort) {
  const port = parentPort;
  const answering = program((message) => port.postMessage(message));
  port.on('message', ({ data }) => void answering.receive(data));
} else {
  const pipe = new Socket({ fd: channelDescriptor, readable: true, writable: true });
  const answering = program((message) => channel.post(message));
  const channel = new FrameChannel(pipe, {
    onMessage: (message) => void answering.receive(message),
    onMalformed: end,
  });
  // Whoever started it is gone.
  pipe.on('close', end);
}
