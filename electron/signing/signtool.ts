import { file, rsaAndNistKeys, type SigningProgram } from './signing-program.ts';

/** Windows programs, by the Windows SDK. */
export const signtool: SigningProgram = {
  tool: 'signtool',
  programs: ['signtool'],
  systems: ['windows'],
  keyTypes: rsaAndNistKeys,
  reads: 'system-store',
  lines: ({ thumbprint, timestampUrl }) => {
    const timestamp = timestampUrl === undefined ? [] : ['/tr', timestampUrl, '/td', 'SHA256'];
    return [['signtool', 'sign', '/sha1', thumbprint, '/fd', 'SHA256', ...timestamp, file]];
  },
};
