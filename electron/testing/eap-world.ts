import { generateKeyPairSync, randomUUID, X509Certificate } from 'node:crypto';
import type { NetworkDescription } from '../../shared/models/network.ts';
import type { InstallableCredential } from '../install/install-target.ts';
import type { RadiusProbeSurroundings } from '../install/network/radius-probe.ts';
import { FreeRadius } from './free-radius.ts';
import { temporaryDirectory } from './server-program.ts';
import { TestAuthority, type LeafDetails } from './test-authority.ts';

export const clientAuth = '1.3.6.1.5.5.7.3.2';
const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsaKeys = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** A network with its CA, its RADIUS server and somebody's home: `await using world = await EapWorld.start()`. */
export class EapWorld implements AsyncDisposable {
  readonly root: TestAuthority;
  /** Nobody that the network trusts. */
  readonly stranger: TestAuthority;
  readonly radius: FreeRadius;
  /** PEM, of a client that the network does not let in any more. */
  readonly revoked: string;
  readonly home: string;
  readonly #remove: () => Promise<void>;

  private constructor(
    parts: Pick<EapWorld, 'root' | 'stranger' | 'radius' | 'revoked' | 'home'>,
    remove: () => Promise<void>,
  ) {
    this.root = parts.root;
    this.stranger = parts.stranger;
    this.radius = parts.radius;
    this.revoked = parts.revoked;
    this.home = parts.home;
    this.#remove = remove;
  }

  static async start(): Promise<EapWorld> {
    const { path: home, remove } = await temporaryDirectory('eap');
    const root = await TestAuthority.root({ name: 'Network Root' });
    const stranger = await TestAuthority.root({ name: 'Strange Root' });
    const revoked = await root.issue({ ...softwareKey, revocationListUrl: 'http://ca.test/list' });
    const radius = await FreeRadius.start({
      trusted: root.certificate,
      revocationLists: await root.revocationList(revoked),
      server: await root.issueServer({ names: [{ type: 'dns', value: 'radius.example.test' }] }),
    });
    return new EapWorld({ root, stranger, radius, revoked, home }, remove);
  }

  /** DER. */
  get rootDer(): Buffer {
    return new X509Certificate(this.root.certificate).raw;
  }

  /** DER. */
  get strangerDer(): Buffer {
    return new X509Certificate(this.stranger.certificate).raw;
  }

  /** A certificate of this network for the key in software. */
  issue(details: Partial<LeafDetails> = {}): Promise<string> {
    return this.root.issue({ ...softwareKey, ...details });
  }

  network(difference: Partial<NetworkDescription> = {}): NetworkDescription {
    return {
      ...{ id: '0123456789abcdef0123456789abcdef', name: 'Northlight', source: 'organization' },
      ...{ ssids: ['Northlight'], wired: false },
      serverNames: ['other.example.test', 'radius.example.test'],
      serverRoots: [this.rootDer.toString('base64')],
      ...{ outerIdentity: 'anonymous@example.test', ...difference },
    };
  }

  /** With its key in software; `pem`: its certificate. */
  credential(
    pem: string,
    network = this.network(),
  ): InstallableCredential & { readonly networks: readonly NetworkDescription[] } {
    const certificate = new X509Certificate(pem);
    const { privateKey } = certificate.publicKey.asymmetricKeyType === 'rsa' ? rsaKeys : keys;
    const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'der' });
    return {
      ...{ credentialId: randomUUID(), certificate: certificate.raw, chain: [] },
      exportPkcs8: () => Promise.resolve(Uint8Array.from(pkcs8)),
      networks: [network],
    };
  }

  surroundings(difference: Partial<RadiusProbeSurroundings> = {}): RadiusProbeSurroundings {
    return {
      ...{ searchPath: process.env['PATH'] ?? '', homeDirectory: this.home },
      ...{ temporaryDirectory: this.home, environment: {}, now: () => new Date() },
      ...difference,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.radius[Symbol.asyncDispose]();
    await this.#remove();
  }
}

/** Of the key in software. */
export const softwareKey: LeafDetails = {
  spki: keys.publicKey.export({ type: 'spki', format: 'der' }),
  subject: 'CN=Alex',
  extendedKeyUsages: [clientAuth],
};

export const softwareRsaKey: LeafDetails = {
  ...softwareKey,
  spki: rsaKeys.publicKey.export({ type: 'spki', format: 'der' }),
};
