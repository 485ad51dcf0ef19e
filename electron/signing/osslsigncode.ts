import { join } from 'node:path';
import {
  file,
  rsaAndNistKeys,
  timestamped,
  tokenOf,
  type SigningProgram,
} from './signing-program.ts';
import type { SignRun, RunnableProgram } from './signing-run.ts';

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
    const { directory, modulePath, input, output, pin } = run;
    const { keyUri } = tokenOf(run.credential);
    const server = ['-HTTPS-CAfile', join(directory, 'server-roots.pem')];
    await run.tool(
      'osslsigncode',
      [
        ...['sign', '-pkcs11module', modulePath, '-certs', join(directory, 'chain.pem')],
        ...['-key', keyUri, ...(pin === null ? [] : ['-readpass', '-']), '-h', 'sha256'],
        ...timestamped('-ts', run.credential),
        ...(run.serverRoots.length > 0 ? server : []),
        ...['-in', input, '-out', output],
      ],
      pin,
    );
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
