import { describe, expect, test } from 'vitest';
import { currentPlatform } from './current.ts';
import { linuxPlatform } from './linux.ts';
import { macosPlatform } from './macos.ts';
import { windowsPlatform } from './windows.ts';

describe('Linux', () => {
  const home = { HOME: '/home/alex' };

  test('keeps everything under the home directory of the environment', () => {
    const platform = linuxPlatform({ env: home, osRelease: null });
    expect(platform).toEqual({
      name: 'linux',
      homeDirectory: '/home/alex',
      userDataDirectory: '/home/alex/.config/Countersign',
      secretStore: 'secret-service',
      nss: {
        databaseDirectories: ['/home/alex/.pki/nssdb', '/home/alex/.local/share/pki/nssdb'],
        toolDirectories: ['/usr/lib64/nss/unsupported-tools', '/usr/lib/nss/unsupported-tools'],
        toolsInstallCommand: null,
      },
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
