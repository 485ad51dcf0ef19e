import { win32 } from 'node:path';
import { windowsPkcs11 } from './windows-pkcs11.ts';
import { PlatformError, type Machine, type Platform } from './platform.ts';

export function windowsPlatform({ env, architecture = process.arch }: Machine): Platform {
  const home = env['USERPROFILE'];
  if (!home) throw new PlatformError('USERPROFILE');
  const roaming = env['APPDATA'] ?? win32.join(home, 'AppData', 'Roaming');
  return {
    name: 'windows',
    homeDirectory: home,
    userDataDirectory: win32.join(roaming, 'Countersign'),
    secretStore: 'keytar',
    osKeys: 'cng',
    nss: null,
    // Firefox reads the system's store there by itself.
    firefoxRoots: [],
    browserPolicies: null,
    pkcs11: windowsPkcs11(env, architecture),
    managedPolicyFile: null,
  };
}
