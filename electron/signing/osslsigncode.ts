import { join } from 'node:path';
import {
  file,
  rsaAndNistKeys,
  timestamped,
  tokenOf,
  type SigningProgram,
} from './signing-program.ts';
import type { FileRun, RunnableProgram, SignRun } from './signing-run.ts';

/** Windows programs, installers, catalogues and PowerShell scripts (Authenticode), by OpenSSL's engine for PKCS #11. */
export const osslsigncode: SigningProgram = {
  tool: 'osslsigncode',
  programs: ['osslsigncode'],
  systems: ['linux', 'macos'],
  keyTypes: rsaAndNistKeys,
  reads: 'token',
  // libp11 asks at a terminal for the PIN of the signature, and knows no other way.
  hasOnePin: true,
  lines: (credential) => {
    const { modulePath, keyUri } = tokenOf(credential);
    const options = [
      ...['-pkcs11module', modulePath, '-certs', credential.certificateFile, '-key', keyUri],
      ...['-h', 'sha256', ...timestamped('-ts', credential)],
    ];
    return [['osslsigncode', 'sign', ...options, '-in', file, '-out', `signed-${file}`]];
  },
};

/** By the wallet: the PIN goes in by standard input. */
export const runnableOsslsigncode: RunnableProgram = {
  program: osslsigncode,
  // One process cannot be OpenSSL's engine and what a TPM's module takes OpenSSL for.
  remotesTpm: true,
  sign: async (run: SignRun) => {
    const { modulePath, pin } = run;
    const { keyUri } = tokenOf(run.credential);
    const key = ['-pkcs11module', modulePath, '-key', keyUri];
    const words = signing(run, [...key, ...(pin === null ? [] : fromInput)]);
    await run.tool('osslsigncode', words, pin);
  },
  signByFile: async (run) => {
    const words = signing(run, ['-key', run.keyFile, ...fromInput]);
    await run.tool('osslsigncode', words, run.passphrase);
  },
  verify: async ({ directory, output, tool, afterExpiry, ...has }) => {
    const others = join(directory, 'timestamp-roots.pem');
    const words = [
      ...['verify', ...(has.hasRoots ? ['-CAfile', join(directory, 'roots.pem')] : [])],
      ...(has.hasTimestampRoots ? ['-TSA-CAfile', others] : []),
      ...['-in', output],
    ];
    await tool('osslsigncode', words, null);
    // It tells by no exit code that a timestamp does not count, as long as the certificate is valid.
    if (afterExpiry !== undefined) {
      await tool('osslsigncode', [...words, '-time', String(afterExpiry)], null);
    }
  },
};

/** The PIN or the passphrase comes by standard input. */
const fromInput = ['-readpass', '-'];

function signing(
  { directory, credential, serverRoots, input, output }: Omit<FileRun, 'keyFile' | 'passphrase'>,
  key: readonly string[],
): readonly string[] {
  const server = ['-HTTPS-CAfile', join(directory, 'server-roots.pem')];
  return [
    ...['sign', '-certs', join(directory, 'chain.pem'), ...key, '-h', 'sha256'],
    ...timestamped('-ts', credential),
    ...(serverRoots.length > 0 ? server : []),
    ...['-in', input, '-out', output],
  ];
}
