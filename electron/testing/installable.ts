import { generateKeyPairSync, randomUUID, X509Certificate, type KeyObject } from 'node:crypto';
import type { InstallableCredential } from '../install/install-target.ts';
import { TestAuthority } from './test-authority.ts';

export interface IssuedCredential extends InstallableCredential {
  readonly privateKey: KeyObject;
  readonly exportPkcs8: () => Promise<Uint8Array>;
}

/** An organisation that issues credentials for keys in software, over an intermediate. */
export class Issuer {
  readonly root: TestAuthority;
  readonly intermediate: TestAuthority;

  private constructor(root: TestAuthority, intermediate: TestAuthority) {
    this.root = root;
    this.intermediate = intermediate;
  }

  static async create(): Promise<Issuer> {
    const root = await TestAuthority.root();
    return new Issuer(root, await root.intermediate());
  }

  /** DER, where every chain leads. */
  get anchor(): Uint8Array {
    return new X509Certificate(this.root.certificate).raw;
  }

  async credential(
    subject = 'Alex',
    pair = generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    validity: { readonly notBefore?: Date; readonly notAfter?: Date } = {},
  ): Promise<IssuedCredential> {
    const spki = pair.publicKey.export({ format: 'der', type: 'spki' });
    const pem = await this.intermediate.issue({
      ...{ spki, subject: `CN=${subject}`, ...validity },
      extendedKeyUsages: ['1.3.6.1.5.5.7.3.2'],
    });
    const pkcs8 = pair.privateKey.export({ format: 'der', type: 'pkcs8' });
    return {
      credentialId: randomUUID(),
      certificate: new X509Certificate(pem).raw,
      chain: [new X509Certificate(this.intermediate.certificate).raw],
      privateKey: pair.privateKey,
      exportPkcs8: () => Promise.resolve(Uint8Array.from(pkcs8)),
    };
  }
}
