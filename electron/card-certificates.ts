import { tmpdir } from 'node:os';
import path from 'node:path';
import { withPrivateDirectory } from './install/private-directory.ts';
import { runTool } from './install/run-tool.ts';
import type { CertificateWriter } from './keys/token-keys.ts';
import type { Platform } from './platform/platform.ts';

/** The way to certificates of cards whose module cannot write them; its code is read when one is met. */
export function cardCertificates({
  homeDirectory,
}: Pick<Platform, 'homeDirectory'>): CertificateWriter {
  const tools = {
    run: (request: ToolWish) =>
      runTool({
        ...request,
        searchPath: absoluteOf(process.env['PATH'] ?? ''),
        home: homeDirectory,
        // Readers are found by the session, as modules find them.
        environment: { ...process.env, ...request.environment },
      }),
    withPrivateDirectory: <T>(use: (directory: string) => Promise<T>) =>
      withPrivateDirectory(tmpdir(), use),
  };
  return {
    write: async (key, lock, wish) => {
      const { PivCertificates } = await import('./pkcs11/piv-certificate.ts');
      return new PivCertificates(tools).write(key, lock, wish);
    },
  };
}

interface ToolWish {
  readonly program: string;
  readonly parameters: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** A relative directory would be wherever the wallet was started from, and none at all would be that too. */
function absoluteOf(searchPath: string): string {
  const directories = searchPath.split(path.delimiter).filter((each) => path.isAbsolute(each));
  return directories.join(path.delimiter) || '/nonexistent';
}
