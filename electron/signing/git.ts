import { rsaAndNistKeys, tokenOf, type SigningProgram } from './signing-program.ts';
import { sshPublicKey } from './ssh-public-key.ts';

/** Commits, with SSH signatures by the key of the certificate: the agent has it from the token, and asks for the PIN once. */
export const git: SigningProgram = {
  tool: 'git',
  programs: ['git', 'ssh-add', 'ssh-keygen'],
  systems: ['linux', 'macos'],
  keyTypes: rsaAndNistKeys,
  reads: 'token',
  hasOnePin: true,
  lines: (credential) => {
    const key = ['-c', `user.signingKey=key::${sshPublicKey(credential.publicKey)}`];
    return [
      ['ssh-add', '-s', tokenOf(credential).modulePath],
      ['git', '-c', 'gpg.format=ssh', ...key, 'commit', '-S'],
    ];
  },
};
