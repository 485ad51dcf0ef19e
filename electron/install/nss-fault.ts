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

/** What an error of the tools or of the disk means for the person; `null` when it is none of these. */
export function nssInstallError(error: unknown, location: NssLocation): InstallError | null {
  if (error instanceof InstallError) return error;
  if (error instanceof ToolError) {
    const detail =
      error.reason === 'missing' ? toolCure(error, location) : `${error.program}: ${error.reason}`;
    const reason = error.reason === 'missing' ? 'tool-missing' : 'refused';
    return new InstallError('nss', reason, detail, { cause: error });
  }
  if (error instanceof NssError) {
    const reason = nssFaults[error.nssCode ?? ''] ?? 'refused';
    return new InstallError('nss', reason, `${error.tool}: ${error.nssCode ?? 'failed'}`, {
      cause: error,
    });
  }
  if (error instanceof Error && 'code' in error && notWritable.has(String(error.code))) {
    const path = 'path' in error ? String(error.path) : location.databaseDirectories[0];
    return new InstallError('nss', 'store-not-writable', path, { cause: error });
  }
  return null;
}

function toolCure({ program }: ToolError, { toolsInstallCommand }: NssLocation): string {
  return toolsInstallCommand === null ? program : `${program}: ${toolsInstallCommand}`;
}
