import { X509Certificate } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { derOf, readChain } from '../certificates/pem.ts';
import { javaTrustStore, trustStorePassword } from './java-trust-store.ts';
import { SigningError } from './signing-error.ts';
import {
  file,
  rsaAndNistKeys,
  timestamped,
  tokenOf,
  type SigningProgram,
} from './signing-program.ts';
import type { SignRun, RunnableProgram } from './signing-run.ts';

/** Java archives, by the PKCS #11 provider that comes with the JDK. */
export const jarsigner: SigningProgram = {
  tool: 'jarsigner',
  programs: ['jarsigner'],
  systems: ['linux', 'macos', 'windows'],
  keyTypes: rsaAndNistKeys,
  reads: 'token',
  // SunPKCS11 logs in to tokens, and never to single keys.
  hasOnePin: true,
  lines: (credential) => {
    const { certificateLabel } = tokenOf(credential);
    const where = [...keyStore(credential, tokenOf(credential).modulePath)];
    const alias = isAlias(certificateLabel) ? certificateLabel : 'ALIAS';
    const signed = ['-signedjar', `signed-${file}`, file, alias];
    return [['jarsigner', ...where, ...timestamped('-tsa', credential), ...signed]];
  },
};

/** By the wallet: each program of the JDK reads the PIN where it asks for it. */
export const runnableJarsigner: RunnableProgram = {
  program: jarsigner,
  remotesTpm: false,
  sign: async (run) => {
    const alias = await aliasOf(run);
    const { input, output, pin, credential } = run;
    const words = ['-sigfile', 'SIGNER', '-signedjar', output, input, alias];
    await run.tool(
      'jarsigner',
      [...(await serverTrust(run)), ...storeOf(run), ...timestamped('-tsa', credential), ...words],
      pin,
    );
  },
  verify: async ({ directory, output, roots, tool }) => {
    const store = join(directory, 'trusted.jks');
    await writeFile(store, javaTrustStore(roots.map(derOf), new Date()), { mode: 0o600 });
    const words = ['-keystore', store, '-storetype', 'JKS', '-storepass', trustStorePassword];
    // jarsigner(1): 32 says that the signer himself is not in that keystore, which has only who vouches for him.
    await tool('jarsigner', ['-verify', '-strict', ...words, output], null, [0, 32]);
  },
};

/** SunPKCS11's own words, in the argument itself (`--`); `slotListIndex` while it is not known where the token is. */
function keyStore({ token }: SignRun['credential'], modulePath: string): readonly string[] {
  const slot = token?.slot === undefined ? 'slotListIndex=0' : `slot=${token.slot}`;
  const path = modulePath.replaceAll('\\', '/');
  // Its reader knows escapes, and replaces \n before it reads.
  if (/["\p{Cc}]/u.test(path)) throw new SigningError('tool-failed', 'a path with quotes');
  const words = ['name=Countersign', `library="${path}"`, slot, 'showInfo=false'];
  const provider = ['-addprovider', 'SunPKCS11', '-providerArg', `--${words.join('\\n')}`];
  return ['-keystore', 'NONE', '-storetype', 'PKCS11', ...provider];
}

const storeOf = ({ credential, modulePath, hasPinPad }: SignRun): readonly string[] => [
  ...keyStore(credential, modulePath),
  ...(hasPinPad ? ['-protected'] : []),
];

/** Java's own way to TLS trusts no roots of an organisation. */
async function serverTrust({ directory, serverRoots }: SignRun): Promise<readonly string[]> {
  if (serverRoots.length === 0) return [];
  const store = join(directory, 'servers.jks');
  await writeFile(store, javaTrustStore(serverRoots.map(derOf), new Date()), { mode: 0o600 });
  const settings = ['', 'Type', 'Password'].map((name) => `-J-Djavax.net.ssl.trustStore${name}=`);
  const values = [store, 'JKS', trustStorePassword];
  return settings.map((setting, place) => `${setting}${values[place] ?? ''}`);
}

/** Others say what a certificate is called, and the JDK's launcher takes `-J…` for the virtual machine's, wherever it stands. */
const isAlias = (label: string): boolean =>
  /^[^-]/.test(label) && !/[\p{C}\p{Zl}\p{Zp}]/u.test(label);

/** Java's name for the certificate. Throws `SigningError` for one that Java would take for something else. */
async function aliasOf(run: SignRun): Promise<string> {
  const alias = await storedAlias(run);
  if (isAlias(alias)) return alias;
  throw new SigningError('tool-failed', 'what the certificate is called on the token is no name');
}

/** Its label, unless several have the same. */
async function storedAlias(run: SignRun): Promise<string> {
  const { certificateLabel, isLabelUnique } = tokenOf(run.credential);
  if (isLabelUnique) return certificateLabel;
  const { stdout } = await run.tool('keytool', ['-list', ...storeOf(run)], run.pin);
  const [leaf = ''] = readChain(run.chain);
  const fingerprint = new X509Certificate(leaf).fingerprint256;
  const lines = stdout.toString('utf8').split(/\r?\n/);
  const at = lines.findIndex((line) => line.endsWith(fingerprint));
  const alias = /^(.+), PrivateKeyEntry, ?$/.exec(lines[at - 1] ?? '')?.[1];
  if (alias === undefined) throw new SigningError('not-on-token');
  return alias;
}
