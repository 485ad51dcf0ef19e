import { posix, win32 } from 'node:path';
import { describe, expect, test } from 'vitest';
import { currentPlatform } from './current.ts';
import { linuxPlatform } from './linux.ts';
import { macosPlatform } from './macos.ts';
import { windowsPlatform } from './windows.ts';

describe('Linux', () => {
  const home = { HOME: '/home/alex' };

  test('keeps everything under the home directory of the environment', () => {
    const { pkcs11, firefoxRoots, browserPolicies, ...platform } = linuxPlatform({
      env: home,
      osRelease: null,
    });
    expect(pkcs11.p11Kit?.personModules).toBe('/home/alex/.config/pkcs11/modules');
    expect(firefoxRoots.map(({ directory }) => directory).slice(0, 2)).toEqual([
      '/home/alex/.mozilla/firefox',
      '/home/alex/.config/mozilla/firefox',
    ]);
    expect(firefoxRoots.every(({ directory }) => directory.startsWith('/home/alex/'))).toBe(true);
    // Of nobody's environment.
    expect(browserPolicies).toEqual(
      linuxPlatform({ env: { HOME: '/home/sam', PATH: '/tmp' }, osRelease: null }).browserPolicies,
    );
    expect(platform).toEqual({
      name: 'linux',
      homeDirectory: '/home/alex',
      userDataDirectory: '/home/alex/.config/Countersign',
      secretStore: 'secret-service',
      osKeys: null,
      nss: {
        databaseDirectories: ['/home/alex/.pki/nssdb', '/home/alex/.local/share/pki/nssdb'],
        toolDirectories: ['/usr/lib64/nss/unsupported-tools', '/usr/lib/nss/unsupported-tools'],
        toolsInstallCommand: null,
      },
      managedPolicyFile: '/etc/countersign/policy.json',
    });
  });

  test('follows absolute XDG directories and ignores relative ones', () => {
    const follow = linuxPlatform({
      env: { ...home, XDG_CONFIG_HOME: '/x/config', XDG_DATA_HOME: '/x/data' },
      osRelease: null,
    });
    expect(follow.userDataDirectory).toBe('/x/config/Countersign');
    expect(follow.nss?.databaseDirectories[1]).toBe('/x/data/pki/nssdb');
    const ignore = linuxPlatform({
      env: { ...home, XDG_CONFIG_HOME: 'config', XDG_DATA_HOME: '' },
      osRelease: null,
    });
    expect(ignore.userDataDirectory).toBe('/home/alex/.config/Countersign');
    expect(ignore.nss?.databaseDirectories[1]).toBe('/home/alex/.local/share/pki/nssdb');
  });

  test.each([
    ['PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nID=debian\n', 'apt'],
    ['NAME="Linux Mint"\nID=linuxmint\nID_LIKE="ubuntu debian"\n', 'apt'],
    ['ID=fedora\nVARIANT_ID=workstation\n', 'dnf'],
    ['ID="rocky"\nID_LIKE="rhel centos fedora"\n', 'dnf'],
    ['ID="opensuse-tumbleweed"\nID_LIKE="opensuse suse"\n', 'zypper'],
    ["ID='arch'\r\n", 'pacman'],
  ])('knows how to get the tools by %j', (osRelease, installer) => {
    const { nss } = linuxPlatform({ env: home, osRelease });
    expect(nss?.toolsInstallCommand).toContain(`sudo ${installer} `);
  });

  test.each(['ID=constructor\n', 'ID_LIKE=\n', 'VERSION_ID=debian\n', 'no such file'])(
    'does not guess how to get the tools by %j',
    (osRelease) => {
      expect(linuxPlatform({ env: home, osRelease }).nss?.toolsInstallCommand).toBeNull();
    },
  );
});

test('macOS and Windows keep secrets by keytar and have no NSS database', () => {
  const macos = macosPlatform({ env: { HOME: '/Users/alex' }, osRelease: null });
  expect(macos.userDataDirectory).toBe('/Users/alex/Library/Application Support/Countersign');
  const windows = windowsPlatform({ env: { USERPROFILE: 'C:\\Users\\alex' }, osRelease: null });
  expect(windows.userDataDirectory).toBe('C:\\Users\\alex\\AppData\\Roaming\\Countersign');
  for (const { secretStore, nss } of [macos, windows]) {
    expect({ secretStore, nss }).toEqual({ secretStore: 'keytar', nss: null });
  }
});

describe('PKCS #11 modules', () => {
  const machine = { env: { HOME: '/home/alex', USERPROFILE: 'C:\\Users\\alex' }, osRelease: null };

  test.each([
    ['x64', '/usr/lib/x86_64-linux-gnu/pkcs11'],
    ['arm64', '/usr/lib/aarch64-linux-gnu/pkcs11'],
    ['riscv64', '/usr/lib/riscv64-linux-gnu/pkcs11'],
    // No tuple of Debian's is known for it.
    ['sparc', '/usr/lib64/pkcs11'],
  ])(
    'lie for %s on Linux first in %s, then where Fedora and Arch have them',
    (architecture, first) => {
      const { pkcs11 } = linuxPlatform({ ...machine, architecture });
      const directories = pkcs11.p11Kit?.moduleDirectories ?? [];
      expect(directories[0]).toBe(first);
      expect(directories.slice(-2)).toEqual(['/usr/lib64/pkcs11', '/usr/lib/pkcs11']);
      expect(pkcs11.moduleFiles).toContain('/usr/lib64/pkcs11/opensc-pkcs11.so');
      expect(pkcs11.architecture).toBe(architecture);
    },
  );

  test('have absolute paths, each once, and those that make keys on PIV cards come before OpenSC', () => {
    for (const [make, path] of [
      [linuxPlatform, posix],
      [macosPlatform, posix],
      [windowsPlatform, win32],
    ] as const) {
      const { moduleFiles } = make({ ...machine, architecture: 'x64' }).pkcs11;
      expect(moduleFiles.filter((each) => !path.isAbsolute(each))).toEqual([]);
      expect(new Set(moduleFiles).size).toBe(moduleFiles.length);
      const first = (name: string): number => moduleFiles.findIndex((each) => each.includes(name));
      expect(first('libykcs11')).toBeGreaterThanOrEqual(0);
      expect(first('libykcs11')).toBeLessThan(first('opensc-pkcs11'));
    }
  });

  test('are looked for where Homebrew of that processor keeps them', () => {
    const arm = macosPlatform({ ...machine, architecture: 'arm64' }).pkcs11;
    expect(arm.p11Kit?.moduleDirectories).toEqual(['/opt/homebrew/lib/pkcs11']);
  });

  test('are looked for in the directories that this Windows names', () => {
    const env = { ...machine.env, ProgramFiles: 'D:\\Programs', SystemRoot: 'D:\\Windows' };
    const { moduleFiles } = windowsPlatform({ ...machine, env }).pkcs11;
    expect(moduleFiles).toContain('D:\\Windows\\System32\\eTPKCS11.dll');
    expect(moduleFiles).toContain(
      'D:\\Programs\\OpenSC Project\\OpenSC\\pkcs11\\opensc-pkcs11.dll',
    );
  });
});

test('a session without a home directory is an error, not a path in the current directory', () => {
  for (const make of [linuxPlatform, macosPlatform, windowsPlatform]) {
    expect(() => make({ env: {}, osRelease: null })).toThrow(
      expect.objectContaining({ code: 'platform' }),
    );
  }
});

test('the current platform is that of the environment it is given', () => {
  const home = { HOME: '/home/alex', USERPROFILE: '/home/alex' };
  expect(currentPlatform(home).homeDirectory).toBe('/home/alex');
});
