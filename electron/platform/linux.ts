import { posix } from 'node:path';
import { administratorPrograms } from './administrator-programs.ts';
import { linuxPkcs11 } from './linux-pkcs11.ts';
import {
  PlatformError,
  type BrowserPolicyLocation,
  type FirefoxRoot,
  type Machine,
  type Platform,
} from './platform.ts';

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
    firefoxRoots: firefoxRoots(home, configuration),
    browserPolicies: {
      files: policyFiles,
      programs: administratorPrograms,
    },
    pkcs11: linuxPkcs11(configuration, architecture),
    managedPolicyFile: '/etc/countersign/policy.json',
  };
}

/** Firefox 147 moved: it uses the older place only if it is there. */
function firefoxRoots(home: string, configuration: string): readonly FirefoxRoot[] {
  const plain = [
    posix.join(home, '.mozilla', 'firefox'),
    posix.join(configuration, 'mozilla', 'firefox'),
  ];
  const sandboxes = [
    posix.join(home, 'snap', 'firefox', 'common'),
    posix.join(home, '.var', 'app', 'org.mozilla.firefox'),
  ];
  const inSandboxes = sandboxes.flatMap((sandbox) => [
    posix.join(sandbox, '.mozilla', 'firefox'),
    posix.join(sandbox, '.config', 'mozilla', 'firefox'),
    // Flatpak's own name for a person's configuration.
    posix.join(sandbox, 'config', 'mozilla', 'firefox'),
  ]);
  return [
    ...plain.map((directory) => ({ directory, isSandboxed: false })),
    ...inSandboxes.map((directory) => ({ directory, isSandboxed: true })),
  ];
}

// Of the files in such a directory the last by name has the say, and no file is read twice.
const managed = (directory: string): string => `${directory}/policies/managed/countersign.json`;
const policyFiles: BrowserPolicyLocation['files'] = {
  chromium: {
    browser: 'chromium',
    path: managed('/etc/chromium'),
    commands: ['chromium', 'chromium-browser'],
    insteadOf: [],
  },
  chrome: {
    browser: 'chrome',
    path: managed('/etc/opt/chrome'),
    commands: ['google-chrome', 'google-chrome-stable'],
    insteadOf: [],
  },
  edge: {
    browser: 'edge',
    path: managed('/etc/opt/edge'),
    commands: ['microsoft-edge', 'microsoft-edge-stable'],
    insteadOf: [],
  },
  // It reads this one file, whoever wrote it.
  firefox: {
    browser: 'firefox',
    path: '/etc/firefox/policies/policies.json',
    commands: ['firefox', 'firefox-esr'],
    insteadOf: ['lib/firefox', 'lib64/firefox', 'lib/firefox-esr'].map(
      (directory) => `/usr/${directory}/distribution/policies.json`,
    ),
  },
};

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
