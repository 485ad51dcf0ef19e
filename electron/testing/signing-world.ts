import { execFile } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { KeyType } from '../../shared/models/enrollment-profile.ts';
import { derOf } from '../certificates/pem.ts';
import { KeyRing } from '../keys/key-ring.ts';
import type { AskPin, PinRequest } from '../keys/pin.ts';
import { SoftwareKeys } from '../keys/software-keys.ts';
import { TokenKeys } from '../keys/token-keys.ts';
import { AesGcmSealer } from '../keystore/sealer.ts';
import type { TokenReference } from '../pkcs11/token-access.ts';
import { linuxPlatform } from '../platform/linux.ts';
import { Programs } from '../signing/programs.ts';
import type { SigningRooms } from '../signing/sign-programs.ts';
import type { CredentialRecord } from '../wallet/credential-store.ts';
import { openWallet, type Wallet } from '../wallet/wallet.ts';
import { MemorySecretStore } from './memory-secret-store.ts';
import { requireProgram } from './server-program.ts';
import { TestAuthority } from './test-authority.ts';
import { pinOf, TokenWorld } from './tokens/token-world.ts';
import { sampleCredential, sampleOrganization, sampleProfile } from './wallet-samples.ts';

const codeSigning = '1.3.6.1.5.5.7.3.3';

/** A token as a test has it: SoftHSM, or a TPM. */
export interface SigningTokenDevice {
  readonly modulePath: string;
  readonly env: Readonly<Record<string, string>>;
  readonly pin: string;
}

export interface Judgement {
  readonly code: number;
  readonly text: string;
}

interface CredentialWishes {
  readonly usages?: readonly string[];
  readonly issuer?: TestAuthority;
  readonly existing?: string | undefined;
}

/** A wallet with credentials for signing programs on a token, and programs of others that sign by it and judge that. */
export class SigningWorld implements AsyncDisposable {
  readonly directory: string;
  readonly wallet: Wallet;
  readonly root: TestAuthority;
  readonly keys: KeyRing;
  readonly asked: PinRequest[] = [];
  /** What the person types. */
  pin: string;
  /** How often the person answers. */
  patience = Infinity;
  readonly #device: SigningTokenDevice;
  readonly #tokens: TokenWorld;
  #count = 0;
  #isLeft = false;

  private constructor(directory: string, root: TestAuthority, device: SigningTokenDevice) {
    this.directory = directory;
    this.root = root;
    this.pin = device.pin;
    this.#device = device;
    this.#tokens = new TokenWorld({ modulePaths: [device.modulePath], env: device.env });
    this.wallet = openWallet({ directory, clock: () => new Date(), report: () => undefined });
    const roots = [derOf(root.certificate).toString('base64')];
    this.wallet.organizations.save(sampleOrganization({ ...sampleProfile, roots }));
    this.keys = this.#keyRing();
  }

  static async create(device: SigningTokenDevice): Promise<SigningWorld> {
    requireProgram('osslsigncode', 'osslsigncode');
    requireProgram('jarsigner', 'openjdk-17-jdk-headless');
    const directory = await mkdtemp(join(tmpdir(), 'countersign-signing-'));
    const root = await TestAuthority.root({ name: 'Signing Root' });
    const world = new SigningWorld(directory, root, device);
    await writeFile(world.path('root.pem'), root.certificate);
    return world;
  }

  get rooms(): SigningRooms {
    return {
      ...{ wallet: this.wallet, keys: this.keys, tokens: this.#tokens.tokens },
      ...{ platform: this.#platform, now: () => new Date() },
      surroundings: {
        searchPath: process.env['PATH'] ?? '',
        temporaryDirectory: this.directory,
        environment: this.env,
      },
    };
  }

  get programs(): Programs {
    const searchPath = process.env['PATH'] ?? '';
    return new Programs({ ...this.rooms, platform: this.#platform, searchPath });
  }

  get env(): Readonly<Record<string, string | undefined>> {
    return { ...process.env, ...this.#device.env, HOME: this.directory };
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  async file(name: string, content: string | Uint8Array): Promise<string> {
    await writeFile(this.path(name), content);
    return this.path(name);
  }

  /**
   * A new key on the token with a certificate beside it, or one that is there (CKA_ID, hex) with whatever is beside it, in the
   * wallet from now on; resolves to its id.
   */
  async credential(
    type: KeyType,
    changes: Partial<CredentialRecord> = {},
    { usages = [codeSigning], issuer = this.root, existing }: CredentialWishes = {},
  ): Promise<string> {
    this.#count += 1;
    const id = `credential-${this.#count}`;
    const token = await this.#tokens.reference();
    const use = { reason: 'make-key', owner: 'test' } as const;
    const home = { place: 'token', token, ...(existing !== undefined && { existing }) } as const;
    await this.keys.ensure({ id, type, home, label: id }, use);
    const signer = await this.keys.signer(id, use);
    const { publicSpki: spki } = signer;
    const chain = await issuer.issue({ spki, subject: `CN=${id}`, extendedKeyUsages: usages });
    const certificate = derOf(chain);
    if (existing === undefined) {
      await this.keys.writeCertificates(id, { label: id, certificate, chain: [] }, use);
    }
    await this.keys.rest('test');
    await this.#tokens.tokens.refresh();
    this.#save({ id, chain, key: { id, type, place: 'token', exportable: false, token } }, changes);
    this.asked.length = 0;
    return id;
  }

  /** What a program says, whatever its exit code. */
  async judge(program: string, ...words: readonly string[]): Promise<Judgement> {
    try {
      const options = { env: this.env, cwd: this.directory };
      const { stdout, stderr } = await promisify(execFile)(program, words, options);
      return { code: 0, text: stdout + stderr };
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { code, text: stdout + stderr };
    }
  }

  /** Wallet and token are free for another process, which finds the token's module by itself. */
  async leave(): Promise<void> {
    if (this.#isLeft) return;
    this.#isLeft = true;
    this.wallet.tokenModules.add(this.#device.modulePath);
    await this.#tokens[Symbol.asyncDispose]();
    this.wallet.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.leave();
    await rm(this.directory, { recursive: true, force: true, maxRetries: 3 });
  }

  reference(): Promise<TokenReference> {
    return this.#tokens.reference();
  }

  get #platform() {
    return linuxPlatform({ env: { HOME: this.directory }, osRelease: null });
  }

  #save(record: Pick<CredentialRecord, 'id' | 'chain' | 'key'>, changes: object): void {
    this.wallet.credentials.save({
      ...{ ...sampleCredential, ...record, purpose: 'codeSigning', installations: [] },
      notBefore: new Date(Date.now() - 60_000).toISOString(),
      notAfter: new Date(Date.now() + 3_600_000).toISOString(),
      ...changes,
    });
  }

  #keyRing(): KeyRing {
    const { wallet } = this;
    const sealer = new AesGcmSealer({ secrets: new MemorySecretStore(), record: wallet.masterKey });
    const askPin: AskPin = (request) => {
      this.asked.push(request);
      if (this.asked.length > this.patience)
        return Promise.reject(new Error('thought better of it'));
      const pin = pinOf(this.pin);
      return Promise.resolve({ pin, acceptFinalTry: false, tried: () => undefined });
    };
    return new KeyRing({
      software: new SoftwareKeys({ sealer, store: wallet.sealedKeys, randomUuid: randomUUID }),
      tokens: new TokenKeys({
        ...{ tokens: this.#tokens.tokens, store: wallet.tokenKeys, askPin, randomBytes },
      }),
      os: null,
    });
  }
}
