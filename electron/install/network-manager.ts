import { dirname } from 'node:path';
import type { Failure } from '../../shared/failure.ts';
import type { Proof, ProofMethod } from '../../shared/models/credential.ts';
import {
  InstallError,
  type InstallableCredential,
  type InstalledCredential,
  type InstallTarget,
  type InstallWish,
  type KnownCredential,
  type Probes,
} from './install-target.ts';
import { checkedNetwork } from './network/checked-network.ts';
import {
  directoryOf,
  keyMaterialOf,
  removeKeyMaterial,
  writeKeyMaterial,
  type KeyPlace,
  type WrittenKeyMaterial,
} from './network/key-files.ts';
import { refuseUnknownModule, type KnownModules } from './network/known-module.ts';
import { provingWithPin } from './network/lent-pin.ts';
import {
  NetworkManagerConnections,
  type OwnConnection,
} from './network/network-manager-connections.ts';
import { priorityOf, type KnownConnections } from './network/network-manager-priorities.ts';
import {
  leadsTo,
  proveEapTls,
  proveListed,
  proveNetwork,
  proveSignature,
  type NetworkManagerProof,
} from './network/network-manager-proofs.ts';
import {
  connectionUuid,
  mediaOf,
  type NetworkManagerConnection,
} from './network/network-manager-settings.ts';
import { NetworkManagerTool } from './network/network-manager-tool.ts';
import type { RadiusProbeSurroundings } from './network/radius-probe.ts';
import type { SignInKey } from './network/wpa-supplicant-conf.ts';

export interface NetworkManagerTargetOptions extends RadiusProbeSurroundings {
  /** Who the wallet works for; `null`: an administrator, whose connections are everybody's and lie in files. */
  readonly user: string | null;
  /** nm-settings-keyfile(5); Debian's when not said. */
  readonly keyfileDirectory?: string;
  /** Those that p11-kit offers to wpa_supplicant; not asked about when not said. */
  readonly knownModules?: KnownModules | undefined;
}

const target = 'network-manager';

/** NetworkManager, which has computers join networks: one connection for each name in the air, and one for sockets in the wall. */
export class NetworkManagerTarget implements InstallTarget {
  readonly id = target;
  readonly #options: NetworkManagerTargetOptions;
  readonly #place: KeyPlace;
  readonly #tool: NetworkManagerTool;
  readonly #connections: NetworkManagerConnections;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: NetworkManagerTargetOptions) {
    const { keyfileDirectory = '/etc/NetworkManager/system-connections', homeDirectory } = options;
    this.#options = options;
    this.#place = { homeDirectory, target };
    this.#tool = new NetworkManagerTool(options);
    this.#connections = new NetworkManagerConnections({ tool: this.#tool, keyfileDirectory });
  }

  preflight({ modulePath }: InstallWish = { onToken: false }): Promise<void> {
    return this.#inTurn(() => this.#check(modulePath));
  }

  list(known: readonly KnownCredential[]): Promise<readonly InstalledCredential[]> {
    return this.#inTurn(async () => {
      const installed: InstalledCredential[] = [];
      for (const credential of known) {
        const material = await keyMaterialOf(credential, this.#place);
        if (material === null) continue;
        const own = await this.#ownOf(credential);
        if (own.some((each) => leadsTo(each, material))) {
          installed.push(this.#installed(credential, own));
        }
      }
      return installed;
    });
  }

  install(credential: InstallableCredential): Promise<InstalledCredential> {
    return this.#inTurn(async () => {
      const networks = (credential.networks ?? []).map((each) => checkedNetwork(each, target));
      if (networks.length === 0) throw new InstallError(target, 'refused', 'no network to join');
      await this.#check(credential.token?.modulePath);
      await this.#clearAway(credential);
      const before = await this.#ownOf(credential);
      const known = await this.#known(credential, before);
      const material = await writeKeyMaterial(credential, this.#place);
      const wanted = connectionsOf(credential, material, { known, user: this.#options.user });
      for (const { uuid } of before) {
        if (!wanted.some((each) => each.uuid === uuid)) await this.#connections.remove(uuid);
      }
      for (const each of wanted) await this.#put(each, credential);
      return this.#installed(credential, await this.#ownOf(credential));
    });
  }

  prove(installed: InstalledCredential, probes: Probes = {}): Promise<readonly Proof[]> {
    const attempt = (pin?: Uint8Array) => this.#prove(installed, probes, pin);
    return provingWithPin(installed, probes, attempt, this.#options.now);
  }

  async #prove(
    installed: InstalledCredential,
    probes: Probes,
    pin?: Uint8Array,
  ): Promise<readonly Proof[]> {
    const proofs: Proof[] = [];
    const looked = this.#look(installed, probes);
    for (const attempt of [
      this.#program('signature', proveSignature),
      this.#program('listed', proveListed),
      proveEapTls,
      this.#program('network', proveNetwork),
    ]) {
      const result = await this.#told('listed', async () => attempt({ ...(await looked), pin }));
      if (result !== null) proofs.push(result);
      if (result?.status === 'failed') break;
    }
    return proofs;
  }

  rebind(from: InstalledCredential, to: InstalledCredential): Promise<void> {
    return this.#inTurn(async () => {
      const [old, fresh] = [await this.#ownOf(from), await this.#ownOf(to)];
      for (const each of old) {
        const next = fresh.find(({ type, ssid }) => type === each.type && ssid === each.ssid);
        if (next) await this.#connections.carryOver(each.uuid, next.uuid);
      }
      await this.#remove(from);
    });
  }

  remove(installed: InstalledCredential): Promise<void> {
    return this.#inTurn(() => this.#remove(installed));
  }

  async #remove(installed: KnownCredential): Promise<void> {
    await this.#clearAway(installed);
    for (const { uuid } of await this.#ownOf(installed)) await this.#connections.remove(uuid);
    await removeKeyMaterial(installed.credentialId, this.#place);
  }

  async #check(modulePath: string | undefined): Promise<void> {
    const { knownModules } = this.#options;
    await this.#tool.check();
    if (modulePath !== undefined && knownModules) {
      await refuseUnknownModule(modulePath, knownModules);
    }
  }

  async #put(connection: NetworkManagerConnection, { credentialId }: KnownCredential) {
    // Everybody's take an administrator, who can write where NetworkManager looks.
    if (connection.user === null) await this.#connections.putFile(connection, credentialId);
    else await this.#connections.put(connection);
  }

  async #clearAway({ credentialId }: KnownCredential): Promise<void> {
    if (this.#options.user === null) await this.#connections.clearAway(credentialId);
  }

  #ownOf({ credentialId }: KnownCredential): Promise<readonly OwnConnection[]> {
    return this.#connections.below(directoryOf(credentialId, this.#place));
  }

  async #known(
    { credentialId }: KnownCredential,
    before: readonly OwnConnection[],
  ): Promise<KnownConnections> {
    const all = dirname(dirname(directoryOf(credentialId, this.#place)));
    const own = await this.#connections.below(all);
    return { before, own, wireless: await this.#connections.wireless() };
  }

  #installed(credential: KnownCredential, own: readonly OwnConnection[]): InstalledCredential {
    const { credentialId, certificate, token } = credential;
    if (own.length === 0) throw new InstallError(target, 'refused', 'NetworkManager took nothing');
    const location = directoryOf(credentialId, this.#place);
    return { credentialId, certificate, location, ...(token && { token }) };
  }

  async #look(installed: InstalledCredential, probes: Probes): Promise<NetworkManagerProof> {
    const material = await keyMaterialOf(installed, this.#place);
    return {
      ...{ tool: this.#tool, connections: this.#connections, installed, probes, material },
      ...{ own: await this.#ownOf(installed), surroundings: this.#options },
    };
  }

  /** What a program does, as a proof; `null`: there is nothing that it could do. */
  #program(
    method: ProofMethod,
    attempt: (proof: NetworkManagerProof) => Promise<string | null>,
  ): (proof: NetworkManagerProof) => Promise<Proof | null> {
    return (proof) =>
      this.#told(method, async () => {
        const by = await attempt(proof);
        if (by !== null) return { status: 'proven', method, by, at: this.#now() };
        const isOutOfReach = method === 'network' && proof.probes.network === true;
        return isOutOfReach ? { status: 'not-tried', method, reason: 'out-of-reach' } : null;
      });
  }

  async #told(method: ProofMethod, attempt: () => Promise<Proof | null>): Promise<Proof | null> {
    try {
      return await attempt();
    } catch (error) {
      if (!isTold(error)) throw error;
      return { status: 'failed', method, failure: error.toFailure(), at: this.#now() };
    }
  }

  #now(): string {
    return this.#options.now().toISOString();
  }

  /** One after the other: what one of them reads another may be changing. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

function connectionsOf(
  { credentialId, networks = [] }: InstallableCredential,
  material: WrittenKeyMaterial,
  { known, user }: { readonly known: KnownConnections; readonly user: string | null },
): readonly NetworkManagerConnection[] {
  const key = signInKey(material);
  return networks.flatMap((network) =>
    mediaOf(network).map((medium) => {
      const uuid = connectionUuid(credentialId, network, medium);
      const rootsFile = material.rootsFile(network);
      return {
        id: medium.kind === 'wifi' ? medium.ssid : `${network.name} (802.1X)`,
        ...{ uuid, medium, key, user, rootsFile },
        priority: priorityOf({ uuid, medium, rootsFile }, known),
        ...{ outerIdentity: network.outerIdentity, serverNames: network.serverNames },
        certificateFile: material.certificateFile,
      };
    }),
  );
}

function signInKey({ key, passphrase }: WrittenKeyMaterial): SignInKey {
  if (key.kind === 'token') return key;
  if (passphrase !== undefined) return { ...key, passphrase };
  throw new InstallError(target, 'refused', 'the key’s file has no passphrase');
}

/** Errors of install targets, and those of tokens, say themselves what the person is told. */
function isTold(error: unknown): error is Error & { toFailure(): Failure } {
  return error instanceof Error && 'toFailure' in error && typeof error.toFailure === 'function';
}
