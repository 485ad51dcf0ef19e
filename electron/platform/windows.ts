import { win32 } from 'node:path';
import { PlatformError, type Machine, type Platform } from './platform.ts';

export function windowsPlatform({ env }: Machine): Platform {
  const home = env['USERPROFILE'];
  if (!home) throw new PlatformError('USERPROFILE');
  const roaming = env['APPDATA'] ?? win32.join(home, 'AppData', 'Roaming');
  return {
    name: 'windows',
    homeDirectory: home,
    userDataDirectory: win32.join(roaming, 'Countersign'),
    secretStore: 'keytar',
    nss: null,
  };
}
