import { win32 } from 'node:path';
import type { Machine, Pkcs11Location } from './platform.ts';

export function windowsPkcs11(env: Machine['env'], architecture: string): Pkcs11Location {
  const programs = env['ProgramFiles'] ?? 'C:\\Program Files';
  const system = win32.join(env['SystemRoot'] ?? 'C:\\Windows', 'System32');
  return {
    architecture,
    libraryFormat: 'pe',
    moduleFiles: [
      ...programFiles.map((path) => win32.join(programs, path)),
      ...systemFiles.map((name) => win32.join(system, name)),
      'C:\\SoftHSM2\\lib\\softhsm2-x64.dll',
    ],
    p11Kit: null,
    administratorGroups: null,
    quarantine: { kind: 'zone-identifier' },
    loader: null,
  };
}

const programFiles = [
  'Yubico\\Yubico PIV Tool\\bin\\libykcs11.dll',
  'OpenSC Project\\OpenSC\\pkcs11\\opensc-pkcs11.dll',
  'Yubico\\YubiHSM Shell\\bin\\pkcs11\\yubihsm_pkcs11.dll',
  'SafeNet\\Authentication\\SAC\\x64\\IDPrimePKCS1164.dll',
  'SafeNet\\LunaClient\\cryptoki.dll',
  'nCipher\\nfast\\toolkits\\pkcs11\\cknfast.dll',
] as const;

// OpenSC before 0.22, SafeNet, A.E.T. SafeSign, Bit4id, Rutoken, the Belgian card.
const systemFiles = [
  'opensc-pkcs11.dll',
  'eTPKCS11.dll',
  'aetpkss1.dll',
  'bit4xpki.dll',
  'rtPKCS11ECP.dll',
  'beidpkcs11.dll',
] as const;
