import { userInfo } from 'node:os';
import { posix } from 'node:path';
import { firefoxTarget, hasFirefox } from './install/firefox.ts';
import type { InstallTarget } from './install/install-target.ts';
import { iwdTarget } from './install/iwd.ts';
import { KeychainTarget } from './install/keychain.ts';
import { MacosNetworkTarget } from './install/macos-network.ts';
import type { KnownModules } from './install/network/known-module.ts';
import { opensslEngine } from './install/network/openssl-engine.ts';
import type { ReadRevocationList } from './install/network/own-look.ts';
import { NetworkManagerTarget } from './install/network-manager.ts';
import { NssTarget } from './install/nss.ts';
import { isProgram } from './install/program-file.ts';
import type { Environment } from './install/run-tool.ts';
import { loadCrypt32 } from './install/windows-crypt32.ts';
import { WindowsNetworkTarget } from './install/windows-network.ts';
import { WindowsStoreTarget } from './install/windows-store.ts';
import { loadWlan } from './install/windows-wlan.ts';
import { wpaSupplicantTarget } from './install/wpa-supplicant.ts';
import { P11Kit } from './pkcs11/modules/p11-kit.ts';
import type { Platform } from './platform/platform.ts';

/** What targets are told about the computer that they are on. */
export interface TargetSurroundings {
  readonly platform: Platform;
  /** Directories in which programs are looked for, as in `PATH`. */
  readonly searchPath: string;
  /** Where private directories are made for a moment. */
  readonly temporaryDirectory: string;
  /** That of the person's session. */
  readonly environment: Environment;
  readonly now: () => Date;
  /** By which it is told apart that a network refused a certificate that was revoked. */
  readonly readRevocationList?: ReadRevocationList;
}

type TargetOf = (surroundings: TargetSurroundings) => InstallTarget;

/** The places of this computer where credentials can be put, in the order in which they are put there. */
export function targetsOf(surroundings: TargetSurroundings): readonly InstallTarget[] {
  const { platform } = surroundings;
  const here: readonly TargetOf[] = {
    linux: [
      ...(platform.nss === null ? [] : [nss]),
      ...(hasFirefox(platform.firefoxRoots) ? [firefoxTarget] : []),
      ...linuxNetworkTarget(surroundings),
    ],
    macos: [keychain, macosNetwork],
    windows: [windowsStore, windowsNetwork],
  }[platform.name];
  return here.map((targetOf) => targetOf(surroundings));
}

const nss: TargetOf = (surroundings) => new NssTarget(surroundings);

const networkManager: TargetOf = (surroundings) => {
  const { uid, username } = userInfo();
  const { homeDirectory } = surroundings.platform;
  const user = uid === 0 ? null : username;
  const knownModules = modulesOfSupplicant(surroundings);
  return new NetworkManagerTarget({ ...surroundings, homeDirectory, user, knownModules });
};

/** It runs for root, by its own name. What is odd in p11-kit's configuration is told where tokens are looked for. */
function modulesOfSupplicant({ platform }: TargetSurroundings): KnownModules | undefined {
  const location = platform.pkcs11.p11Kit;
  if (location === null) return undefined;
  const report = () => undefined;
  const p11Kit = new P11Kit({ location, program: 'wpa_supplicant', isRoot: true, report });
  return () => p11Kit.modules();
}

const wpaSupplicant: TargetOf = (surroundings) =>
  wpaSupplicantTarget({ ...filesOf(surroundings), engine: opensslEngine() });

const iwd: TargetOf = (surroundings) => iwdTarget(filesOf(surroundings));

const filesOf = (surroundings: TargetSurroundings) => ({
  ...surroundings,
  homeDirectory: surroundings.platform.homeDirectory,
  isAdministrator: userInfo().uid === 0,
});

const windowsStore: TargetOf = (surroundings) =>
  new WindowsStoreTarget({
    ...filesOf(surroundings),
    load: () => loadCrypt32('windows-store'),
  });

const windowsNetwork: TargetOf = (surroundings) =>
  new WindowsNetworkTarget({
    ...filesOf(surroundings),
    load: () => loadCrypt32('windows-network'),
    loadWlan,
  });

const keychain: TargetOf = (surroundings) => new KeychainTarget(macOf(surroundings));

const macosNetwork: TargetOf = (surroundings) => new MacosNetworkTarget(macOf(surroundings));

/** Profiles lie where the person finds them, for macOS takes them only from the person. */
const macOf = (surroundings: TargetSurroundings) => ({
  ...surroundings,
  homeDirectory: surroundings.platform.homeDirectory,
  profilesDirectory: posix.join(surroundings.platform.userDataDirectory, 'Network profiles'),
});

/** Programs of a Linux that join networks, as their targets are called. */
export type NetworkProgram = 'network-manager' | 'iwd' | 'wpa-supplicant';

const networkTargets: Readonly<Record<NetworkProgram, TargetOf>> = {
  'network-manager': networkManager,
  iwd,
  'wpa-supplicant': wpaSupplicant,
};

function linuxNetworkTarget({ searchPath }: TargetSurroundings): readonly TargetOf[] {
  const program = networkProgram(searchPath);
  return program === null ? [] : [networkTargets[program]];
}

// The first runs the others by itself, and iwd is there where somebody chose it; wpa_supplicant is on many a computer for
// the sake of another.
const commandsOf: readonly (readonly [NetworkProgram, readonly string[]])[] = [
  ['network-manager', ['nmcli']],
  ['iwd', ['iwctl']],
  ['wpa-supplicant', ['wpa_cli', 'wpa_supplicant']],
];

/** Where people's `PATH` often does not lead, and daemons lie. */
const systemDirectories = ['/usr/sbin', '/sbin'];

/** Which program joins networks here; `null`: none that we know. Two that both did would fight. */
export function networkProgram(searchPath: string): NetworkProgram | null {
  const directories = [...searchPath.split(':'), ...systemDirectories].filter((directory) =>
    posix.isAbsolute(directory),
  );
  const isThere = (command: string): boolean =>
    directories.some((directory) => isProgram(posix.join(directory, command)));
  const found = commandsOf.find(([, commands]) => commands.some(isThere));
  return found?.[0] ?? null;
}
