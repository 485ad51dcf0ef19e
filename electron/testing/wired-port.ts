import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FreeRadius, type EapTlsWish } from './free-radius.ts';
import { Namespace, type RunningProgram } from './namespace.ts';

/** Why tests with namespaces cannot run here; `null`: they can. */
export const noNamespaces =
  process.getuid?.() === 0 ? null : 'network namespaces take root, which this test run has not';

/** The computer's end of the wire. */
export const wiredDevice = 'lan0';

/** A socket in the wall that asks for 802.1X: a wire at one end of which are hostapd and FreeRADIUS, and at the other a computer. */
export class WiredPort implements AsyncDisposable {
  /** Where the programs of the computer run that is plugged in. */
  readonly computer: Namespace;
  readonly #ending: AsyncDisposableStack;
  readonly #radius: FreeRadius;
  readonly #authenticator: RunningProgram;

  private constructor(computer: Namespace, running: Running) {
    this.computer = computer;
    this.#ending = running.ending;
    this.#radius = running.radius;
    this.#authenticator = running.authenticator;
  }

  static async open(wish: EapTlsWish): Promise<WiredPort> {
    await using opened = new AsyncDisposableStack();
    const directory = await mkdtemp(join(tmpdir(), 'wired-port-'));
    opened.defer(() => rm(directory, { recursive: true }));
    const wall = opened.use(await Namespace.open());
    const computer = opened.use(await Namespace.open());
    const wire = ['ip', 'link', 'add', 'port0', 'type', 'veth', 'peer', 'name', wiredDevice];
    await wall.run([...wire, 'netns', String(computer.pid)]);
    await wall.run(['ip', 'link', 'set', 'port0', 'up']);
    await computer.run(['ip', 'link', 'set', wiredDevice, 'up']);
    const radius = opened.use(await FreeRadius.start(wish, wall.entrance));
    const configuration = join(directory, 'hostapd.conf');
    await writeFile(configuration, hostapdConfiguration(radius));
    const authenticator = wall.start(['hostapd', configuration]);
    await authenticator.says(/AP-ENABLED/);
    return new WiredPort(computer, { radius, authenticator, ending: opened.move() });
  }

  /** Whether and why the RADIUS server let computers in, as it logs that. */
  get verdicts(): readonly string[] {
    return this.#radius.verdicts;
  }

  /** Resolves when the port has let the computer into the network. */
  opens(): Promise<void> {
    return this.#authenticator.says(/IEEE 802\.1X: authenticated - EAP type: 13/);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#ending.disposeAsync();
  }
}

interface Running {
  readonly radius: FreeRadius;
  readonly authenticator: RunningProgram;
  readonly ending: AsyncDisposableStack;
}

/** hostapd.conf(5) */
const hostapdConfiguration = ({ probe }: FreeRadius): string => `interface=port0
driver=wired
ieee8021x=1
eapol_version=2
eap_reauth_period=0
use_pae_group_addr=1
own_ip_addr=127.0.0.1
nas_identifier=wall
auth_server_addr=${probe.host}
auth_server_port=${probe.port}
auth_server_shared_secret=${probe.secret}
`;
