import koffi from 'koffi';
import type { ModuleFault } from '../../../shared/failure.ts';
import { ckr } from './ckr.ts';
import { refusedWith } from './cryptoki-error.ts';

/** A file that was found in order is no module after all, or one that cannot be used. */
export class LoadError extends Error {
  readonly code = 'module-load';
  readonly fault: ModuleFault;

  constructor(fault: ModuleFault, cause: unknown) {
    super(`loading a PKCS #11 module: ${fault}`, { cause });
    this.name = 'LoadError';
    this.fault = fault;
  }
}

/**
 * The module's CK_FUNCTION_LIST. Throws `LoadError`, by the step that failed, for no loader gives codes; and
 * `CryptokiError` when the module refuses to give it.
 */
export function functionListOf(path: string): unknown {
  const get = entryOf(loaded(path));
  const found: unknown[] = [null];
  const result = Number(get(found));
  if (result !== ckr.CKR_OK) throw refusedWith(result);
  return found[0];
}

type Library = ReturnType<typeof koffi.load>;

/** Main has looked at the file, so what the system's loader misses is something that it needs. */
function loaded(path: string): Library {
  try {
    // As pkcs11js does: a module may lack what it never calls.
    return koffi.load(path, { lazy: true });
  } catch (cause) {
    throw new LoadError('dependency-missing', cause);
  }
}

/** PKCS #11 v3.0 §5.4.3 */
function entryOf(library: Library): (list: unknown[]) => unknown {
  try {
    return library.func('C_GetFunctionList', 'ulong', ['_Out_ void **']);
  } catch (cause) {
    throw new LoadError('not-pkcs11', cause);
  }
}
