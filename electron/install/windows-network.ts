import { X509Certificate } from 'node:crypto';
import type { Proof } from '../../shared/models/credential.ts';
import {
  InstallError,
  type InstallableCredential,
  type InstalledCredential,
  type InstallTarget,
  type KnownCredential,
  type Probes,
} from './install-target.ts';
import { checkedNetwork } from './network/checked-network.ts';
import {
  windowsProfileName,
  windowsUserData,
  windowsWlanProfiles,
} from './network/windows-wlan-profile.ts';
import { takeProofSteps } from './proof-steps.ts';
import { WindowsCertificates } from './windows-certificates.ts';
import type { Crypt32 } from './windows-crypt32.ts';
import { WindowsStoreTarget, type WindowsStoreOptions } from './windows-store.ts';
import { WindowsWlan, type WlanFunctions } from './windows-wlan.ts';

export interface WindowsNetworkOptions extends Omit<WindowsStoreOptions, 'friendlyName'> {
  readonly loadWlan: () => Promise<WlanFunctions>;
}

/**
 * The person's Wi-Fi profiles in Windows, which sign in with the certificate in the person's store. Profiles for wires take an
 * administrator and a service that is off at first: for them there is the text only (`windowsLanProfile`).
 */
export class WindowsNetworkTarget implements InstallTarget {
  readonly id = 'windows-network';
  readonly #options: WindowsNetworkOptions;
  /** Certificates that are there for the sake of networks alone. */
  readonly #store: WindowsStoreTarget;

  constructor(options: WindowsNetworkOptions) {
    this.#options = options;
    this.#store = new WindowsStoreTarget({ ...options, friendlyName: 'Countersign (network)' });
  }

  async preflight(): Promise<void> {
    await this.#store.preflight();
    await this.#withAdapters(() => undefined);
  }

  async list(known: readonly KnownCredential[]): Promise<readonly InstalledCredential[]> {
    const names = await this.#withAdapters((wlan, adapters) =>
      adapters.flatMap((adapter) => wlan.profiles(adapter)),
    );
    const here = await this.#store.list(known);
    return here
      .filter(({ credentialId }) => names.some((name) => isOf(credentialId, name)))
      .map((each) => ({ ...each, location: locationOf(each.credentialId) }));
  }

  async install(credential: InstallableCredential): Promise<InstalledCredential> {
    const { credentialId, certificate, chain, networks = [] } = credential;
    const profiles = networks.flatMap((network) =>
      windowsWlanProfiles({ network, issuers: chain, credentialId }).map((profile) => ({
        ...profile,
        userData: windowsUserData(network, { certificate }),
      })),
    );
    if (profiles.length === 0) {
      throw new InstallError(this.id, 'refused', 'a network on a wire takes an administrator');
    }
    await this.#assertTrusted(credential);
    await this.#store.install(credential).catch(rethrowHere);
    await this.#withAdapters((wlan, adapters) => {
      for (const adapter of adapters) {
        for (const { name, xml, userData } of profiles) {
          wlan.setProfile(adapter, xml);
          wlan.setUserData(adapter, name, userData);
        }
      }
    });
    return { credentialId, certificate, networks, location: locationOf(credentialId) };
  }

  /** Windows has no program that tries EAP-TLS apart from the network itself. */
  async prove(installed: InstalledCredential, probes: Probes = {}): Promise<readonly Proof[]> {
    const { anchors = [] } = probes;
    const stored = await this.#store.prove(installed, { anchors });
    if (stored.some(({ status }) => status !== 'proven')) return stored;
    const attempt = () => this.#assertListed(installed);
    const listed = await takeProofSteps(
      [{ method: 'listed', by: 'Windows', attempt }],
      this.#options.now,
    );
    return [
      ...stored.filter((proof) => !('method' in proof) || proof.method !== 'listed'),
      ...listed,
    ];
  }

  async rebind(
    from: InstalledCredential,
    _to: InstalledCredential,
    remaining: readonly KnownCredential[],
  ): Promise<void> {
    await this.remove(from, remaining);
  }

  /** Every profile that was made for it, also for networks that it is not used for any more. */
  async remove(
    installed: InstalledCredential,
    remaining: readonly KnownCredential[] = [],
  ): Promise<void> {
    const functions = await this.#options.loadWlan();
    WindowsWlan.with(functions, (wlan) => {
      for (const adapter of wlan.interfaces()) {
        const ours = wlan.profiles(adapter).filter((name) => isOf(installed.credentialId, name));
        for (const name of ours) wlan.deleteProfile(adapter, name);
      }
    });
    await this.#store.remove(installed, remaining);
  }

  async #assertListed({ credentialId, networks = [] }: InstalledCredential): Promise<void> {
    const wanted = networks.flatMap(({ ssids }) =>
      ssids.map((ssid) => windowsProfileName(ssid, credentialId)),
    );
    const missing = await this.#withAdapters((wlan, adapters) =>
      wanted.filter((name) => !adapters.every((each) => wlan.profiles(each).includes(name))),
    );
    const [first] = missing;
    if (first === undefined) return;
    throw new InstallError(this.id, 'proof-failed', first, { link: 'not-listed' });
  }

  /**
   * learn.microsoft.com, "Extensible Authentication Protocol (EAP) for network access": a root that is not among the trusted ones
   * makes every connection fail. It is not put there: it would vouch for all pages of the web as well.
   */
  async #assertTrusted({ networks = [] }: InstallableCredential): Promise<void> {
    const crypt32: Crypt32 = await this.#options.load();
    const certificates = new WindowsCertificates(crypt32, this.id);
    for (const network of networks) {
      for (const root of checkedNetwork(network, this.id).roots) {
        if (certificates.has('ROOT', root.raw)) continue;
        throw new InstallError(this.id, 'refused', untrusted(root));
      }
    }
  }

  async #withAdapters<T>(use: (wlan: WindowsWlan, adapters: readonly Buffer[]) => T): Promise<T> {
    const functions = await this.#options.loadWlan();
    return WindowsWlan.with(functions, (wlan) => {
      const adapters = wlan.interfaces();
      if (adapters.length > 0) return use(wlan, adapters);
      throw new InstallError(this.id, 'not-found', 'this computer has no Wi-Fi');
    });
  }
}

const isOf = (credentialId: string, name: string): boolean =>
  name.endsWith(windowsProfileName('', credentialId));

const locationOf = (credentialId: string): string => windowsProfileName('Wi-Fi', credentialId);

const untrusted = ({ subject, fingerprint256 }: X509Certificate): string =>
  `Windows does not trust ${subject.replaceAll('\n', ', ')} (SHA-256 ${fingerprint256})`;

function rethrowHere(error: unknown): never {
  throw error instanceof InstallError ? error.at('windows-network') : error;
}
