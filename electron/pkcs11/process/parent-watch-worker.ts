import { threadId, workerData } from 'node:worker_threads';

// Ends the process when whoever started it is gone, in a thread of its own: a module that never returns keeps the first
// thread from noticing anything.

/** Milliseconds. */
const every = 1_000;

/** Other systems give an orphan another parent; Windows does not. */
function isGone(parent: number): boolean {
  if (process.ppid !== parent) return true;
  try {
    process.kill(parent, 0);
    return false;
  } catch (error) {
    // It may belong to somebody else (EPERM), and be there.
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}

if (threadId > 0) {
  const parent = Number(workerData);
  setInterval(() => {
    // An orderly exit would wait for the module.
    if (isGone(parent)) process.kill(process.pid, 'SIGKILL');
  }, every);
}
