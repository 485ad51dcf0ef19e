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
    const key = ['-c', 'user.signingKey=signer.pub'];
    return [
      ['ssh-add', '-s', tokenOf(credential).modulePath],
      // Git before 2.42 has no agent sign for a key that stands in its settings.
      { words: ['echo', sshPublicKey(credential.publicKey)], into: 'signer.pub' },
      ['git', '-c', 'gpg.format=ssh', ...key, 'commit', '-S'],
    ];
  },
};
