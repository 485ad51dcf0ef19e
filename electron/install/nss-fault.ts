import type { InstallTargetId } from '../../shared/models/credential.ts';
import type { NssLocation } from '../platform/platform.ts';
import { InstallError } from './install-target.ts';
import { NssError } from './nss-tools.ts';
import { ToolError } from './run-tool.ts';

/** Errors of the file system that say: this person may not write there. */
const notWritable = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'ENOTDIR', 'EEXIST']);

/** NSS's own names of errors (secerrt.h). */
const nssFaults: Readonly<Record<string, 'store-locked' | 'store-not-writable'>> = {
  SEC_ERROR_BAD_PASSWORD: 'store-locked',
  SEC_ERROR_USER_CANCELLED: 'store-locked',
  SEC_ERROR_READ_ONLY: 'store-not-writable',
};

/** Where the tools were used, and for whom. */
export interface NssFaultContext {
  readonly target: InstallTargetId;
  readonly toolsInstallCommand: string | null;
  /** That of the database. */
  readonly directory: string;
}

/** What an error of the tools or of the disk means for the person; `null` when it is none of these. */
export function nssInstallError(error: unknown, context: NssFaultContext): InstallError | null {
  const { target, directory } = context;
  if (error instanceof InstallError) return error.at(target);
  if (error instanceof ToolError) {
    const detail =
      error.reason === 'missing' ? toolCure(error, context) : `${error.program}: ${error.reason}`;
    const reason = error.reason === 'missing' ? 'tool-missing' : 'refused';
    return new InstallError(target, reason, detail, { cause: error });
  }
  if (error instanceof NssError) {
    const reason = nssFaults[error.nssCode ?? ''] ?? 'refused';
    const said = `${error.tool}: ${error.nssCode ?? 'failed'}`;
    // Of several databases the person has to know which.
    const detail = reason === 'store-locked' && target === 'firefox' ? directory : said;
    return new InstallError(target, reason, detail, { cause: error });
  }
  if (error instanceof Error && 'code' in error && notWritable.has(String(error.code))) {
    const path = 'path' in error ? String(error.path) : directory;
    return new InstallError(target, 'store-not-writable', path, { cause: error });
  }
  return null;
}

type Cured = Pick<NssLocation, 'toolsInstallCommand'>;

function toolCure({ program }: ToolError, { toolsInstallCommand }: Cured): string {
  return toolsInstallCommand === null ? program : `${program}: ${toolsInstallCommand}`;
}
