import { X509Certificate } from 'node:crypto';
import { posix } from 'node:path';
import type { NssTool, Platform } from '../platform/platform.ts';
import { runTool, ToolError, type Environment, type ToolResult } from './run-tool.ts';

export interface NssToolsOptions {
  readonly platform: Pick<Platform, 'homeDirectory' | 'nss'>;
  /** Colon-separated directories in which NSS's tools are looked for, as in `PATH`; relative ones are passed over. */
  readonly searchPath: string;
  /** For tools that load PKCS #11 modules, which find their tokens by it; bare when not said. */
  readonly environment?: Environment;
}

/** A tool of NSS did not do what it was asked. */
export class NssError extends Error {
  readonly code = 'nss';
  readonly tool: NssTool;
  /** NSS's name of the error, e.g. `SEC_ERROR_BAD_PASSWORD`; `null` when the tool named none. */
  readonly nssCode: string | null;

  constructor(tool: NssTool, nssCode: string | null) {
    super(`${tool} ended with ${nssCode ?? 'no reason given'}`);
    this.name = 'NssError';
    this.tool = tool;
    this.nssCode = nssCode;
  }
}

/** Runs NSS's tools as the person whose home this is. */
export class NssTools {
  readonly #options: NssToolsOptions;

  constructor(options: NssToolsOptions) {
    this.#options = options;
  }

  /** Throws `NssError` when the tool says that it failed, `ToolError` when it cannot say anything. */
  async run(tool: NssTool, parameters: readonly string[]): Promise<Buffer> {
    const result = await this.try(tool, parameters);
    if (result.exitCode !== 0) throw new NssError(tool, nssCodeIn(result.stderr));
    return result.stdout;
  }

  /** As `run`, for tools whose exit code says little. */
  try(tool: NssTool, parameters: readonly string[]): Promise<ToolResult> {
    return this.#run(tool, parameters);
  }

  /** A named pipe (mkfifo(1)) that nobody else can open. */
  async makePipe(path: string): Promise<void> {
    const { exitCode } = await this.#run('mkfifo', ['-m', '600', path]);
    if (exitCode !== 0) throw new ToolError('mkfifo', 'broken');
  }

  #run(program: string, parameters: readonly string[]): Promise<ToolResult> {
    const { platform, searchPath, environment } = this.#options;
    // An empty or relative one would be wherever the wallet was started from.
    const directories = [...searchPath.split(':'), ...(platform.nss?.toolDirectories ?? [])].filter(
      (directory) => posix.isAbsolute(directory),
    );
    return runTool({
      program,
      parameters,
      // And so would no directory at all.
      searchPath: directories.join(':') || '/nonexistent',
      home: platform.homeDirectory,
      ...(environment && { environment }),
    });
  }
}

/** What `certutil -L -a` prints. */
export function certificatesIn(output: Buffer): readonly X509Certificate[] {
  const pem = output.toString('latin1');
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
  return (blocks ?? []).map((block) => new X509Certificate(block));
}

/** The last one is the reason that the tool gives up for; those before it are what led there. */
export function nssCodeIn(stderr: string): string | null {
  return stderr.match(/\b(?:(?:SEC|SSL)_ERROR_[A-Z0-9_]+|PR_[A-Z0-9_]+_ERROR)\b/g)?.at(-1) ?? null;
}
