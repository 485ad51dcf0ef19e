import childProcess from 'node:child_process';
import files from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { StatementSync } from 'node:sqlite';

/**
 * Kills this process before its so-manieth step, counted from 1: each line that the wallet writes, each program that is
 * started, each change to the files of the person. To be called before what is to be counted is loaded. The call that
 * comes back starts the count, and gives how far it has come.
 */
export function killedAt(last: number): () => () => number {
  let isCounting = false;
  let steps = 0;
  const step = (): void => {
    if (!isCounting) return;
    steps += 1;
    if (steps === last) process.kill(process.pid, 'SIGKILL');
  };
  const counted = <T extends object>(owner: T, name: keyof T & string): void => {
    const original = Reflect.get(owner, name) as (...given: unknown[]) => unknown;
    const counting = function (this: unknown, ...given: unknown[]): unknown {
      step();
      return Reflect.apply(original, this, given);
    };
    Reflect.set(owner, name, counting);
  };
  counted(StatementSync.prototype, 'run');
  for (const name of ['execFile', 'spawn'] as const) counted(childProcess, name);
  for (const name of ['writeFile', 'rename', 'rm', 'unlink', 'mkdir', 'rmdir'] as const) {
    counted(files, name);
  }
  for (const name of ['mkdtemp', 'symlink', 'open', 'chmod', 'copyFile', 'appendFile'] as const) {
    counted(files, name);
  }
  syncBuiltinESMExports();
  return () => {
    isCounting = true;
    return () => steps;
  };
}
