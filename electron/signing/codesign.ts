import { file, rsaAndNistKeys, type SigningProgram } from './signing-program.ts';

/** Programs for the Mac. */
export const codesign: SigningProgram = {
  tool: 'codesign',
  programs: ['codesign'],
  systems: ['macos'],
  keyTypes: rsaAndNistKeys,
  reads: 'system-store',
  lines: ({ thumbprint, timestampUrl }) => {
    const timestamp = timestampUrl ?? 'none';
    return [['codesign', '--sign', thumbprint, `--timestamp=${timestamp}`, file]];
  },
};
