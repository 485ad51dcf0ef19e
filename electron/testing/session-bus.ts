import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

/**
 * What a program finds on the bus: an open keyring; one with a password that nobody can be asked for;
 * a keyring daemon that never had a keyring; nobody who keeps secrets; or a bus that forbids to talk to whoever does.
 */
export type SecretServiceState =
  'unlocked' | 'locked' | 'no-collection' | 'no-provider' | 'forbidden';

export interface SessionBusOptions {
  readonly secretService: SecretServiceState;
  /** Home of the pretended person; a temporary one that goes away with the bus when not said. */
  readonly home?: string;
  /**
   * Where this process itself looks, one bus after the other: libdbus reads DBUS_SESSION_BUS_ADDRESS once in the life of a
   * process, and files of tests share one.
   */
  readonly ofThisProcess?: true;
}

const patience = 60_000;
const keyringPassword = 'correct horse battery staple';

const processDirectory = (): string => join(tmpdir(), `session-bus-of-${process.pid}`);

/** Where a bus `ofThisProcess` is while there is one, and where nobody keeps secrets otherwise. */
export const ownBusAddress = (): string => `unix:path=${join(processDirectory(), 'run', 'bus')}`;

async function ownDirectory(): Promise<string> {
  const directory = processDirectory();
  // What is there is of a process that was killed and had the same number.
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { mode: 0o700 });
  return directory;
}

/** A private D-Bus session with gnome-keyring, for programs whose environment is `env` and nobody else. */
export class SessionBus implements AsyncDisposable {
  readonly home: string;
  /** Complete: HOME, PATH, XDG_RUNTIME_DIR, DBUS_SESSION_BUS_ADDRESS. */
  readonly env: Readonly<Record<string, string>>;
  readonly #directory: string;
  #daemon: ChildProcess | null = null;
  #keyring: ChildProcess | null = null;

  private constructor(directory: string, home: string) {
    this.#directory = directory;
    this.home = home;
    this.env = {
      HOME: home,
      PATH: process.env['PATH'] ?? '/usr/bin:/bin',
      LC_ALL: 'C.UTF-8',
      XDG_RUNTIME_DIR: join(directory, 'run'),
      DBUS_SESSION_BUS_ADDRESS: `unix:path=${join(directory, 'run', 'bus')}`,
    };
  }

  /** Resolves when programs can use the bus. Every start needs a `stop()`, or `await using`. */
  static async start(options: SessionBusOptions): Promise<SessionBus> {
    const { secretService, home } = options;
    const directory = await (options.ofThisProcess === true
      ? ownDirectory()
      : mkdtemp(join(tmpdir(), 'session-bus-')));
    const bus = new SessionBus(directory, home ?? join(directory, 'home'));
    try {
      await bus.#startDaemon(secretService === 'forbidden');
      await bus.#startKeyring(secretService);
      return bus;
    } catch (error) {
      await bus.stop();
      throw error;
    }
  }

  /** Locks the keyring as a screen lock would: by the daemon's end and a fresh one that was told no password. */
  async lock(): Promise<void> {
    await end(this.#keyring);
    this.#keyring = await this.#spawnKeyring(null);
  }

  /** Opens the keyring that `locked` or `lock()` closed. */
  async unlock(): Promise<void> {
    await end(this.#keyring);
    this.#keyring = await this.#spawnKeyring(keyringPassword);
  }

  async stop(): Promise<void> {
    await end(this.#keyring);
    await end(this.#daemon);
    await rm(this.#directory, { recursive: true, force: true, maxRetries: 5 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #startDaemon(forbidden: boolean): Promise<void> {
    await mkdir(join(this.#directory, 'run'), { mode: 0o700 });
    await mkdir(this.home, { recursive: true });
    const configuration = join(this.#directory, 'bus.conf');
    await writeFile(
      configuration,
      busConfiguration(join(this.#directory, 'run', 'bus'), forbidden),
    );
    this.#daemon = this.#spawn('dbus-daemon', ['--nofork', `--config-file=${configuration}`]);
    await until('dbus-daemon answers', () => this.#ask('GetId'));
  }

  async #startKeyring(state: SecretServiceState): Promise<void> {
    if (state === 'no-provider') return;
    if (state === 'no-collection') {
      this.#keyring = await this.#spawnKeyring(null);
      return;
    }
    this.#keyring = await this.#spawnKeyring(keyringPassword, state !== 'forbidden');
    if (state === 'locked') await this.lock();
  }

  async #spawnKeyring(password: string | null, mayAsk = true): Promise<ChildProcess> {
    await until('the last keyring left the bus', async () => !(await this.#hasSecretService()));
    const unlock = password === null ? [] : ['--unlock'];
    const keyring = this.#spawn('gnome-keyring-daemon', [
      '--foreground',
      '--components=secrets',
      ...unlock,
    ]);
    keyring.stdin?.end(password ?? '');
    this.#keyring = keyring;
    await until('gnome-keyring is on the bus', () => this.#hasSecretService());
    // It is there a little before it has opened the keyring.
    if (password !== null && mayAsk)
      await until('the keyring is open', () => this.#isKeyringOpen());
    return keyring;
  }

  /** The daemons die with the thread that started them, so that a killed test run leaves none behind. */
  #spawn(program: string, options: readonly string[]): ChildProcess {
    return spawn('setpriv', ['--pdeathsig', 'KILL', program, ...options], {
      env: this.env,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
  }

  async #hasSecretService(): Promise<boolean> {
    const answer = await this.#ask('NameHasOwner', 'string:org.freedesktop.secrets');
    return answer.includes('true');
  }

  async #isKeyringOpen(): Promise<boolean> {
    const keyring = ['org.freedesktop.secrets', '/org/freedesktop/secrets/collection/login'];
    const property = ['string:org.freedesktop.Secret.Collection', 'string:Locked'];
    const get = 'org.freedesktop.DBus.Properties.Get';
    return (await this.#send(...keyring, get, ...property)).includes('false');
  }

  #ask(method: string, ...parameters: readonly string[]): Promise<string> {
    const call = `org.freedesktop.DBus.${method}`;
    return this.#send('org.freedesktop.DBus', '/', call, ...parameters);
  }

  /** Empty when nobody answers. */
  async #send(...[whom = '', ...call]: readonly string[]): Promise<string> {
    try {
      const { stdout } = await promisify(execFile)(
        'dbus-send',
        ['--session', '--print-reply=literal', `--dest=${whom}`, ...call],
        { env: this.env },
      );
      return stdout;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 1) return '';
      throw error;
    }
  }
}

/** Without service directories, so that nothing is started that the test did not start. */
function busConfiguration(socket: string, forbidden: boolean): string {
  const last = forbidden ? '<deny send_destination="org.freedesktop.secrets"/>' : '';
  return `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=${socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
    ${last}
  </policy>
</busconfig>
`;
}

async function until(what: string, isSo: () => Promise<boolean | string>): Promise<void> {
  const deadline = Date.now() + patience;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await delay(20);
  }
}

async function end(child: ChildProcess | null): Promise<void> {
  if (child?.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
