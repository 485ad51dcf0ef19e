import type { ModuleFault } from '../../../shared/failure.ts';
import { CryptokiError } from './cryptoki-error.ts';

export interface ModuleRefusal {
  readonly moduleFault: ModuleFault;
  readonly detail?: string;
}

/**
 * Why a module could not be loaded, after the file itself was found in order: what the system's loader says is a text for
 * people and decides nothing.
 */
export function moduleFaultOf(error: unknown): ModuleRefusal {
  if (error instanceof CryptokiError && error.ckr !== undefined) {
    return {
      moduleFault: 'initialize-failed',
      ...(error.detail === undefined ? {} : { detail: error.detail }),
    };
  }
  return { moduleFault: 'not-pkcs11' };
}
