// One certificate by this project's client as a whole process: account key and account URL are kept in `home`.
import { generateKeyPairSync, createPrivateKey, type KeyObject } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AcmeClient } from '../../../electron/acme/client.ts';
import { obtainCertificate } from '../../../electron/acme/obtain-certificate.ts';
import { createHttpClient } from '../../../electron/http/create-http-client.ts';
import { KeyObjectSigner } from '../../../electron/keys/key-object-signer.ts';
import { believed } from './believed-proof.ts';

const [directoryUrl = '', serverRootFile = '', home = '', name = ''] = process.argv.slice(2);

const keyFile = join(home, 'account.pem');
const accountFile = join(home, 'account.url');
const serverRoot = readFileSync(serverRootFile, 'utf8');
const http = createHttpClient({ rootsFor: () => [serverRoot], offerHttp2: false });
const client = await AcmeClient.connect({
  http,
  directoryUrl,
  signer: new KeyObjectSigner(accountKey()),
  ...(existsSync(accountFile) && { accountUrl: readFileSync(accountFile, 'utf8') }),
});
if (client.accountUrl === undefined) {
  const { url } = await client.account.newAccount({ termsOfServiceAgreed: true });
  writeFileSync(accountFile, url);
}
const { chain } = await obtainCertificate(client, {
  identifiers: [{ type: 'dns', value: name }],
  key: { signer: () => Promise.resolve(new KeyObjectSigner(newKey())) },
  proofs: [believed],
  report: (doing, error) => {
    throw new Error(doing, { cause: error });
  },
});
if (!chain[0]?.startsWith('-----BEGIN CERTIFICATE-----')) throw new Error('no certificate');
http.close();

function accountKey(): KeyObject {
  if (existsSync(keyFile)) return createPrivateKey(readFileSync(keyFile));
  const key = newKey();
  writeFileSync(keyFile, key.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 });
  return key;
}

function newKey(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
}
