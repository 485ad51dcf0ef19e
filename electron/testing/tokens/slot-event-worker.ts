import pkcs11js from 'pkcs11js';
import { parentPort, workerData } from 'node:worker_threads';

// CKF_TOKEN_PRESENT, which pkcs11js leaves out.
const tokenPresent = 1;

// Waits in C_WaitForSlotEvent, as it blocks, and posts what comes: whether there is a token now, or why it ended.
const module = new pkcs11js.PKCS11();
module.load(workerData as string);
parentPort?.postMessage('waiting');
try {
  for (;;) {
    const slot = module.C_WaitForSlotEvent(0);
    if (slot === null) continue;
    const { flags } = module.C_GetSlotInfo(slot);
    parentPort?.postMessage((flags & tokenPresent) === 0 ? 'out' : 'in');
  }
} catch (error) {
  parentPort?.postMessage(error instanceof Error ? error.message : 'failed');
}
