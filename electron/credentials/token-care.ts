import type { CredentialOffer } from '../../shared/models/enrollment-profile.ts';
import type { ModuleView, TokenCompatibility, TokenView } from '../../shared/models/token.ts';
import { compatibilityOf } from '../keys/compatibility.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import { withFindings } from '../keys/token-findings.ts';
import type { PinChange, TokenAccess, TokenReference } from '../pkcs11/token-access.ts';
import type { Wallet } from '../wallet/wallet.ts';
import { CredentialError } from './credential-error.ts';
import { withOwners } from './token-owners.ts';

export interface TokenCareOptions {
  readonly tokens: TokenAccess;
  readonly keys: Pick<KeyRing, 'remove' | 'rest'>;
  readonly wallet: Wallet;
}

/** What the person sees of tokens, and does with them beside using their keys. Rejections are errors that `toFailure` knows. */
export class TokenCare {
  readonly #options: TokenCareOptions;

  constructor(options: TokenCareOptions) {
    this.#options = options;
  }

  /** What is plugged in, with the owners of all keys and what was found. */
  get modules(): readonly ModuleView[] {
    const { tokens, wallet } = this.#options;
    const tokenIdOf = (token: TokenReference) => tokens.tokenIdOf(token);
    return withFindings(withOwners(tokens.modules, { wallet, tokenIdOf }));
  }

  /** Each token that is there, held against what an offer asks for. */
  async compatibility(
    organizationId: string,
    offerId: string,
  ): Promise<readonly TokenCompatibility[]> {
    const { key } = this.#offer(organizationId, offerId);
    await this.#options.tokens.watch();
    return tokensIn(this.modules).map((token) => compatibilityOf(token, key));
  }

  async changePin(tokenId: string, change: PinChange): Promise<void> {
    const { tokens } = this.#options;
    await this.#changingPin(tokenId, change, (token) => tokens.changePin(token, change));
  }

  /** By the PUK. */
  async unblockPin(tokenId: string, change: PinChange): Promise<void> {
    const { tokens } = this.#options;
    await this.#changingPin(tokenId, change, (token) => tokens.unblockPin(token, change));
  }

  /** One that the wallet made and that nothing needs any more. */
  async removeKey(tokenId: string, keyId: string): Promise<void> {
    const { tokens, keys, wallet } = this.#options;
    const row = wallet.tokenKeys
      .list()
      .find(({ key }) => key.id === keyId && tokens.tokenIdOf(key.token) === tokenId);
    if (row?.state !== 'left-behind' || row.origin !== 'made') {
      throw new CredentialError({ code: 'invalid-request' }, 'removing a key from a token');
    }
    const owner = row.id;
    try {
      await keys.remove(row.id, { reason: 'remove-key', owner });
    } finally {
      await keys.rest(owner);
    }
    const detail = row.key.token.label;
    wallet.activity.append({ event: 'token-key-removed', ...(detail && { detail }) });
    await tokens.refresh();
  }

  async #changingPin(
    tokenId: string,
    { current, next }: PinChange,
    work: (token: ReturnType<TokenAccess['referenceOf']>) => Promise<void>,
  ): Promise<void> {
    const { tokens, wallet } = this.#options;
    try {
      const token = tokens.referenceOf(tokenId);
      await work(token);
      const detail = token.label;
      wallet.activity.append({ event: 'token-pin-changed', ...(detail && { detail }) });
    } finally {
      current?.fill(0);
      next?.fill(0);
    }
  }

  #offer(organizationId: string, offerId: string): CredentialOffer {
    const organization = this.#options.wallet.organizations.find(organizationId);
    const offer = organization?.profile.credentials.find(({ id }) => id === offerId);
    if (offer !== undefined) return offer;
    throw new CredentialError({ code: 'not-found' }, 'finding the offer');
  }
}

/** All tokens that modules show now. */
export function tokensIn(modules: readonly ModuleView[]): readonly TokenView[] {
  return modules.flatMap(({ readers }) => readers.flatMap(({ token }) => token ?? []));
}
