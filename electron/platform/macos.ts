import { posix } from 'node:path';
import { macosPkcs11 } from './macos-pkcs11.ts';
import { PlatformError, type Machine, type Platform } from './platform.ts';

export function macosPlatform({ env, architecture = process.arch }: Machine): Platform {
  const home = env['HOME'];
  if (!home) throw new PlatformError('HOME');
  return {
    name: 'macos',
    homeDirectory: home,
    userDataDirectory: posix.join(home, 'Library', 'Application Support', 'Countersign'),
    secretStore: 'keytar',
    osKeys: 'keychain',
    nss: null,
    // Firefox reads the system's store there by itself.
    firefoxRoots: [],
    browserPolicies: null,
    pkcs11: macosPkcs11(home, architecture),
    managedPolicyFile: null,
  };
}
