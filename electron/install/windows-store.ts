import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto';
import { win32 } from 'node:path';
import type { Proof } from '../../shared/models/credential.ts';
import { createPkcs12 } from '../certificates/pkcs12.ts';
import { proveByCurl, storedCertificate } from './curl-handshake-proof.ts';
import {
  InstallError,
  type InstallableCredential,
  type InstalledCredential,
  type InstallTarget,
  type KnownCredential,
  type Probes,
} from './install-target.ts';
import { assertChain } from './known-chain.ts';
import { takeProofSteps, type ProofStep } from './proof-steps.ts';
import type { Environment } from './run-tool.ts';
import { WindowsCertificates } from './windows-certificates.ts';
import type { Crypt32 } from './windows-crypt32.ts';

export interface WindowsStoreOptions {
  readonly load: () => Promise<Crypt32>;
  readonly homeDirectory: string;
  readonly temporaryDirectory: string;
  readonly environment: Environment;
  readonly now: () => Date;
  /** By which the person sees whose certificates these are, and by which we know those that we put there. */
  readonly friendlyName?: string;
}

const personal = 'Countersign';

/**
 * The person's certificates in Windows, from where Edge, Chrome, Outlook and the system itself take them. A certificate for a key
 * on a token is not put there: the token's own software does.
 */
export class WindowsStoreTarget implements InstallTarget {
  readonly id = 'windows-store';
  readonly #options: WindowsStoreOptions;
  readonly #name: string;
  #certificates: Promise<WindowsCertificates> | undefined;

  constructor(options: WindowsStoreOptions) {
    this.#options = options;
    this.#name = options.friendlyName ?? personal;
  }

  async preflight(): Promise<void> {
    (await this.#store()).list('MY');
  }

  async list(known: readonly KnownCredential[]): Promise<readonly InstalledCredential[]> {
    const store = await this.#store();
    return known
      .filter(({ certificate }) => store.has('MY', certificate) && store.hasKey(certificate))
      .map((each) => installedAs(each));
  }

  async install(credential: InstallableCredential): Promise<InstalledCredential> {
    const { certificate, chain, osKey, token } = credential;
    if (token)
      throw new InstallError(this.id, 'refused', 'the token has its own software for this');
    const store = await this.#store();
    if (!store.has('MY', certificate) || !store.hasKey(certificate)) {
      if (osKey) store.addWithKey(certificate, this.#name, osKey.name);
      else await importWithKey(store, credential, this.#name);
    } else if (this.#name === personal) {
      // Whoever else wanted it there, the person does too.
      store.rename('MY', certificate, personal);
    }
    const others = [...store.list('CA'), ...store.list('ROOT')];
    const added = chain.filter((issuer) => !others.some(({ der }) => der.equals(issuer)));
    for (const issuer of added) store.add('CA', issuer, this.#name);
    if (!store.hasKey(certificate)) {
      throw new InstallError(this.id, 'refused', 'Windows finds no key for it');
    }
    return installedAs(credential);
  }

  async prove(
    { certificate }: InstalledCredential,
    { page, anchors = [] }: Probes = {},
  ): Promise<readonly Proof[]> {
    const store = await this.#store();
    const steps: ProofStep[] = [
      {
        ...{ method: 'signature', by: 'Windows' },
        attempt: () => {
          assertListed(store, certificate);
          store.proveSignature(certificate, randomBytes(32));
        },
      },
      {
        ...{ method: 'listed', by: 'Windows' },
        attempt: () => {
          const issuers = [...store.list('CA'), ...store.list('ROOT')].map(({ der }) => der);
          assertChain(this.id, {
            certificate: new X509Certificate(certificate),
            issuers: issuers.flatMap(readable),
            anchors: anchors.map((der) => new X509Certificate(der)),
            now: this.#options.now(),
          });
        },
      },
    ];
    if (page) {
      const { environment, homeDirectory: home, temporaryDirectory } = this.#options;
      const program = systemProgram(environment, 'curl.exe');
      const shown = storedCertificate(
        new X509Certificate(certificate).fingerprint.replaceAll(':', ''),
      );
      const proof = { target: this.id, program, certificate: shown, probe: page } as const;
      steps.push({
        ...{ method: 'mutual-tls', by: 'curl' },
        attempt: () => proveByCurl({ ...proof, home, environment, temporaryDirectory }),
      });
    }
    return takeProofSteps(steps, this.#options.now);
  }

  rebind(
    from: InstalledCredential,
    _to: InstalledCredential,
    remaining: readonly KnownCredential[],
  ): Promise<void> {
    return this.remove(from, remaining);
  }

  async remove(
    { certificate, osKey }: InstalledCredential,
    remaining: readonly KnownCredential[] = [],
  ): Promise<void> {
    const store = await this.#store();
    // A key that the operating system made goes with the credential, and not with its certificate.
    if (this.#name === personal || named(store, certificate) === this.#name) {
      store.remove('MY', certificate, { withKey: !osKey && !isShared(certificate, remaining) });
    }
    const ours = store.list('CA').filter((each) => each.friendlyName === this.#name);
    for (const { der } of orphans(
      ours.map((each) => each.der),
      remaining,
    )) {
      store.remove('CA', der, { withKey: false });
    }
  }

  #store(): Promise<WindowsCertificates> {
    return (this.#certificates ??= this.#options
      .load()
      .then((crypt32) => new WindowsCertificates(crypt32, this.id)));
  }
}

/** Of Windows's own, which nobody but an administrator can exchange. */
export const systemProgram = (environment: Environment, name: string): string =>
  win32.join(environment['SystemRoot'] ?? 'C:\\Windows', 'System32', name);

function installedAs({ credentialId, certificate, osKey }: KnownCredential): InstalledCredential {
  const location = 'CurrentUser\\MY';
  return { credentialId, certificate, location, ...(osKey && { osKey }) };
}

const named = (store: WindowsCertificates, certificate: Uint8Array): string | undefined =>
  store.list('MY').find(({ der }) => der.equals(certificate))?.friendlyName;

function assertListed(store: WindowsCertificates, certificate: Uint8Array): void {
  if (store.has('MY', certificate)) return;
  throw new InstallError('windows-store', 'proof-failed', 'CurrentUser\\MY', {
    link: 'not-listed',
  });
}

/** The key is in clear for as long as this takes, and the passphrase is for once. */
async function importWithKey(
  store: WindowsCertificates,
  { credentialId, certificate, exportPkcs8 }: InstallableCredential,
  friendlyName: string,
): Promise<void> {
  if (!exportPkcs8) {
    throw new InstallError('windows-store', 'not-exportable', 'the key stays in its place');
  }
  const leaf = new X509Certificate(certificate);
  const passphrase = randomBytes(32).toString('base64url');
  const privateKeyPkcs8 = await exportPkcs8();
  try {
    const { buffer, byteOffset, length } = privateKeyPkcs8;
    const key = Buffer.from(buffer, byteOffset, length);
    if (!leaf.checkPrivateKey(createPrivateKey({ key, format: 'der', type: 'pkcs8' }))) {
      throw new InstallError('windows-store', 'refused', 'the key is not that of the certificate');
    }
    const file = await createPkcs12({
      ...{ privateKeyPkcs8, certificate: leaf.toString(), chain: [], passphrase },
      friendlyName: `Countersign ${credentialId}`,
      passphraseKind: 'random',
    });
    store.importPkcs12(file, passphrase, { der: leaf.raw, friendlyName });
  } finally {
    privateKeyPkcs8.fill(0);
  }
}

/** Another certificate for the same key keeps the key. */
function isShared(certificate: Uint8Array, remaining: readonly KnownCredential[]): boolean {
  const { publicKey, raw } = new X509Certificate(certificate);
  return remaining.some((each) => {
    const other = new X509Certificate(each.certificate);
    return !other.raw.equals(raw) && other.publicKey.equals(publicKey);
  });
}

/** Those of `issuers` that lead to none of `remaining`. */
function orphans(
  issuers: readonly Buffer[],
  remaining: readonly KnownCredential[],
): readonly { readonly der: Buffer }[] {
  const left = new Map(issuers.flatMap(readable).map((each) => [each.fingerprint256, each]));
  const needed = remaining.map(({ certificate }) => new X509Certificate(certificate));
  for (let child = needed.pop(); child !== undefined; child = needed.pop()) {
    for (const [fingerprint, issuer] of left) {
      if (!child.checkIssued(issuer)) continue;
      left.delete(fingerprint);
      needed.push(issuer);
    }
  }
  return [...left.values()].map(({ raw }) => ({ der: raw }));
}

/** Stores of the system hold what others put there: some of it Node cannot read. */
function readable(der: Buffer): readonly X509Certificate[] {
  try {
    return [new X509Certificate(der)];
  } catch {
    // Whatever it is, it is no issuer of ours.
    return [];
  }
}
