import { file, rsaAndNistKeys, tokenOf, type SigningProgram } from './signing-program.ts';

/** Files beside container images; only a cosign that was built with PKCS #11 can do it. It asks for the PIN. */
export const cosign: SigningProgram = {
  tool: 'cosign',
  programs: ['cosign'],
  systems: ['linux', 'macos', 'windows'],
  keyTypes: rsaAndNistKeys,
  reads: 'token',
  lines: (credential) => {
    const { keyUri, modulePath } = tokenOf(credential);
    // RFC 7512 §2.4: the module is an attribute of the query.
    const uri = `${keyUri.replace(/;type=private$/, '')}?module-path=${modulePath}`;
    const certificate = ['--certificate', credential.certificateFile];
    const signature = ['--output-signature', `${file}.sig`];
    return [['cosign', 'sign-blob', '--key', uri, ...certificate, ...signature, file]];
  },
};
