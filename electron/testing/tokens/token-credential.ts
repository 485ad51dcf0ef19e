import { execFile } from 'node:child_process';
import { randomBytes, X509Certificate } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { InstallableCredential, TokenKey } from '../../install/install-target.ts';
import type { NssPerson } from '../nss-person.ts';
import type { WrappedModule } from './pkcs11-shim.ts';

export type TokenCredential = InstallableCredential & { readonly token: TokenKey };

/** A token as a program finds it, which is told its PIN. */
export interface UsableToken extends WrappedModule {
  readonly pin: string;
  readonly label: string;
  /** Empty: by its label it is known well enough. */
  readonly serial: string;
}

/** What of a module a program has to know. */
export const usable = ({ modulePath, env }: WrappedModule): WrappedModule => ({ modulePath, env });

/** A new P-256 key on a token with a certificate of the person's CA beside it, by OpenSC's own tool. */
export async function credentialOnToken(
  person: NssPerson,
  token: UsableToken,
  id: string,
): Promise<TokenCredential> {
  const keyId = randomBytes(20).toString('hex');
  const tool = (...words: readonly string[]) =>
    promisify(execFile)(
      'pkcs11-tool',
      [
        ...['--module', token.modulePath, '--token-label', token.label],
        ...['--login', '--pin', token.pin, '--id', keyId, ...words],
      ],
      { env: { ...process.env, ...token.env }, encoding: 'buffer' },
    );
  await tool('--keypairgen', '--key-type', 'EC:prime256v1', '--label', id);
  const spki = (await tool('--read-object', '--type', 'pubkey')).stdout;
  const certificate = await certificateFor(person, id, spki);
  const file = join(person.home, `${id}.der`);
  await writeFile(file, certificate);
  await tool('--write-object', file, '--type', 'cert', '--label', id);
  return tokenCredential(person, token, { id, keyId, certificate });
}

/** DER. */
export async function certificateFor(
  person: NssPerson,
  id: string,
  spki: Uint8Array,
): Promise<Buffer> {
  const pem = await person.issuer.issue({
    subject: `CN=${id}`,
    spki,
    names: [{ type: 'email', value: 'alex@example.test' }],
    extendedKeyUsages: ['1.3.6.1.5.5.7.3.2'],
  });
  return new X509Certificate(pem).raw;
}

/** What is on a token already, as targets are told of it. */
export function tokenCredential(
  { issuerDer }: NssPerson,
  { label, serial, modulePath }: UsableToken,
  key: { readonly id: string; readonly keyId: string; readonly certificate: Uint8Array },
): TokenCredential {
  return {
    credentialId: key.id,
    certificate: key.certificate,
    chain: [issuerDer],
    exportPkcs8: null,
    token: {
      token: { label, serial, manufacturer: '', model: '' },
      ...{ keyId: key.keyId, modulePath, moduleName: 'Test module' },
      checkModule: () => Promise.resolve(),
      sign: () => Promise.reject(new Error('nobody signs here but the browser')),
      lendPin: () => Promise.reject(new Error('no PIN is lent to a browser')),
    },
  };
}
