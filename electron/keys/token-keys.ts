import { basename } from 'node:path';
import type { KeyType } from '../../shared/models/enrollment-profile.ts';
import type { TokenFault } from '../../shared/failure.ts';
import type {
  FoundKey,
  TokenAccess,
  TokenCertificates,
  TokenKeyReference,
  TokenLock,
  TokenReference,
} from '../pkcs11/token-access.ts';
import { ModuleError, TokenError } from '../pkcs11/token-error.ts';
import type { KeyUse } from './key-ring.ts';
import type { AskPin } from './pin.ts';
import { readPublicKey } from './public-key.ts';
import type { Signer } from './signer.ts';
import { KeyNotFoundError } from './software-keys.ts';
import type { TokenKeyRecord, TokenKeyStore } from './token-key-record.ts';
import { TokenLogins } from './token-logins.ts';
import { TokenSigner } from './token-signer.ts';

/** How programs reach a key. */
export interface KeyOnToken {
  readonly key: TokenKeyReference;
  /** What the module calls itself, or its file's name. */
  readonly moduleName: string;
}

/** What a token says of a key: its word, which nothing attests. */
export interface KeyReport extends Pick<FoundKey, 'neverExtractable' | 'local'> {
  readonly token: TokenReference;
}

/** Another way to a card's certificates, where its module has none. */
export interface CertificateWriter {
  /** Resolves to whether this is such a card, and was written; takes away no certificate but the one named. */
  write(
    key: TokenKeyReference,
    lock: TokenLock,
    wish: Pick<TokenCertificates, 'certificate' | 'replaces'>,
  ): Promise<boolean>;
}

export interface TokenKeysOptions {
  readonly tokens: TokenAccess;
  readonly store: TokenKeyStore;
  readonly askPin: AskPin;
  readonly randomBytes: (size: number) => Uint8Array;
  readonly otherWriter?: CertificateWriter;
}

export interface TokenKeyRequest {
  readonly id: string;
  readonly type: KeyType;
  readonly token: TokenReference;
  readonly label: string;
  /** CKA_ID of a key that is there. */
  readonly existing: string | undefined;
}

/** As long as the SHA-1 that others put there: every module takes it, and no two are alike. */
const idLength = 20;

/** Keys on tokens; each is written down before it is made. */
export class TokenKeys {
  readonly #options: TokenKeysOptions;
  readonly #logins: TokenLogins;

  constructor(options: TokenKeysOptions) {
    this.#options = options;
    this.#logins = new TokenLogins(options);
  }

  has(id: string): boolean {
    return this.#options.store.find(id) !== undefined;
  }

  /** Makes the key, or takes the existing one over, unless that was done before the wallet stopped. */
  async ensure(request: TokenKeyRequest, use: KeyUse): Promise<void> {
    const known = this.#options.store.find(request.id);
    if (known?.state === 'made') return;
    const record = known ?? this.#announce(request);
    if (record.origin === 'found') await this.#adopt(record, use);
    else if (known === undefined || !(await this.#pickUp(record, use))) {
      await this.#make(record, request.label, use);
    }
  }

  signer(id: string, use: KeyUse): Promise<Signer> {
    return new Promise((resolve) => {
      const { tokens, store } = this.#options;
      const { key, type, spki } = store.find(id) ?? {};
      if (key === undefined || type === undefined || !spki) throw new KeyNotFoundError(id);
      const logins = this.#logins;
      resolve(new TokenSigner({ tokens, logins, key, type, publicSpki: spki, use }));
    });
  }

  /** Lends the PIN of a key's token to programs of others (`TokenLogins.lend`). */
  lendPin<T>(id: string, use: KeyUse, work: (pin: Uint8Array | null) => Promise<T>): Promise<T> {
    return this.#logins.lend(this.#find(id).key.token, use, work);
  }

  /** Of a key that is nothing of the wallet's: it is used for this once, and nothing is remembered of it. */
  foreignSigner(key: TokenKeyReference, publicSpki: Uint8Array, use: KeyUse): Promise<Signer> {
    return new Promise((resolve) => {
      const { tokens } = this.#options;
      const { type } = readPublicKey(publicSpki);
      resolve(new TokenSigner({ tokens, logins: this.#logins, key, type, publicSpki, use }));
    });
  }

  /** Key pair and certificates; of a key that was there before, only what is remembered. `chain`: written beside it, DER. */
  async remove(id: string, use: KeyUse, chain: readonly Uint8Array[] = []): Promise<void> {
    const { tokens, store } = this.#options;
    const record = store.find(id);
    if (record === undefined) return;
    if (record.origin === 'made') {
      await this.#logins.with(record.key.token, use, () => tokens.remove(record.key, chain));
    }
    store.remove(id);
  }

  /** As `remove`; a key that the token does not let go is remembered as left behind. */
  async abandon(id: string, use: KeyUse): Promise<void> {
    const { store } = this.#options;
    const record = store.find(id);
    if (record === undefined) return;
    // A kill from here on leaves a key that is listed and can be removed.
    this.leaveBehind(id);
    try {
      await this.remove(id, use);
    } catch (error) {
      const isTold = error instanceof TokenError || error instanceof ModuleError;
      if (!isTold && use.signal?.aborted !== true) throw error;
    }
  }

  /** As `abandon`, without a word to the token. */
  leaveBehind(id: string): void {
    const { store } = this.#options;
    const record = store.find(id);
    if (record === undefined) return;
    // Of a key that was there before nothing is left.
    if (record.origin === 'found') store.remove(id);
    else store.save({ ...record, state: 'left-behind' });
  }

  /** `null`: no such key. */
  onToken(id: string): KeyOnToken | null {
    const { tokens, store } = this.#options;
    const key = store.find(id)?.key;
    if (key === undefined) return null;
    const module = tokens.modules.find(({ path }) => path === key.token.modulePath);
    return { key, moduleName: module?.name ?? basename(key.token.modulePath) };
  }

  /** `null`: the token has no such key any more. */
  async report(id: string, use: KeyUse): Promise<KeyReport | null> {
    const record = this.#find(id);
    const found = await this.#look(record, use);
    if (found === null || found === 'incomplete') return null;
    const { neverExtractable, local } = found;
    return { token: record.key.token, neverExtractable, local };
  }

  /** Rejects with `ModuleError` when programs must not load the key's module, or not any more. */
  async checkModule(id: string): Promise<void> {
    await this.#options.tokens.checkModule(this.#find(id).key.token.modulePath);
  }

  /** One that is remembered as left behind. Throws `TokenError` `key-not-found` for any other. */
  async removeLeftBehind(key: TokenKeyReference, use: KeyUse): Promise<void> {
    const record = this.#options.store.list().find((each) => this.#isSame(each.key, key));
    if (record?.state !== 'left-behind') throw await this.#refusal(key.token, 'key-not-found');
    await this.remove(record.id, use);
  }

  async writeCertificates(id: string, certificates: TokenCertificates, use: KeyUse): Promise<void> {
    const { tokens, otherWriter } = this.#options;
    const { key } = this.#find(id);
    try {
      await this.#logins.with(key.token, use, () => tokens.writeCertificates(key, certificates));
    } catch (error) {
      if (otherWriter === undefined || !isUnwilling(error)) throw error;
      const lock = await tokens.lockOf(key.token);
      if (!(await otherWriter.write(key, lock, certificates))) throw error;
      // What a module remembers of a card does not have it.
      await tokens.refresh();
    }
  }

  /** Of a key that was there before; with a key that the wallet made, certificates go when it goes. */
  async removeCertificates(
    id: string,
    certificates: readonly Uint8Array[],
    use: KeyUse,
  ): Promise<void> {
    const { tokens } = this.#options;
    const { key, origin } = this.#find(id);
    if (origin === 'made') return;
    await this.#logins.with(key.token, use, () => tokens.removeCertificates(key, certificates));
  }

  /** Ends the logins that are held for an owner. */
  async rest(owner: KeyUse['owner']): Promise<void> {
    await this.#logins.rest(owner);
  }

  #announce({ id, type, token, existing }: TokenKeyRequest): TokenKeyRecord {
    const { store, randomBytes } = this.#options;
    const ckaId = existing ?? Buffer.from(randomBytes(idLength)).toString('hex');
    const record: TokenKeyRecord = {
      id,
      key: { token, id: ckaId },
      type,
      state: 'announced',
      origin: existing === undefined ? 'made' : 'found',
      spki: null,
    };
    store.save(record);
    return record;
  }

  async #make(record: TokenKeyRecord, label: string, use: KeyUse): Promise<void> {
    const { tokens, store } = this.#options;
    const { key, type } = record;
    const outcome = { mayExist: false };
    const make = async (): Promise<FoundKey> => {
      outcome.mayExist = true;
      try {
        return await tokens.generateKeyPair(key.token, { type, id: key.id, label });
      } catch (error) {
        if (error instanceof TokenError && error.reason === 'pin-needed') {
          outcome.mayExist = false;
        }
        throw error;
      }
    };
    try {
      await this.#keep(record, await this.#logins.with(key.token, use, make));
    } catch (error) {
      if (!outcome.mayExist) store.remove(record.id);
      throw error;
    }
  }

  /** Whether the key was made before the wallet stopped; one that was made by half is taken away. */
  async #pickUp(record: TokenKeyRecord, use: KeyUse): Promise<boolean> {
    const found = await this.#look(record, use);
    if (found === null) return false;
    if (found === 'incomplete') {
      const { tokens } = this.#options;
      await this.#logins.with(record.key.token, use, () => tokens.remove(record.key));
      return false;
    }
    await this.#keep(record, found);
    return true;
  }

  async #adopt(record: TokenKeyRecord, use: KeyUse): Promise<void> {
    const { store } = this.#options;
    const { token } = record.key;
    try {
      const others = store.list().filter(({ id }) => id !== record.id);
      if (others.some(({ key }) => this.#isSame(key, record.key))) {
        throw await this.#refusal(token, 'refused');
      }
      const found = await this.#look(record, use);
      if (found === null || found === 'incomplete') {
        throw await this.#refusal(token, 'key-not-found');
      }
      await this.#keep(record, found);
    } catch (error) {
      // Nothing of it is ours to be taken away.
      store.remove(record.id);
      throw error;
    }
  }

  /** Before login a token shows some keys by half, or not at all: that says nothing about them. */
  #look({ key }: TokenKeyRecord, use: KeyUse): Promise<FoundKey | 'incomplete' | null> {
    const { tokens } = this.#options;
    return this.#logins.with(key.token, use, async () => {
      const found = await tokens.findKey(key);
      if (found !== null && found !== 'incomplete') return found;
      const { login, isLoggedIn } = await tokens.lockOf(key.token);
      if (login === 'none' || isLoggedIn) return found;
      throw await this.#refusal(key.token, 'pin-needed');
    });
  }

  /** Believes neither what a module says of a type nor that it made what it was asked for. */
  async #keep(
    record: TokenKeyRecord,
    { type, publicSpki, isExtractable }: FoundKey,
  ): Promise<void> {
    // What can leave its token is no key on a token, whoever made it.
    const isWanted = !isExtractable && type === record.type && typeOf(publicSpki) === record.type;
    if (!isWanted) throw await this.#refusal(record.key.token, 'key-mismatch');
    if (this.#isTaken(record.id, publicSpki))
      throw await this.#refusal(record.key.token, 'refused');
    this.#options.store.save({ ...record, state: 'made', spki: publicSpki });
  }

  /** Two modules may show one card as two tokens: whose a key is its public half says. */
  #isTaken(id: string, spki: Uint8Array): boolean {
    const others = this.#options.store.list().filter((each) => each.id !== id);
    return others.some((each) => each.spki !== null && Buffer.compare(each.spki, spki) === 0);
  }

  #isSame(one: TokenKeyReference, other: TokenKeyReference): boolean {
    const { tokens } = this.#options;
    const tokenId = tokens.tokenIdOf(one.token);
    return one.id === other.id && tokenId !== null && tokenId === tokens.tokenIdOf(other.token);
  }

  #find(id: string): TokenKeyRecord {
    const record = this.#options.store.find(id);
    if (record === undefined) throw new KeyNotFoundError(id);
    return record;
  }

  async #refusal(token: TokenReference, reason: TokenFault): Promise<TokenError> {
    const { moduleName: module } = await this.#options.tokens.lockOf(token);
    return new TokenError({ reason, module, token: token.label }, 'using a key of a token');
  }
}

/** A module that cannot store certificates, for whatever it calls that. */
const isUnwilling = (error: unknown): boolean =>
  error instanceof TokenError &&
  (['not-supported', 'read-only', 'refused'] as TokenFault[]).includes(error.reason);

function typeOf(spki: Uint8Array): KeyType | null {
  try {
    return readPublicKey(spki).type;
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}
