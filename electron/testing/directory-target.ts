import { createPrivateKey, createPublicKey, sign, verify, X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Proof } from '../../shared/models/credential.ts';
import {
  InstallError,
  type InstallableCredential,
  type InstalledCredential,
  type InstallTarget,
  type KnownCredential,
} from '../install/install-target.ts';

export type Refusal = 'preflight' | 'install' | 'prove' | 'remove' | 'list';

/** A target that keeps key and certificate as files, and refuses what a test wants refused. */
export class DirectoryTarget implements InstallTarget {
  readonly id = 'nss';
  readonly refused = new Set<Refusal>();
  /** What a test wants to happen while `install` is under way. */
  installing: () => Promise<void> = () => Promise.resolve();
  readonly #directory: string;

  constructor(directory: string) {
    mkdirSync(directory, { recursive: true });
    this.#directory = directory;
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- what is thrown must reject
  async preflight(): Promise<void> {
    this.#mayRefuse('preflight');
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- what is thrown must reject
  async list(known: readonly KnownCredential[]): Promise<readonly InstalledCredential[]> {
    this.#mayRefuse('list');
    const here = known.filter(({ credentialId }) => existsSync(this.#path(credentialId)));
    return here.map((each) => ({ ...each, location: this.#path(each.credentialId) }));
  }

  async install(credential: InstallableCredential): Promise<InstalledCredential> {
    this.#mayRefuse('install');
    const { credentialId, certificate, exportPkcs8 } = credential;
    const pkcs8 = (await exportPkcs8?.()) ?? new Uint8Array();
    const location = this.#path(credentialId);
    writeFileSync(
      location,
      JSON.stringify({
        key: Buffer.from(pkcs8).toString('base64'),
        certificate: Buffer.from(certificate).toString('base64'),
      }),
    );
    pkcs8.fill(0);
    await this.installing();
    return { credentialId, certificate, location };
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- what is thrown must reject
  async prove({ location }: InstalledCredential): Promise<readonly Proof[]> {
    const at = new Date().toISOString();
    if (this.refused.has('prove')) {
      const failure = { code: 'install', target: 'nss', reason: 'proof-failed' } as const;
      return [{ status: 'failed', failure, at }];
    }
    const { key, certificate } = JSON.parse(readFileSync(location, 'utf8')) as Record<
      'key' | 'certificate',
      string
    >;
    const data = Buffer.from('proof');
    const privateKey = createPrivateKey({
      key: Buffer.from(key, 'base64'),
      format: 'der',
      type: 'pkcs8',
    });
    const publicKey = createPublicKey(
      new X509Certificate(Buffer.from(certificate, 'base64')).publicKey.export({
        format: 'pem',
        type: 'spki',
      }),
    );
    if (!verify('sha256', data, publicKey, sign('sha256', data, privateKey))) {
      throw new Error('key and certificate do not belong together');
    }
    return [{ status: 'proven', method: 'signature', by: 'node', at }];
  }

  rebind(from: InstalledCredential): Promise<void> {
    return this.remove(from);
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- what is thrown must reject
  async remove({ credentialId }: Pick<InstalledCredential, 'credentialId'>): Promise<void> {
    this.#mayRefuse('remove');
    rmSync(this.#path(credentialId), { force: true });
  }

  #path(credentialId: string): string {
    return join(this.#directory, `${credentialId}.json`);
  }

  #mayRefuse(what: Refusal): void {
    if (this.refused.has(what)) throw new InstallError('nss', 'refused', `no ${what} today`);
  }
}
