import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Namespace, RunningProgram, Variables } from './namespace.ts';
import { until } from './namespace.ts';
import { wiredDevice } from './wired-port.ts';

/** NetworkManager and all that it talks to, in the namespace of one test; tools outside it reach them by `environment`. */
export class NetworkManagerDaemon implements AsyncDisposable {
  /** Where it looks for key files. */
  readonly keyfileDirectory: string;
  /** That leads tools to its bus. */
  readonly environment: Variables;
  readonly #directory: string;
  readonly #programs: RunningProgram[] = [];

  private constructor(directory: string) {
    this.#directory = directory;
    this.keyfileDirectory = join(directory, 'connections');
    this.environment = { DBUS_SYSTEM_BUS_ADDRESS: `unix:path=${join(directory, 'bus')}` };
  }

  /** `variables`: what the supplicant, which opens keys on tokens, finds them by. */
  static async start(
    computer: Namespace,
    variables: Variables = {},
  ): Promise<NetworkManagerDaemon> {
    const directory = await mkdtemp(join(tmpdir(), 'network-manager-'));
    const daemon = new NetworkManagerDaemon(directory);
    try {
      await daemon.#start(computer, variables);
      return daemon;
    } catch (error) {
      await daemon[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #start(computer: Namespace, variables: Variables): Promise<void> {
    const file = (name: string): string => join(this.#directory, name);
    await mkdir(this.keyfileDirectory, { mode: 0o700 });
    await writeFile(file('bus.conf'), busConfiguration(file('bus')));
    await writeFile(file('main.conf'), configuration(this.keyfileDirectory));
    for (const each of ['/run/NetworkManager', '/var/lib/NetworkManager']) {
      await mkdir(each, { recursive: true });
      await computer.run(['mount', '-t', 'tmpfs', 'tmpfs', each]);
    }
    // Where /sys can be written to, NetworkManager takes it that udev runs, and waits for its word on every device.
    await computer.run(['mount', '-o', 'remount,ro,bind', '/sys']);
    const bus = ['dbus-daemon', '--nofork', '--nopidfile', `--config-file=${file('bus.conf')}`];
    const environment = { ...this.environment, HOME: this.#directory };
    this.#programs.push(
      computer.start(bus),
      computer.start(['wpa_supplicant', '-u'], { ...environment, ...variables }),
    );
    const options = [
      `--config=${file('main.conf')}`,
      ...['config-dir', 'system-config-dir'].map((name) => `--${name}=${file('nothing')}`),
      `--intern-config=${file('intern.conf')}`,
      `--state-file=${file('state')}`,
      `--pid-file=${file('pid')}`,
    ];
    this.#programs.push(computer.start(['NetworkManager', '--no-daemon', ...options], environment));
    // What is put there is joined when a test says so, and not at once.
    const quietly = ['device', 'set', wiredDevice, 'autoconnect', 'no'];
    await until(() => this.#does(computer, quietly), 'NetworkManager knows the device');
  }

  async #does(computer: Namespace, parameters: readonly string[]): Promise<boolean> {
    const assignments = Object.entries(this.environment).map(([name, value]) => `${name}=${value}`);
    try {
      await computer.run(['env', ...assignments, 'nmcli', ...parameters]);
      return true;
    } catch (error) {
      // Its bus may not be there yet.
      if (error instanceof Error && 'code' in error && typeof error.code === 'number') return false;
      throw error;
    }
  }

  get log(): string {
    return this.#programs.flatMap(({ lines }) => lines).join('\n');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const program of this.#programs.toReversed()) await program.end();
    await rm(this.#directory, { recursive: true, maxRetries: 3 });
  }
}

const busConfiguration = (socket: string): string => `<!DOCTYPE busconfig PUBLIC
 "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path=${socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`;

/** NetworkManager.conf(5): connections are those of the test, and nobody is asked whether it may. */
const configuration = (keyfileDirectory: string): string => `[main]
plugins=keyfile
auth-polkit=false
no-auto-default=*
dns=none
rc-manager=unmanaged
[keyfile]
path=${keyfileDirectory}
[connectivity]
enabled=false
`;
