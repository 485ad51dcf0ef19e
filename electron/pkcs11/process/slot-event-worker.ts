import { parentPort, threadId, workerData } from 'node:worker_threads';
import pkcs11js from 'pkcs11js';

// Waits in a thread of its own, because C_WaitForSlotEvent blocks. Says `event` after each, and in the end why it waits
// no longer: the number of the code, or nothing where there was none.

/** A module that says "something happened" without end does not take a processor for itself. */
const leastPause = 20;

/** @public */
export type SlotEventMessage = { readonly event: true } | { readonly ended: number | null };

const say = (message: SlotEventMessage): void => parentPort?.postMessage(message);

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, leastPause);
}

function wait(path: string): void {
  const module = new pkcs11js.PKCS11();
  module.load(path);
  for (;;) {
    module.C_WaitForSlotEvent(0);
    say({ event: true });
    pause();
  }
}

function codeOf(error: unknown): number | null {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return typeof code === 'number' ? code : null;
}

try {
  if (threadId > 0) wait(String(workerData));
} catch (error) {
  say({ ended: codeOf(error) });
}
