import { execFile } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { requireProgram, temporaryDirectory } from '../server-program.ts';

export interface SoftHsmWish {
  /** At most 32 octets; several tokens may have the same. */
  readonly label: string;
  /** `123456` when not said. */
  readonly pin?: string;
  /** `87654321` when not said. */
  readonly soPin?: string;
}

export interface SoftHsmToken extends Required<SoftHsmWish> {
  /** As in CK_TOKEN_INFO, 16 hexadecimal digits. */
  readonly serial: string;
}

/**
 * Tokens that are files, in a folder of one test: `await using hsm = await SoftHsm.create('work', 'spare')`.
 * A process that loads `modulePath` with `env` in its environment sees these tokens, and an empty slot, and no others.
 */
export class SoftHsm implements AsyncDisposable {
  readonly modulePath = '/usr/lib/softhsm/libsofthsm2.so';
  /** To be merged into the environment of whoever uses the tokens. */
  readonly env: Readonly<Record<string, string>>;
  readonly #directory: string;
  readonly #remove: () => Promise<void>;
  readonly #tokens: SoftHsmToken[] = [];

  private constructor(directory: string, remove: () => Promise<void>) {
    this.#directory = directory;
    this.#remove = remove;
    this.env = { SOFTHSM2_CONF: join(directory, 'softhsm2.conf') };
  }

  /** Makes the tokens in this order; a bare label stands for a token with the usual PINs. */
  static async create(...wishes: readonly (string | SoftHsmWish)[]): Promise<SoftHsm> {
    requireProgram('softhsm2-util', 'softhsm2');
    const { path, remove } = await temporaryDirectory('soft-hsm');
    const hsm = new SoftHsm(path, remove);
    await hsm.#configure();
    for (const wish of wishes) {
      await hsm.addToken(typeof wish === 'string' ? { label: wish } : wish);
    }
    return hsm;
  }

  get tokens(): readonly SoftHsmToken[] {
    return this.#tokens;
  }

  /** The first token, which most tests have alone. */
  get token(): SoftHsmToken {
    const [first] = this.#tokens;
    if (first === undefined) throw new Error('this SoftHSM has no token');
    return first;
  }

  /** Running processes see a new token after they initialised their module again. */
  async addToken({
    label,
    pin = '123456',
    soPin = '87654321',
  }: SoftHsmWish): Promise<SoftHsmToken> {
    const before = new Set(await readdir(this.#tokenDirectory));
    const words = ['--init-token', '--free', '--label', label, '--pin', pin, '--so-pin', soPin];
    await promisify(execFile)('softhsm2-util', words, { env: { ...process.env, ...this.env } });
    const made = (await readdir(this.#tokenDirectory)).find((name) => !before.has(name));
    if (made === undefined) throw new Error(`softhsm2-util made no token ${label}`);
    // SoftHSM keeps a token in a folder with a UUID for its name, the end of which is the serial number.
    const token = { label, pin, soPin, serial: made.replaceAll('-', '').slice(-16) };
    this.#tokens.push(token);
    return token;
  }

  async stop(): Promise<void> {
    await this.#remove();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  get #tokenDirectory(): string {
    return join(this.#directory, 'tokens');
  }

  async #configure(): Promise<void> {
    await mkdir(this.#tokenDirectory);
    const lines = [
      `directories.tokendir = ${this.#tokenDirectory}`,
      'objectstore.backend = file',
      'log.level = ERROR',
      'slots.removable = true',
      '',
    ];
    await writeFile(join(this.#directory, 'softhsm2.conf'), lines.join('\n'));
  }
}
