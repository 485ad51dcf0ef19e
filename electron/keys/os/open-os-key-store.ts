import { loadCng } from './cng-functions.ts';
import { MacosKeychain } from './macos-keychain.ts';
import type { OsKeyStore } from './os-key-store.ts';
import { loadSecurity } from './security-functions.ts';
import { WindowsCng } from './windows-cng.ts';

/** The store of this operating system, by what `Platform` says of it; nothing is loaded before it is used. */
export function openOsKeyStore(kind: 'cng' | 'keychain'): OsKeyStore {
  return kind === 'cng' ? new WindowsCng(loadCng) : new MacosKeychain(loadSecurity);
}
