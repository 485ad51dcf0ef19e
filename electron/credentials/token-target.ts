import { randomBytes, X509Certificate } from 'node:crypto';
import type { Failure } from '../../shared/failure.ts';
import type { PinReason } from '../../shared/models/token.ts';
import type { Proof } from '../../shared/models/credential.ts';
import {
  InstallError,
  type InstallableCredential,
  type InstalledCredential,
  type InstallTarget,
  type KnownCredential,
} from '../install/install-target.ts';
import type { KeyRing, KeyUse } from '../keys/key-ring.ts';
import { isSignatureOf } from '../keys/public-key.ts';
import type { TokenReference } from '../pkcs11/token-access.ts';
import type { CredentialRecord } from '../wallet/credential-store.ts';
import type { Wallet } from '../wallet/wallet.ts';
import { isAway, keyUse } from './key-use.ts';

export interface TokenTargetOptions {
  readonly wallet: Wallet;
  readonly keys: KeyRing;
  /** Nobody is there to be asked for a PIN. */
  readonly isUnattended?: boolean;
  readonly toFailure: (error: unknown) => Failure;
  readonly now: () => Date;
}

/**
 * The place beside a key on a token: programs that use the token find the certificate there. What the token refuses is
 * thrown as it comes, `TokenError` or `ModuleError`.
 */
export class TokenTarget implements InstallTarget {
  readonly id = 'token';
  readonly #options: TokenTargetOptions;

  constructor(options: TokenTargetOptions) {
    this.#options = options;
  }

  /** The token was looked at before its key was made. */
  preflight(): Promise<void> {
    return Promise.resolve();
  }

  /** Those whose key is on a token: looking there might need a PIN, and taking away what is not there costs nothing. */
  list(known: readonly KnownCredential[]): Promise<readonly InstalledCredential[]> {
    const { wallet } = this.#options;
    const found = known.flatMap((each) => {
      const token = wallet.credentials.find(each.credentialId)?.key.token;
      return token === undefined ? [] : [{ ...each, location: locationOf(token) }];
    });
    return Promise.resolve(found);
  }

  async install(credential: InstallableCredential): Promise<InstalledCredential> {
    const { credentialId, certificate, chain } = credential;
    const { record, token } = this.#onToken(credentialId);
    const { replaces } = record.key;
    const certificates = {
      ...{ label: record.subject, certificate, chain },
      ...(replaces !== undefined && { replaces }),
    };
    const use = this.#use(record, 'write-certificate');
    await this.#options.keys.writeCertificates(record.key.id, certificates, use);
    return { credentialId, certificate, location: locationOf(token) };
  }

  /** Has the key on the token sign, and checks that with the certificate. */
  async prove({ credentialId, certificate }: InstalledCredential): Promise<readonly Proof[]> {
    const { keys, toFailure, now } = this.#options;
    const at = now().toISOString();
    try {
      const { record, token } = this.#onToken(credentialId);
      const signer = await keys.signer(record.key.id, this.#use(record, 'prove'));
      const data = randomBytes(32);
      const { publicKey } = new X509Certificate(certificate);
      const spki = publicKey.export({ format: 'der', type: 'spki' });
      if (isSignatureOf(spki, data, await signer.sign(data))) {
        return [{ status: 'proven', method: 'signature', by: token.label, at }];
      }
      const failure = { code: 'certificate', reason: 'key-mismatch' } as const;
      return [{ status: 'failed', failure, at }];
    } catch (error) {
      return [{ status: 'failed', failure: toFailure(error), at }];
    }
  }

  /** Each key has a place of its own beside which its certificate lies. */
  rebind(): Promise<void> {
    return Promise.resolve();
  }

  async remove({ credentialId, certificate }: InstalledCredential): Promise<void> {
    const { record } = this.#onToken(credentialId);
    const use = this.#use(record, 'remove-key');
    try {
      await this.#options.keys.removeCertificates(record.key.id, [certificate], use);
    } catch (error) {
      // A lost token must not keep its credentials for ever.
      if (!isAway(error)) throw error;
    }
  }

  #onToken(credentialId: string): { record: CredentialRecord; token: TokenReference } {
    const record = this.#options.wallet.credentials.find(credentialId);
    const token = record?.key.token;
    if (record !== undefined && token !== undefined) return { record, token };
    throw new InstallError('token', 'not-found', 'the key is on no token');
  }

  #use({ organizationId, id: purpose }: CredentialRecord, reason: PinReason): KeyUse {
    const { wallet, isUnattended = false } = this.#options;
    return keyUse(wallet, { organizationId, purpose, reason, isUnattended });
  }
}

const locationOf = ({ label, serial }: TokenReference): string => `${label} (${serial})`;
