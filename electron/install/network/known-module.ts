import { realpath } from 'node:fs/promises';
import { posix } from 'node:path';
import { InstallError } from '../install-target.ts';

/** For each module that p11-kit offers to a program, the files that it could be, best first. */
export type KnownModules = () => Promise<readonly (readonly string[])[]>;

/** Modules that lead to those of p11-kit. */
const ofP11Kit = /^p11-kit-(?:proxy|client)\./;

/**
 * NetworkManager names no module: wpa_supplicant, which it starts, looks for a key on a token in those that p11-kit knows. Throws
 * `InstallError` `unsuitable` for one that it would not find there.
 */
export async function refuseUnknownModule(modulePath: string, known: KnownModules): Promise<void> {
  if (ofP11Kit.test(posix.basename(modulePath))) return;
  const file = await fileAt(modulePath);
  for (const candidate of (await known()).flat()) {
    if (file !== null && (await fileAt(candidate)) === file) return;
  }
  const cure = `a file in /etc/pkcs11/modules that ends with .module and says "module: ${modulePath}"`;
  throw new InstallError('network-manager', 'unsuitable', `unknown to p11-kit; it takes ${cure}`);
}

/** `null`: nothing is there, or nothing that can be looked at. */
const fileAt = (path: string): Promise<string | null> => realpath(path).catch(() => null);
