import { posix } from 'node:path';
import type { Pkcs11Location } from './platform.ts';

/** `configuration`: the person's configuration directory (`$XDG_CONFIG_HOME`). */
export function linuxPkcs11(configuration: string, architecture: string): Pkcs11Location {
  const libraries = libraryDirectories(architecture);
  const packaged = libraries.flatMap((directory) => [posix.join(directory, 'pkcs11'), directory]);
  const person = posix.join(configuration, 'pkcs11');
  return {
    architecture,
    libraryFormat: 'elf',
    moduleFiles: [
      ...moduleNames.flatMap((name) => packaged.map((directory) => posix.join(directory, name))),
      ...vendorFiles,
    ],
    p11Kit: {
      systemConfiguration: '/etc/pkcs11/pkcs11.conf',
      personConfiguration: posix.join(person, 'pkcs11.conf'),
      personModules: posix.join(person, 'modules'),
      systemModules: ['/etc/pkcs11/modules', '/usr/share/p11-kit/modules'],
      moduleDirectories: libraries.map((directory) => posix.join(directory, 'pkcs11')),
    },
    administratorGroups: [0],
    quarantine: null,
    loader: {
      cacheFile: '/etc/ld.so.cache',
      directories: libraries.flatMap((directory) => [
        directory.replace('/usr/lib', '/lib'),
        directory,
      ]),
    },
  };
}

/** Debian's multiarch tuples (`dpkg-architecture -qDEB_HOST_MULTIARCH`) by the names of Node. */
const multiarch: Readonly<Record<string, string>> = {
  x64: 'x86_64-linux-gnu',
  arm64: 'aarch64-linux-gnu',
  arm: 'arm-linux-gnueabihf',
  ia32: 'i386-linux-gnu',
  riscv64: 'riscv64-linux-gnu',
  ppc64: 'powerpc64le-linux-gnu',
  s390x: 's390x-linux-gnu',
  loong64: 'loongarch64-linux-gnu',
};

/** Debian's, Fedora's, Arch's; on Fedora `/usr/lib` has the libraries of 32 bits. */
function libraryDirectories(architecture: string): readonly string[] {
  const tuple = multiarch[architecture];
  return [...(tuple === undefined ? [] : [`/usr/lib/${tuple}`]), '/usr/lib64', '/usr/lib'];
}

/** Under a directory of libraries or its `pkcs11`. */
const moduleNames = [
  // Yubico's can make keys on the card; OpenSC's only uses those of PIV cards.
  'libykcs11.so',
  'libykcs11.so.2',
  'opensc-pkcs11.so',
  'libtpm2_pkcs11.so',
  'libtpm2_pkcs11.so.1',
  'yubihsm_pkcs11.so',
  'softhsm/libsofthsm2.so',
  'libsofthsm2.so',
  // SafeNet and Thales.
  'libeTPkcs11.so',
  'libeToken.so',
  'libIDPrimePKCS11.so',
  // A.E.T. SafeSign, Bit4id, Rutoken, the Belgian card, IBM's cryptographic cards.
  'libaetpkss.so.3',
  'libbit4xpki.so',
  'librtpkcs11ecp.so',
  'libbeidpkcs11.so.0',
  'opencryptoki/libopencryptoki.so',
] as const;

const vendorFiles = [
  '/usr/local/lib/libykcs11.so',
  '/usr/local/lib/opensc-pkcs11.so',
  '/usr/local/lib/pkcs11/opensc-pkcs11.so',
  '/usr/local/lib/softhsm/libsofthsm2.so',
  '/usr/safenet/lunaclient/lib/libCryptoki2_64.so',
  '/opt/nfast/toolkits/pkcs11/libcknfast.so',
] as const;
