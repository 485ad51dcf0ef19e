import type { ModuleView } from '../../shared/models/token.ts';
import type { ModuleError } from './token-error.ts';

/** A module that was found, or that the person named. */
export interface FoundModule {
  /** Absolute; two ways to one file are one module. */
  readonly path: string;
  readonly foundBy: ModuleView['foundBy'];
  /** Why it is not even started. */
  readonly failure?: ModuleError;
}

/** Which modules there are on this computer; nothing here loads them. */
export interface ModuleSource {
  list(): Promise<readonly FoundModule[]>;
  /** Rejects with `ModuleError` when the file cannot serve, as far as can be told without loading it. */
  check(path: string): Promise<void>;
  /** Remembers a module that the person named; checked before. Adding it twice changes nothing. */
  add(path: string): Promise<FoundModule>;
  /** Rejects with `ModuleError` `not-allowed` when the person did not add it. */
  forget(path: string): Promise<void>;
}
