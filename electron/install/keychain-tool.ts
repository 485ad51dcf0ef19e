import { X509Certificate } from 'node:crypto';
import type { InstallTargetId } from '../../shared/models/credential.ts';
import { InstallError } from './install-target.ts';
import { runSystemProgram } from './run-system-program.ts';
import type { Environment, ToolResult } from './run-tool.ts';

export interface KeychainToolOptions {
  readonly target: InstallTargetId;
  readonly homeDirectory: string;
  readonly environment: Environment;
  /** In place of Apple's own, for tests. */
  readonly program?: string;
}

/** security(1), of Apple's. It works on the person's default keychain, and macOS asks the person where it has to. */
export class KeychainTool {
  readonly #options: KeychainToolOptions;

  constructor(options: KeychainToolOptions) {
    this.#options = options;
  }

  /** SHA-1 of the certificates that have their key there, hex in capitals, also of those that nothing trusts. */
  async identities(): Promise<ReadonlySet<string>> {
    const { stdout } = await this.#run('find-identity');
    // `  1) 0123…EF "Alex"`, in two lists: all, and those that are valid.
    const found = stdout.toString('utf8').matchAll(/^\s*\d+\) ([0-9A-F]{40}) /gm);
    return new Set([...found].flatMap(([, hash]) => hash ?? []));
  }

  async certificates(): Promise<readonly X509Certificate[]> {
    const { stdout } = await this.#run('find-certificate', '-a', '-p');
    const pems = stdout.toString('latin1').match(/-----BEGIN [^-]+-----[^-]+-----END [^-]+-----/g);
    return (pems ?? []).flatMap(readable);
  }

  /** Certificates without a key of their own; each file holds one, in DER or PEM. */
  async addCertificates(files: readonly string[]): Promise<void> {
    if (files.length > 0) this.#expect(await this.#try('add-certificates', ...files));
  }

  /**
   * Key and certificate out of a PKCS #12 file. The command goes by standard input (`-i`), so that the passphrase is in no list of
   * processes; `-x`: the key does not come out again.
   */
  async importPkcs12(file: string, passphrase: string): Promise<void> {
    const words = ['import', word(file), '-f', 'pkcs12', '-x', '-P', word(passphrase)];
    this.#expect(await this.#tool(['-i'], `${words.join(' ')}\n`));
  }

  /** Certificate and key. */
  async deleteIdentity(sha1: string): Promise<void> {
    await this.#run('delete-identity', '-Z', sha1);
  }

  async deleteCertificate(sha1: string): Promise<void> {
    await this.#run('delete-certificate', '-Z', sha1);
  }

  async #run(...parameters: readonly string[]): Promise<ToolResult> {
    const result = await this.#try(...parameters);
    this.#expect(result);
    return result;
  }

  #try(...parameters: readonly string[]): Promise<ToolResult> {
    return this.#tool(parameters);
  }

  #tool(parameters: readonly string[], input?: string): Promise<ToolResult> {
    const { environment, homeDirectory: home, program = '/usr/bin/security' } = this.#options;
    return runSystemProgram(this.#options.target, {
      ...{ program, parameters, searchPath: '/usr/bin:/bin', home, environment },
      ...(input !== undefined && { input }),
      // The person may be asked, and has to find the window.
      timeout: 120_000,
    });
  }

  #expect({ exitCode, stderr }: ToolResult): void {
    if (exitCode === 0) return;
    const said = stderr.trim().split('\n').at(-1) ?? '';
    // The passphrase is in none of its messages; the length is for the person's sake.
    const detail = `security: ${said.slice(0, 200)}`;
    throw new InstallError(this.#options.target, 'refused', detail);
  }
}

/** A word of the tool's own command language: what is between quotes is taken as it is. */
function word(text: string): string {
  if (/^[\w./+ -]+$/.test(text)) return `"${text}"`;
  throw new TypeError('no word for the command language of security');
}

function readable(pem: string): readonly X509Certificate[] {
  try {
    return [new X509Certificate(pem)];
  } catch {
    // Keychains hold what others put there; whatever it is, it is no issuer of ours.
    return [];
  }
}
