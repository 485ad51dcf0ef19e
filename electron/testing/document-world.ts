import { execFile } from 'node:child_process';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { derOf } from '../certificates/pem.ts';
import { timestampExchange } from '../http/timestamp-exchange.ts';
import { KeyObjectSigner } from '../keys/key-object-signer.ts';
import type { Signer } from '../keys/signer.ts';
import type { DocumentRooms } from '../signing/document.ts';
import { withPlaceholder } from '../signing/pdf-placeholder.ts';
import type { CredentialRecord } from '../wallet/credential-store.ts';
import { openWallet, type Wallet } from '../wallet/wallet.ts';
import { requireProgram } from './server-program.ts';
import { TestAuthority } from './test-authority.ts';
import { sampleCredential, sampleOrganization, sampleProfile } from './wallet-samples.ts';

const run = promisify(execFile);

const documentKeys = {
  'P-256': () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
  'P-384': () => generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey,
  'RSA-3072': () => generateKeyPairSync('rsa', { modulusLength: 3072 }).privateKey,
} as const satisfies Record<string, () => KeyObject>;
export type DocumentKeyType = keyof typeof documentKeys;

export const newSigner = (type: DocumentKeyType = 'P-256'): Signer =>
  new KeyObjectSigner(documentKeys[type]());

const documentSigning = '1.3.6.1.5.5.7.3.36';
const emailProtection = '1.3.6.1.5.5.7.3.4';

/** A wallet with credentials for signing documents, and programs of others that judge what it signs. */
export class DocumentWorld implements AsyncDisposable {
  readonly directory: string;
  readonly wallet: Wallet;
  readonly root: TestAuthority;
  readonly issuer: TestAuthority;
  /** Only what asks Poppler needs its database. */
  #trusting: Promise<void> | undefined;
  readonly #signers = new Map<string, Signer>();

  private constructor(directory: string, root: TestAuthority, issuer: TestAuthority) {
    this.directory = directory;
    this.root = root;
    this.issuer = issuer;
    const clock = () => new Date();
    this.wallet = openWallet({ directory, clock, report: () => undefined });
    const roots = [derOf(root.certificate).toString('base64')];
    this.wallet.organizations.save(sampleOrganization({ ...sampleProfile, roots }));
  }

  static async create(): Promise<DocumentWorld> {
    requireProgram('openssl', 'openssl');
    requireProgram('pdfsig', 'poppler-utils');
    requireProgram('qpdf', 'qpdf');
    requireProgram('certutil', 'libnss3-tools');
    const directory = await mkdtemp(join(tmpdir(), 'countersign-documents-'));
    const root = await TestAuthority.root({ name: 'Document Root' });
    const world = new DocumentWorld(directory, root, await root.intermediate());
    await writeFile(world.path('root'), root.certificate);
    return world;
  }

  get rooms(): DocumentRooms {
    return {
      wallet: this.wallet,
      keys: { signer: (id) => Promise.resolve(this.#signers.get(id) ?? missing(id)) },
      exchange: timestampExchange(),
      // In this thread, for a quarter of the time.
      append: withPlaceholder,
      now: () => new Date(),
    };
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  /** A credential of that key, which is in the wallet from now on; resolves to its id. */
  async credential(
    key: DocumentKeyType | Signer,
    changes: Partial<CredentialRecord> = {},
    // Poppler trusts no certificate that is for documents alone (NSS does not know the usage).
    extendedKeyUsages: readonly string[] = [documentSigning, emailProtection],
  ): Promise<string> {
    const id = `credential-${this.#signers.size + 1}`;
    const signer = typeof key === 'string' ? newSigner(key) : key;
    const leaf = await this.issuer.issue({
      ...{ spki: signer.publicSpki, subject: 'CN=Alex Miller', extendedKeyUsages },
    });
    this.#signers.set(id, signer);
    this.wallet.credentials.save({
      ...sampleCredential,
      // Where the timestamp servers of tests are, too.
      directoryUrl: 'https://localhost/directory',
      ...{ id, purpose: 'documentSigning', chain: `${leaf}\n${this.issuer.certificate}` },
      notBefore: new Date(Date.now() - 60_000).toISOString(),
      notAfter: new Date(Date.now() + 3_600_000).toISOString(),
      key: { id, type: 'P-256', place: 'software', exportable: false },
      ...changes,
    });
    return id;
  }

  /** What Poppler says of the signatures on a document. */
  async pdfsig(path: string): Promise<string> {
    await (this.#trusting ??= this.#trustRoot());
    // It ends with 1 as soon as one of them is not valid, and has said so then.
    const judged = run('pdfsig', ['-nssdir', `sql:${this.path('nss')}`, path]);
    const { stdout } = await judged.catch((error: unknown) => error as { stdout: string });
    return stdout;
  }

  /** What qpdf says of how a document is written. */
  async qpdf(path: string): Promise<string> {
    return (await run('qpdf', ['--check', path])).stdout;
  }

  /** What OpenSSL says of the last signature on a document, over what that says it is for. */
  async openssl(path: string): Promise<'verified' | 'refused'> {
    const { signed, signature } = lastSignature(await readFile(path));
    await writeFile(`${path}.signed`, signed);
    await writeFile(`${path}.p7s`, signature);
    const files = [
      '-in',
      `${path}.p7s`,
      '-content',
      `${path}.signed`,
      '-CAfile',
      this.path('root'),
    ];
    const words = ['cms', '-verify', '-binary', '-inform', 'DER', '-purpose', 'any', '-cades'];
    return run('openssl', [...words, ...files, '-out', '/dev/null']).then(
      () => 'verified',
      () => 'refused',
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.wallet.close();
    await rm(this.directory, { recursive: true, force: true });
  }

  async #trustRoot(): Promise<void> {
    const database = this.path('nss');
    await run('mkdir', [database]);
    const nss = (...words: readonly string[]) =>
      run('certutil', ['-d', `sql:${database}`, ...words]);
    await nss('-N', '--empty-password');
    await nss('-A', '-n', 'root', '-t', 'CT,CT,CT', '-i', this.path('root'));
  }
}

function missing(id: string): never {
  throw new Error(`there is no key ${id}`);
}

/** ISO 32000-1 §12.8.1: what a signature is over, and the signature, which is filled up with zeros. */
export function lastSignature(document: Buffer): { signed: Buffer; signature: Buffer } {
  const text = document.toString('latin1');
  const range = [...text.matchAll(/\/ByteRange ?\[(\d+) (\d+) (\d+) (\d+) *\]/g)].at(-1);
  const [, start = 0, length = 0, next = 0, rest = 0] = (range ?? []).map(Number);
  if (range === undefined || start !== 0) throw new Error('there is no signature');
  const hex = text.slice(length + 1, next - 1);
  const padded = Buffer.from(hex, 'hex');
  return {
    signed: Buffer.concat([document.subarray(0, length), document.subarray(next, next + rest)]),
    signature: padded.subarray(0, 4 + padded.readUInt16BE(2)),
  };
}
