import { file, rsaAndNistKeys, tokenOf, type SigningProgram } from './signing-program.ts';
import { sshPublicKey } from './ssh-public-key.ts';

/** Files, with SSH signatures by the key of the certificate: the agent has it from the token, and asks for the PIN once. */
export const sshKeygen: SigningProgram = {
  tool: 'ssh-keygen',
  programs: ['ssh-add', 'ssh-keygen'],
  systems: ['linux', 'macos'],
  keyTypes: rsaAndNistKeys,
  reads: 'token',
  hasOnePin: true,
  lines: (credential) => [
    ['ssh-add', '-s', tokenOf(credential).modulePath],
    { words: ['echo', sshPublicKey(credential.publicKey)], into: 'signer.pub' },
    ['ssh-keygen', '-Y', 'sign', '-f', 'signer.pub', '-n', 'file', file],
  ],
};
