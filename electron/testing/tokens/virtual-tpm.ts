import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, rename, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  freePorts,
  requireProgram,
  startServerProgram,
  temporaryDirectory,
} from '../server-program.ts';
import { SessionBus } from '../session-bus.ts';
import { multiarchFile } from './multiarch-file.ts';

type End = () => Promise<unknown>;

const cache = join(import.meta.dirname, '../../../.cache/test-tpms');

/**
 * A TPM 2.0 of one test, as a token of tpm2-pkcs11: `await using tpm = await VirtualTpm.start('chip')`. A process that
 * loads `modulePath` with `env` in its environment sees the token. Three wrong PINs lock it. Programs that make keys at
 * the same time fail ("database is locked"): that is tpm2-pkcs11, whose store waits for nobody.
 */
export class VirtualTpm implements AsyncDisposable {
  readonly label: string;
  readonly pin = '123456';
  readonly soPin = '87654321';
  readonly modulePath: string;
  /**
   * To be merged into the environment of whoever uses the token. The TPM is reached by a private *system* bus, so that
   * the session bus, on which the wallet finds its keyring, stays what it is.
   */
  readonly env: Readonly<Record<string, string>>;
  readonly #directory: string;
  /** What ends the chip, in the order in which it was started, and what takes everything else away. */
  readonly #chipEnds: End[] = [];
  readonly #ends: End[] = [];

  private constructor(label: string, directory: string, modulePath: string, busAddress: string) {
    this.label = label;
    this.#directory = directory;
    this.modulePath = modulePath;
    const tcti = 'tabrmd:bus_type=system';
    this.env = {
      DBUS_SYSTEM_BUS_ADDRESS: busAddress,
      TPM2TOOLS_TCTI: tcti,
      TPM2_PKCS11_TCTI: tcti,
      TPM2_PKCS11_STORE: join(directory, 'store'),
      // Otherwise the libraries under the module write to stderr whatever they come across.
      TPM2_PKCS11_LOG_LEVEL: '0',
      TSS2_LOG: 'all+NONE',
    };
  }

  /** A chip with an empty token. The first one with its label takes seconds, of which the later ones are copies. */
  static async start(label: string): Promise<VirtualTpm> {
    const tpm = await VirtualTpm.#prepare(label);
    return await tpm.#orStop(async () => {
      await cp(await VirtualTpm.#template(label), tpm.#directory, { recursive: true });
      await tpm.#startChip();
    });
  }

  static async #prepare(label: string): Promise<VirtualTpm> {
    requireProgram('tpm2_ptool', 'libtpm2-pkcs11-tools');
    requireProgram('tpm2_shutdown', 'tpm2-tools');
    const modulePath = await multiarchFile('pkcs11/libtpm2_pkcs11.so', 'libtpm2-pkcs11-1');
    const { path, remove } = await temporaryDirectory('virtual-tpm');
    const bus = await SessionBus.start({ secretService: 'no-provider' });
    const busAddress = bus.env['DBUS_SESSION_BUS_ADDRESS'] ?? '';
    const tpm = new VirtualTpm(label, path, modulePath, busAddress);
    tpm.#ends.push(remove, () => bus.stop());
    return tpm;
  }

  /** The state of a chip and the store of its token; processes that make it at once do not disturb each other. */
  static async #template(label: string): Promise<string> {
    const template = join(cache, createHash('sha256').update(label).digest('hex').slice(0, 16));
    if (existsSync(template)) return template;
    const first = await VirtualTpm.#prepare(label);
    await first.#orStop(async () => {
      await mkdir(join(first.#directory, 'state'));
      await first.#startChip();
      await first.#makeToken();
      await first.#stopChip();
      const fresh = `${template}.${process.pid}-${performance.now()}`;
      await cp(first.#directory, fresh, { recursive: true });
      await rename(fresh, template).catch(async (error: unknown) => {
        await rm(fresh, { recursive: true });
        if (!existsSync(template)) throw error;
      });
    });
    await first.stop();
    return template;
  }

  /** Gives the PIN its tries back, as the owner of the computer can. */
  async clearLockout(): Promise<void> {
    await this.run('tpm2_dictionarylockout', '--clear-lockout');
  }

  /** A program beside ours, at the same TPM; resolves to what it says. */
  async run(program: string, ...words: readonly string[]): Promise<string> {
    const env = { ...process.env, ...this.env };
    return (await promisify(execFile)(program, words, { env })).stdout;
  }

  async stop(): Promise<void> {
    await this.#stopChip();
    for (const end of this.#ends.splice(0).reverse()) await end();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #orStop(work: () => Promise<void>): Promise<this> {
    try {
      await work();
      return this;
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  async #stopChip(): Promise<void> {
    for (const end of this.#chipEnds.splice(0).reverse()) await end();
  }

  async #startChip(): Promise<void> {
    const directory = this.#directory;
    const port = await this.#startSwtpm(directory, 3);
    const stopBroker = await startServerProgram({
      command: 'tpm2-abrmd',
      arguments: ['--allow-root', `--tcti=swtpm:host=127.0.0.1,port=${port}`],
      debianPackage: 'tpm2-abrmd',
      directory,
      environment: this.env,
      ready: async () => (await this.run('tpm2_getcap', 'properties-fixed')) !== '',
    });
    this.#chipEnds.push(stopBroker);
    // A TPM that loses its power without warning counts that as a wrong try, and is locked after a few.
    this.#chipEnds.push(() => this.run('tpm2_shutdown').catch(() => null));
  }

  /** The libraries expect the second port behind the first, so another test may have taken it meanwhile. */
  async #startSwtpm(directory: string, attempts: number): Promise<number> {
    const [port = 0] = await freePorts(1);
    try {
      const stop = await startServerProgram({
        command: 'swtpm',
        arguments: [
          ['socket', '--tpm2', '--tpmstate', 'dir=state', '--flags', 'not-need-init,startup-clear'],
          ['--server', `type=tcp,port=${port},bindaddr=127.0.0.1`],
          ['--ctrl', `type=tcp,port=${port + 1},bindaddr=127.0.0.1`],
        ].flat(),
        debianPackage: 'swtpm',
        directory,
        ready: () => isListening(port + 1),
      });
      this.#chipEnds.push(stop);
      return port;
    } catch (error) {
      if (attempts === 1) throw error;
      return await this.#startSwtpm(directory, attempts - 1);
    }
  }

  async #makeToken(): Promise<void> {
    const store = ['--path', this.env['TPM2_PKCS11_STORE'] ?? ''];
    await mkdir(store[1] ?? '');
    await this.run('tpm2_ptool', 'init', ...store);
    const pins = ['--sopin', this.soPin, '--userpin', this.pin];
    await this.run('tpm2_ptool', 'addtoken', '--pid=1', ...pins, '--label', this.label, ...store);
  }
}

async function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
