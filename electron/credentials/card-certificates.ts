import path from 'node:path';
import { withPrivateDirectory } from '../install/private-directory.ts';
import { runTool, type Environment } from '../install/run-tool.ts';
import type { CertificateWriter } from '../keys/token-keys.ts';

export interface CardCertificatesOptions {
  readonly homeDirectory: string;
  readonly temporaryDirectory: string;
  readonly environment: Environment;
}

/** The way to certificates of cards whose module cannot write them; its code is read when one is met. */
export function cardCertificates({
  homeDirectory,
  temporaryDirectory,
  environment,
}: CardCertificatesOptions): CertificateWriter {
  const tools = {
    run: (request: ToolWish) =>
      runTool({
        ...request,
        searchPath: absoluteOf(environment['PATH'] ?? ''),
        home: homeDirectory,
        // Readers are found by the session, as modules find them.
        environment: { ...environment, ...request.environment },
      }),
    withPrivateDirectory: <T>(use: (directory: string) => Promise<T>) =>
      withPrivateDirectory(temporaryDirectory, use),
  };
  return {
    write: async (key, lock, wish) => {
      const { PivCertificates } = await import('../pkcs11/piv-certificate.ts');
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
