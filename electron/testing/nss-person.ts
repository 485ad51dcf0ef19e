import { execFile } from 'node:child_process';
import { createPublicKey, generateKeyPairSync, X509Certificate, type KeyObject } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { KeyType } from '../../shared/models/enrollment-profile.ts';
import type { InstallableCredential } from '../install/install-target.ts';
import { NssTarget, type NssTargetOptions } from '../install/nss.ts';
import { linuxPlatform } from '../platform/linux.ts';
import { TestAuthority } from './test-authority.ts';

export interface TestCredential extends InstallableCredential {
  readonly exportPkcs8: () => Promise<Uint8Array>;
  /** What `exportPkcs8` gave out, the same buffers. */
  readonly given: readonly Uint8Array[];
}

export interface CredentialWish {
  readonly id: string;
  readonly subject?: string;
  readonly keyType?: KeyType;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  /** For signing in when not said. */
  readonly extendedKeyUsages?: readonly string[];
}

/** A person with a home directory of their own, credentials from a CA of a test, and a target for them. */
export class NssPerson implements AsyncDisposable {
  readonly home: string;
  readonly root: TestAuthority;
  readonly issuer: TestAuthority;

  private constructor(home: string, root: TestAuthority, issuer: TestAuthority) {
    this.home = home;
    this.root = root;
    this.issuer = issuer;
  }

  static async create(): Promise<NssPerson> {
    // A blank and a quote, which home directories may have and NSS's own configuration files must survive.
    const home = await mkdtemp(join(tmpdir(), "alex's home-"));
    const root = await TestAuthority.root({ name: 'Person Root' });
    return new NssPerson(home, root, await root.intermediate({ name: 'Person Issuing CA' }));
  }

  get database(): string {
    return join(this.home, '.pki', 'nssdb');
  }

  get rootDer(): Buffer {
    return new X509Certificate(this.root.certificate).raw;
  }

  get issuerDer(): Buffer {
    return new X509Certificate(this.issuer.certificate).raw;
  }

  target(options: Partial<NssTargetOptions> = {}): NssTarget {
    return new NssTarget({
      platform: linuxPlatform({ env: { HOME: this.home }, osRelease: 'ID=debian\n' }),
      searchPath: '/usr/bin:/bin',
      temporaryDirectory: this.home,
      environment: {},
      now: () => new Date('2026-11-22T12:00:00Z'),
      ...options,
    });
  }

  async credential(wish: CredentialWish): Promise<TestCredential> {
    const { id, subject = 'CN=Alex', keyType, ...details } = wish;
    const key = generateKey(keyType ?? 'P-256');
    const pem = await this.issuer.issue({
      subject,
      spki: createPublicKey(key).export({ type: 'spki', format: 'der' }),
      names: [{ type: 'email', value: 'alex@example.test' }],
      extendedKeyUsages: ['1.3.6.1.5.5.7.3.2'],
      ...details,
    });
    const given: Uint8Array[] = [];
    return {
      credentialId: id,
      certificate: new X509Certificate(pem).raw,
      chain: [this.issuerDer],
      given,
      exportPkcs8: () => {
        const pkcs8 = Uint8Array.from(key.export({ type: 'pkcs8', format: 'der' }));
        given.push(pkcs8);
        return Promise.resolve(pkcs8);
      },
    };
  }

  certutil(...parameters: readonly string[]): Promise<string> {
    return this.nss('certutil', ...parameters);
  }

  /** A tool of NSS on the person's database, as the person would type it; resolves to what it says. */
  async nss(
    tool: 'certutil' | 'pk12util' | 'modutil',
    ...parameters: readonly string[]
  ): Promise<string> {
    const { stdout } = await promisify(execFile)(
      tool,
      [...parameters, '-d', `sql:${this.database}`],
      {
        env: { PATH: '/usr/bin:/bin', HOME: this.home },
      },
    );
    return stdout;
  }

  /** What is listed under `certutil -L`, without its heading. */
  async nicknames(): Promise<readonly string[]> {
    const lines = (await this.certutil('-L')).trim().split('\n');
    return lines.slice(3).map((line) => line.replace(/\s{2,}\S+\s*$/, ''));
  }

  /** The nicknames of all private keys. */
  async keys(): Promise<readonly string[]> {
    // certutil takes having no keys for a failure.
    const { stdout } = await promisify(execFile)(
      'sh',
      ['-c', 'certutil -K -d "$0" || true', `sql:${this.database}`],
      {
        env: { PATH: '/usr/bin:/bin', HOME: this.home },
      },
    );
    return Array.from(
      stdout.matchAll(/^<.*?[0-9a-f]{40}\s+(.*\S)/gm),
      ([, nickname = '']) => nickname,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.home, { recursive: true, force: true });
  }
}

function generateKey(type: KeyType): KeyObject {
  if (type === 'Ed25519') return generateKeyPairSync('ed25519').privateKey;
  const bits = /^RSA-(\d+)$/.exec(type)?.[1];
  if (bits !== undefined) {
    return generateKeyPairSync('rsa', { modulusLength: Number(bits) }).privateKey;
  }
  return generateKeyPairSync('ec', { namedCurve: type }).privateKey;
}
