import { posix } from 'node:path';
import type { Pkcs11Location } from './platform.ts';

export function macosPkcs11(home: string, architecture: string): Pkcs11Location {
  // Where Homebrew lives by default.
  const brew = architecture === 'arm64' ? '/opt/homebrew' : '/usr/local';
  const person = posix.join(home, '.config', 'pkcs11');
  return {
    architecture,
    libraryFormat: 'mach-o',
    moduleFiles: [
      `${brew}/lib/libykcs11.dylib`,
      // Yubico's own installer, and Homebrew's place on Intel.
      ...(brew === '/usr/local' ? [] : ['/usr/local/lib/libykcs11.dylib']),
      '/Library/OpenSC/lib/opensc-pkcs11.so',
      `${brew}/lib/opensc-pkcs11.so`,
      `${brew}/lib/pkcs11/opensc-pkcs11.so`,
      '/usr/local/lib/yubihsm_pkcs11.dylib',
      `${brew}/lib/softhsm/libsofthsm2.so`,
      '/usr/local/lib/libeTPkcs11.dylib',
      '/Library/Frameworks/eToken.framework/Versions/Current/libeToken.dylib',
      '/usr/local/lib/libIDPrimePKCS11.dylib',
      '/Applications/tokenadmin.app/Contents/Frameworks/libaetpkss.dylib',
      '/Library/Belgium Identity Card/Pkcs11/beid-pkcs11.bundle/Contents/MacOS/libbeidpkcs11.dylib',
      '/usr/safenet/lunaclient/lib/libCryptoki2.dylib',
    ],
    p11Kit: {
      systemConfiguration: `${brew}/etc/pkcs11/pkcs11.conf`,
      personConfiguration: posix.join(person, 'pkcs11.conf'),
      personModules: posix.join(person, 'modules'),
      systemModules: [`${brew}/etc/pkcs11/modules`, `${brew}/share/p11-kit/modules`],
      moduleDirectories: [`${brew}/lib/pkcs11`],
    },
    // wheel, and admin: Homebrew's directories belong to it.
    administratorGroups: [0, 80],
    quarantine: { kind: 'extended-attribute', program: '/usr/bin/xattr' },
    loader: null,
  };
}
