import type { X509Certificate } from 'node:crypto';
import { mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { NssTool } from '../platform/platform.ts';
import { certificateUri } from './key-id.ts';
import { lendSecret } from './lent-secret.ts';
import { exists } from './nss-location.ts';
import { certificatesIn, NssError, nssCodeIn, type NssTools } from './nss-tools.ts';

export interface NssDatabaseOptions {
  readonly tools: NssTools;
  readonly directory: string;
  /** A private directory for what the tools read and write. */
  readonly workspace: string;
}

/**
 * One NSS database, by NSS's own tools. Every method throws `NssError` or `ToolError`.
 *
 * The tools see its certificates and keys without the modules that the person has registered there: they would load
 * them all, and `certutil -D` tries the password of the database as the PIN of every card that is plugged in.
 */
export class NssDatabase {
  readonly directory: string;
  readonly workspace: string;
  readonly #tools: NssTools;
  /** With an empty password, for tools that would ask the terminal for it. */
  readonly pinFile: string;
  /** Where the tools find the database's files, and no modules. */
  readonly #view: string;

  private constructor({ tools, directory, workspace }: NssDatabaseOptions, view: string) {
    this.#tools = tools;
    this.directory = directory;
    this.workspace = workspace;
    this.pinFile = join(workspace, 'pin');
    this.#view = view;
  }

  /** Touches nothing in `directory`. */
  static async open(options: NssDatabaseOptions): Promise<NssDatabase> {
    const view = await mkdtemp(join(options.workspace, 'view-'));
    for (const file of ['cert9.db', 'key4.db']) {
      await symlink(join(options.directory, file), join(view, file));
    }
    const database = new NssDatabase(options, view);
    // An empty password is no secret. The terminal would be the one that the wallet was started from.
    await writeFile(database.pinFile, '\n', { mode: 0o600 });
    return database;
  }

  exists(): Promise<boolean> {
    return exists(join(this.directory, 'cert9.db'));
  }

  async create(): Promise<void> {
    await mkdir(this.directory, { recursive: true, mode: 0o700 });
    await this.#tools.run('certutil', ['-N', '--empty-password', '-d', `sql:${this.directory}`]);
  }

  /** CKA_IDs of all private keys, in hex. A database with a password throws `SEC_ERROR_BAD_PASSWORD`. */
  async keyIds(): Promise<readonly string[]> {
    const { exitCode, stdout, stderr } = await this.#tools.try('certutil', [
      '-K',
      ...this.#location(),
      ...this.#pin(),
    ]);
    const nssCode = nssCodeIn(stderr);
    // To have no keys ends with an exit code, but with no error of NSS.
    if (exitCode !== 0 && nssCode !== null) throw new NssError('certutil', nssCode);
    const lines = stdout.toString('utf8').matchAll(/^<\s*\d+>\s+\S+\s+([0-9a-f]+)(?:\s|$)/gm);
    return Array.from(lines, ([, keyId = '']) => keyId);
  }

  /**
   * `name`: a nickname or a PKCS #11 URI. When something has that name, all certificates of its subject come,
   * in any order; when nothing has, none.
   */
  async certificates(name: string): Promise<readonly X509Certificate[]> {
    try {
      return certificatesIn(await this.#certutil('-L', '-n', name, '-a'));
    } catch (error) {
      if (error instanceof NssError && error.nssCode === 'PR_FILE_NOT_FOUND_ERROR') return [];
      throw error;
    }
  }

  async nicknames(): Promise<readonly string[]> {
    const list = (await this.#certutil('-L')).toString('utf8');
    // The last column is the trust: three lists of letters.
    const lines = list.matchAll(/^(\S.*?)\s+[a-zA-Z]*,[a-zA-Z]*,[a-zA-Z]*\s*$/gm);
    return [...new Set(Array.from(lines, ([, nickname = '']) => nickname))];
  }

  /** Key and certificate from a PKCS #12 file, under the nickname in it. The passphrase reaches no disk. */
  async importPkcs12(file: string, passphrase: string): Promise<void> {
    const pipe = join(this.workspace, 'passphrase');
    await this.#tools.makePipe(pipe);
    const parameters = ['-i', file, '-w', pipe, '-k', this.pinFile];
    await lendSecret(pipe, passphrase, () => this.#run('pk12util', parameters));
  }

  /** `trust` in certutil's letters: `,,` for none, `CT,C,C` for servers, who visits them, e-mail and programs. */
  async addCertificate(nickname: string, certificate: X509Certificate, trust: ',,' | 'CT,C,C') {
    const file = join(this.workspace, 'certificate.der');
    await writeFile(file, certificate.raw);
    await this.#certutil('-A', '-n', nickname, '-t', trust, '-i', file);
  }

  /** Leaves its key, if it has one, in the database. */
  async removeCertificate(name: string): Promise<void> {
    await this.#certutil('-D', '-n', name);
  }

  async removeKey(keyId: Uint8Array): Promise<void> {
    await this.#certutil('-F', '-k', Buffer.from(keyId).toString('hex'));
  }

  /** A PKCS #10 request for `commonName`, signed by the key of that certificate: the one thing that any key signs. */
  async signRequest(request: {
    readonly keyId: Uint8Array;
    readonly commonName: string;
    readonly hash: string;
  }): Promise<Buffer> {
    const { keyId, commonName, hash } = request;
    const key = ['-k', certificateUri(keyId)];
    return this.#certutil('-R', ...key, '-s', `CN=${commonName}`, '-Z', hash);
  }

  #certutil(...parameters: readonly string[]): Promise<Buffer> {
    return this.#run('certutil', [...parameters, ...this.#pin()]);
  }

  #run(tool: NssTool, parameters: readonly string[]): Promise<Buffer> {
    return this.#tools.run(tool, [...parameters, ...this.#location()]);
  }

  #location(): readonly string[] {
    return ['-d', `sql:${this.#view}`];
  }

  #pin(): readonly string[] {
    return ['-f', this.pinFile];
  }
}
