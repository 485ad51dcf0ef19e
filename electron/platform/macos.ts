import { posix } from 'node:path';
import { PlatformError, type Machine, type Platform } from './platform.ts';

export function macosPlatform({ env }: Machine): Platform {
  const home = env['HOME'];
  if (!home) throw new PlatformError('HOME');
  return {
    name: 'macos',
    homeDirectory: home,
    userDataDirectory: posix.join(home, 'Library', 'Application Support', 'Countersign'),
    secretStore: 'keytar',
    nss: null,
  };
}
