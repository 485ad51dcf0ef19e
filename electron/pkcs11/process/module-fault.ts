import type { ModuleFault } from '../../../shared/failure.ts';
import { CryptokiError } from './cryptoki-error.ts';
import { LoadError } from './function-list.ts';

export interface ModuleRefusal {
  readonly moduleFault: ModuleFault;
  readonly detail?: string;
}

/** Why a module could not be opened, after the file itself was found in order. */
export function moduleFaultOf(error: unknown): ModuleRefusal {
  if (error instanceof LoadError) return { moduleFault: error.fault };
  const detail = error instanceof CryptokiError ? error.detail : undefined;
  return { moduleFault: 'initialize-failed', ...(detail === undefined ? {} : { detail }) };
}
