import type { JsonWebKey } from 'node:crypto';
import type { KeyType } from '../../shared/models/enrollment-profile.ts';
import type { TokenAccess, TokenKeyReference } from '../pkcs11/token-access.ts';
import { TokenError } from '../pkcs11/token-error.ts';
import type { KeyUse } from './key-ring.ts';
import { isSignatureOf, readPublicKey } from './public-key.ts';
import type { SignatureAlgorithm, Signer } from './signer.ts';
import type { TokenLogins } from './token-logins.ts';

export interface TokenSignerOptions {
  readonly tokens: Pick<TokenAccess, 'sign' | 'lockOf'>;
  readonly logins: TokenLogins;
  readonly key: TokenKeyReference;
  readonly type: KeyType;
  readonly publicSpki: Uint8Array;
  readonly use: KeyUse;
}

/** Signs on a token, which is unlocked when it has to be. Rejects with `TokenError` and `ModuleError`. */
export class TokenSigner implements Signer {
  readonly algorithm: SignatureAlgorithm;
  readonly publicJwk: Readonly<JsonWebKey>;
  readonly publicSpki: Uint8Array;
  readonly #options: TokenSignerOptions;
  #isKnown = false;

  constructor(options: TokenSignerOptions) {
    const { algorithm, jwk } = readPublicKey(options.publicSpki);
    this.algorithm = algorithm;
    this.publicJwk = jwk;
    this.publicSpki = options.publicSpki;
    this.#options = options;
  }

  async sign(data: Uint8Array): Promise<Uint8Array> {
    const { tokens, logins, key, type, use } = this.#options;
    const signature = await logins.with(key.token, use, (authentication) =>
      tokens.sign(key, { type, data, ...(authentication && { authentication }) }),
    );
    await this.#know(data, signature);
    return signature;
  }

  /** A module may be wrong about which key it used, and a card may be another one with the same names. */
  async #know(data: Uint8Array, signature: Uint8Array): Promise<void> {
    if (this.#isKnown) return;
    if (!isSignatureOf(this.publicSpki, data, signature)) {
      const { tokens, key } = this.#options;
      const { moduleName: module } = await tokens.lockOf(key.token);
      const facts = { reason: 'key-mismatch', module, token: key.token.label } as const;
      throw new TokenError(facts, 'checking a signature');
    }
    this.#isKnown = true;
  }
}
