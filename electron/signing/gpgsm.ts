import { file, rsaAndNistKeys, tokenOf, type SigningProgram } from './signing-program.ts';

/** Files (CMS); tokens of PKCS #11 are reached by gnupg-pkcs11-scd in place of GnuPG's own daemon for cards. */
export const gpgsm: SigningProgram = {
  tool: 'gpgsm',
  programs: ['gpgsm', 'gnupg-pkcs11-scd'],
  systems: ['linux', 'macos'],
  keyTypes: rsaAndNistKeys,
  reads: 'token',
  lines: (credential) => {
    tokenOf(credential);
    const signer = ['--local-user', `0x${credential.thumbprint}`];
    return [
      // Learns which certificates the token has.
      ['gpgsm', '--learn-card'],
      ['gpgsm', ...signer, '--armor', '--detach-sign', '--output', `${file}.p7s`, file],
    ];
  },
};
