import type { Platform } from '../platform/platform.ts';
import type { CreatePkcs12 } from './install-target.ts';

export interface NssTargetOptions {
  readonly platform: Pick<Platform, 'homeDirectory' | 'nss'>;
  readonly createPkcs12: CreatePkcs12;
  /** Colon-separated directories in which NSS's tools are looked for, as in `PATH`. */
  readonly searchPath: string;
  /** Where private temporary directories are made, as `os.tmpdir()` gives it. */
  readonly temporaryDirectory: string;
  readonly now: () => Date;
}
