import type { ModuleView } from '../shared/models/token.ts';
import type {
  FoundKey,
  Login,
  NewTokenKey,
  PinChange,
  SignatureRequest,
  TokenAccess,
  TokenCertificates,
  TokenKeyReference,
  TokenLock,
  TokenReference,
} from './pkcs11/token-access.ts';
import { TokenError } from './pkcs11/token-error.ts';

/** The tokens of this computer, whose code is read when somebody first wants one: most starts never do. */
export class LateTokens implements TokenAccess {
  readonly #open: () => Promise<TokenAccess>;
  readonly #listeners = new Set<() => void>();
  #opening: Promise<TokenAccess> | undefined;
  #opened: TokenAccess | undefined;
  #isClosed = false;

  constructor(open: () => Promise<TokenAccess>) {
    this.#open = open;
  }

  get modules(): readonly ModuleView[] {
    return this.#opened?.modules ?? [];
  }

  get status(): TokenAccess['status'] {
    return this.#opened?.status ?? 'not-looked';
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  referenceOf(tokenId: string): TokenReference {
    if (this.#opened !== undefined) return this.#opened.referenceOf(tokenId);
    throw new TokenError({ reason: 'not-present', module: '' }, 'looking for a token');
  }

  tokenIdOf(token: TokenReference): string | null {
    return this.#opened?.tokenIdOf(token) ?? null;
  }

  async watch(): Promise<void> {
    await (await this.#tokens()).watch();
  }

  async refresh(): Promise<void> {
    await (await this.#tokens()).refresh();
  }

  async lockOf(token: TokenReference): Promise<TokenLock> {
    return (await this.#tokens()).lockOf(token);
  }

  async login(token: TokenReference, login: Login): Promise<void> {
    await (await this.#tokens()).login(token, login);
  }

  async logout(token: TokenReference): Promise<void> {
    // Where nothing was opened, nobody is logged in.
    await this.#opened?.logout(token);
  }

  async logoutAll(): Promise<void> {
    await this.#opened?.logoutAll();
  }

  async checkModule(path: string): Promise<void> {
    await (await this.#tokens()).checkModule(path);
  }

  async generateKeyPair(token: TokenReference, key: NewTokenKey): Promise<FoundKey> {
    return (await this.#tokens()).generateKeyPair(token, key);
  }

  async findKey(key: TokenKeyReference): Promise<FoundKey | 'incomplete' | null> {
    return (await this.#tokens()).findKey(key);
  }

  async sign(key: TokenKeyReference, request: SignatureRequest): Promise<Uint8Array> {
    return (await this.#tokens()).sign(key, request);
  }

  async writeCertificates(key: TokenKeyReference, written: TokenCertificates): Promise<void> {
    await (await this.#tokens()).writeCertificates(key, written);
  }

  async remove(key: TokenKeyReference, chain?: readonly Uint8Array[]): Promise<void> {
    await (await this.#tokens()).remove(key, chain);
  }

  async removeCertificates(
    key: TokenKeyReference,
    certificates: readonly Uint8Array[],
  ): Promise<void> {
    await (await this.#tokens()).removeCertificates(key, certificates);
  }

  async changePin(token: TokenReference, change: PinChange): Promise<void> {
    await (await this.#tokens()).changePin(token, change);
  }

  async unblockPin(token: TokenReference, change: PinChange): Promise<void> {
    await (await this.#tokens()).unblockPin(token, change);
  }

  async addModule(path: string): Promise<void> {
    await (await this.#tokens()).addModule(path);
  }

  async forgetModule(moduleId: string): Promise<void> {
    await (await this.#tokens()).forgetModule(moduleId);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#listeners.clear();
    await this.#opening?.then((tokens) => tokens.close());
  }

  async #tokens(): Promise<TokenAccess> {
    if (this.#isClosed) throw new DOMException('the wallet is being closed', 'AbortError');
    this.#opening ??= this.#load();
    return this.#opening;
  }

  async #load(): Promise<TokenAccess> {
    const tokens = await this.#open();
    this.#opened = tokens;
    tokens.subscribe(() => {
      for (const listener of this.#listeners) listener();
    });
    return tokens;
  }
}
