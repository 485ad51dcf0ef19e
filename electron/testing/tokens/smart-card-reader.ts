import { X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import {
  requireProgram,
  startServerProgram,
  temporaryDirectory,
  freePorts,
} from '../server-program.ts';
import { TestAuthority } from '../test-authority.ts';
import { compiledLibrary } from './compiled-library.ts';
import { multiarchFile } from './multiarch-file.ts';
import type { PivKeyType } from './piv-keys.ts';
import { PivState, type PivDefaults } from './piv-state.ts';
import { VirtualPivCard, type PivSlot } from './virtual-piv-card.ts';
import { VpcdLink } from './vpcd-link.ts';

export type PivSlotKeys = Readonly<Partial<Record<PivSlot, PivKeyType>>>;

export interface CardWishes extends PivDefaults {
  /** P-256 for logging in (9A) and RSA-2048 for signatures, with the PIN each time (9C), when not said. */
  readonly keys?: PivSlotKeys;
  /** With certificates of somebody else's beside them, as an employer's; otherwise each key has signed its own. */
  readonly isInUse?: boolean;
}

const usualKeys: PivSlotKeys = { '9a': 'P-256', '9c': 'RSA-2048' };

/**
 * A reader with a PIV card, for one test: `await using reader = await SmartCardReader.start()`. A process that loads
 * `modulePath`, which is OpenSC's, with `env` in its environment sees this reader and those of nobody else. The card
 * lies beside it at first, until `insert()`. OpenSC shows a key only when a certificate is there, so each key has one.
 *
 * The card lives in the process of the test: whoever waits there without giving way, as with `spawnSync`, or with
 * OpenSC loaded into that process, waits for ever.
 */
export class SmartCardReader implements AsyncDisposable {
  readonly card: VirtualPivCard;
  readonly modulePath: string;
  /** To be merged into the environment of whoever uses the reader, OpenSC's own tools too. */
  readonly env: Readonly<Record<string, string>>;
  readonly pin: string;
  readonly puk: string;
  readonly #port: number;
  readonly #ends: readonly (() => Promise<void>)[];
  #link: VpcdLink | null = null;

  private constructor(parts: {
    readonly state: PivState;
    readonly directory: string;
    readonly modulePath: string;
    readonly port: number;
    readonly ends: readonly (() => Promise<void>)[];
  }) {
    this.card = new VirtualPivCard(parts.state);
    this.pin = parts.state.contents.pin.value;
    this.puk = parts.state.contents.puk.value;
    this.modulePath = parts.modulePath;
    this.env = { PCSCLITE_CSOCK_NAME: socketIn(parts.directory) };
    this.#port = parts.port;
    this.#ends = parts.ends;
  }

  static async start(wishes: CardWishes = {}): Promise<SmartCardReader> {
    const { keys = usualKeys, isInUse = false, ...defaults } = wishes;
    const modulePath = await multiarchFile('pkcs11/opensc-pkcs11.so', 'opensc-pkcs11');
    requireProgram('unshare', 'util-linux');
    requireProgram('mount', 'mount');
    const { path: directory, remove } = await temporaryDirectory('smart-card');
    try {
      const { port, stop } = await startDaemon(directory, 3);
      const state = new PivState(join(directory, 'card.json'), defaults);
      const ends = [stop, remove];
      const reader = new SmartCardReader({ state, directory, modulePath, port, ends });
      for (const [slot, type] of Object.entries(keys)) {
        await reader.#provision(slot as PivSlot, type, isInUse);
      }
      return reader;
    } catch (error) {
      await remove();
      throw error;
    }
  }

  /** Resolves when the daemon has the card; who waits with OpenSC hears of it up to two seconds later. */
  async insert(): Promise<void> {
    this.#link ??= await VpcdLink.open(this.#port, this.card);
  }

  async remove(): Promise<void> {
    await this.#link?.close();
    this.#link = null;
  }

  async stop(): Promise<void> {
    await this.remove();
    for (const end of this.#ends) await end();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #provision(slot: PivSlot, type: PivKeyType, isInUse: boolean): Promise<void> {
    const spki = this.card.generate(slot, type);
    const subject = `CN=Card key ${slot.toUpperCase()}`;
    const authority = await (isInUse
      ? TestAuthority.root({ name: 'Card Factory' })
      : TestAuthority.ofKey(subject, this.card.privateKey(slot)));
    const pem = await authority.issue({ subject, spki });
    this.card.writeCertificate(slot, new X509Certificate(pem).raw);
  }
}

const driver = '/usr/lib/pcsc/drivers/serial/libifdvpcd.so';
const socketIn = (directory: string): string => join(directory, 'run', 'pcscd.comm');

/** pcscd has one place for its socket, /run/pcscd. In a mount namespace of its own that is a folder of the test. */
const startApart = [
  'mount -t tmpfs tmpfs /run',
  'mkdir /run/pcscd',
  'mount --bind run /run/pcscd',
  // pcscd goes to another folder before it reads them.
  'LD_PRELOAD="$NO_DELAY" exec pcscd --foreground --config "$PWD/configuration"',
].join(' && ');

/** The port is free when it is chosen; when it is not any more, another one is tried. */
async function startDaemon(
  directory: string,
  attempts: number,
): Promise<{ readonly port: number; readonly stop: () => Promise<void> }> {
  requireProgram('pcscd', 'pcscd');
  if (!existsSync(driver)) {
    throw new Error('vpcd is missing: run "apt-get install vsmartcard-vpcd"');
  }
  // Who is not root is made one in a user namespace, which not every machine allows.
  const isRoot = process.getuid?.() === 0;
  const noDelay = await compiledLibrary('vpcd-no-delay.c');
  const port = await freePortPair();
  await mkdir(join(directory, 'configuration'), { recursive: true });
  await mkdir(join(directory, 'run'), { recursive: true });
  await writeFile(join(directory, 'configuration', 'vpcd'), readerConfiguration(port));
  try {
    const stop = await startServerProgram({
      command: 'unshare',
      arguments: ['--mount', ...(isRoot ? [] : ['--map-root-user']), 'sh', '-c', startApart],
      debianPackage: 'util-linux',
      directory,
      environment: { NO_DELAY: noDelay },
      ready: async () => existsSync(socketIn(directory)) && !(await isFree(port)),
    });
    return { port, stop };
  } catch (error) {
    if (attempts === 1) throw error;
    return await startDaemon(directory, attempts - 1);
  }
}

/** vpcd listens at one port for each of its two slots, the second one behind the first. */
const readerConfiguration = (port: number): string =>
  [
    'FRIENDLYNAME "Countersign Test Reader"',
    `DEVICENAME /dev/null:0x${port.toString(16)}`,
    `LIBPATH ${driver}`,
    `CHANNELID 0x${port.toString(16)}`,
    '',
  ].join('\n');

async function freePortPair(): Promise<number> {
  for (;;) {
    const [port = 0] = await freePorts(1);
    if (port < 0xffff && (await isFree(port + 1))) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
