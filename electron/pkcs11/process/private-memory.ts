import koffi from 'koffi';
import type { ProcessLimits } from '../../platform/process-limits.ts';

/** No `rlim_t` is longer than eight octets, and there are two of them. */
const noRoom = (): Buffer => Buffer.alloc(16);

/** Keeps what is in this process, PINs among it, out of core files, and from other programs of the same person. */
export function keepMemoryPrivate(limits: ProcessLimits | null): void {
  if (limits === null) return;
  // The C library, which the process has loaded whatever its file is called.
  const library = koffi.load(null);
  const setrlimit = library.func('setrlimit', 'int', ['int', 'void *']) as NativeFunction;
  refuse(setrlimit(limits.core, noRoom()), 'setrlimit');
  if (limits.dumpable === null) return;
  const prctl = library.func('prctl', 'int', ['int', ...unsignedLongs]) as NativeFunction;
  // Core files that are written to a pipe know no limit (core(5)).
  refuse(prctl(limits.dumpable, 0, 0, 0, 0), 'prctl');
}

const unsignedLongs = ['ulong', 'ulong', 'ulong', 'ulong'];

/** koffi's own type says `any`. */
type NativeFunction = (...values: readonly unknown[]) => unknown;

/** Neither is ever refused to a process that takes something from itself. */
function refuse(result: unknown, name: string): void {
  if (result !== 0) throw new Error(`keeping memory private: ${name} answered ${String(result)}`);
}
