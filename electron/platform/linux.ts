import { posix } from 'node:path';
import { linuxPkcs11 } from './linux-pkcs11.ts';
import { PlatformError, type Machine, type Platform } from './platform.ts';

export function linuxPlatform({ env, osRelease, architecture = process.arch }: Machine): Platform {
  const home = absolute(env['HOME']);
  if (home === null) throw new PlatformError('HOME');
  const configuration = absolute(env['XDG_CONFIG_HOME']) ?? posix.join(home, '.config');
  const data = absolute(env['XDG_DATA_HOME']) ?? posix.join(home, '.local', 'share');
  return {
    name: 'linux',
    homeDirectory: home,
    userDataDirectory: posix.join(configuration, 'Countersign'),
    secretStore: 'secret-service',
    osKeys: null,
    nss: {
      // NSS 3.42 and Chromium 156 use the older place only if it is there;
      // older programs know no other, so a new database belongs in the older one.
      databaseDirectories: [posix.join(home, '.pki', 'nssdb'), posix.join(data, 'pki', 'nssdb')],
      // Fedora and its relatives keep tstclnt there.
      toolDirectories: ['/usr/lib64/nss/unsupported-tools', '/usr/lib/nss/unsupported-tools'],
      toolsInstallCommand: toolsInstallCommand(osRelease ?? ''),
    },
    pkcs11: linuxPkcs11(configuration, architecture),
    managedPolicyFile: '/etc/countersign/policy.json',
  };
}

/** XDG Base Directory Specification: a path that is empty or relative counts as none. */
function absolute(path: string | undefined): string | null {
  return path?.startsWith('/') ? path : null;
}

const installCommands: Readonly<Record<string, string>> = {
  debian: 'sudo apt install libnss3-tools',
  fedora: 'sudo dnf install nss-tools',
  rhel: 'sudo dnf install nss-tools',
  suse: 'sudo zypper install mozilla-nss-tools',
  arch: 'sudo pacman -S nss',
  alpine: 'sudo apk add nss-tools',
};

/** os-release(5): `ID` names the distribution, `ID_LIKE` those it descends from, nearest first. */
function toolsInstallCommand(osRelease: string): string | null {
  const names = ['ID', 'ID_LIKE'].flatMap((key) => namesUnder(key, osRelease));
  const known = names.find((name) => Object.hasOwn(installCommands, name));
  return known === undefined ? null : (installCommands[known] ?? null);
}

function namesUnder(key: string, osRelease: string): readonly string[] {
  const line = new RegExp(`^${key}=["']?([a-z0-9 ._-]*)["']?\\s*$`, 'm').exec(osRelease);
  return line?.[1]?.split(' ') ?? [];
}
