import { accessSync, constants, statSync } from 'node:fs';

/** Whether a file is there that this person may run. */
export function isProgram(path: string): boolean {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return false;
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // access(2) says no by an error.
    return false;
  }
}
