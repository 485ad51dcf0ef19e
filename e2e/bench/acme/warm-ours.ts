import { generateKeyPairSync } from 'node:crypto';
import { AcmeClient } from '../../../electron/acme/client.ts';
import { obtainCertificate } from '../../../electron/acme/obtain-certificate.ts';
import { createHttpClient } from '../../../electron/http/create-http-client.ts';
import { KeyObjectSigner } from '../../../electron/keys/key-object-signer.ts';
import { believed } from './believed-proof.ts';
import type { WarmContender } from './in-process.ts';

export const newSigner = (): KeyObjectSigner =>
  new KeyObjectSigner(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);

export const report = (doing: string, error: unknown): never => {
  throw new Error(doing, { cause: error });
};

/** Everything that the wallet checks is checked. */
export const warmOurs: WarmContender = {
  name: 'Countersign',
  open: async ({ directoryUrl, serverRoot }) => {
    const http = createHttpClient({ rootsFor: () => [serverRoot], offerHttp2: false });
    const client = await AcmeClient.connect({ http, directoryUrl, signer: newSigner() });
    await client.account.newAccount({ termsOfServiceAgreed: true });
    return {
      order: async (name) => {
        const { chain } = await obtainCertificate(client, {
          identifiers: [{ type: 'dns', value: name }],
          key: { signer: () => Promise.resolve(newSigner()) },
          proofs: [believed],
          report,
        });
        return chain.join('');
      },
      close: () => http.close(),
    };
  },
};
