import type { ModuleView } from '../../shared/models/token.ts';
import { usualDeadlines, type Deadlines } from './deadlines.ts';
import { limits } from './limits.ts';
import type { CallInput, CallName, CallOutput } from './messages.ts';
import { moduleIdOf, viewOf } from './module-state.ts';
import type { FoundModule, ModuleSource } from './module-source.ts';
import type {
  FoundKey,
  Login,
  NewTokenKey,
  PinChange,
  SignatureRequest,
  StoredTokenCertificate,
  TokenAccess,
  TokenCertificates,
  TokenKeyReference,
  TokenLock,
  TokenReference,
  TokenSighting,
} from './token-access.ts';
import { askOnPad } from './pin-pad.ts';
import type { TokenProcessLauncher } from './token-child.ts';
import { ModuleError, TokenError } from './token-error.ts';
import { TokenPlaces, type TokenPlace } from './token-places.ts';
import { wiping } from './wiping.ts';
import type { WatchedModule } from './watched-module.ts';

export interface TokensOptions {
  readonly modules: ModuleSource;
  readonly launcher: TokenProcessLauncher;
  readonly report: (doing: string, error?: unknown) => void;
  readonly deadlines?: Partial<Deadlines>;
  /** Milliseconds after which a PIN pad that says "cancelled" was rather left alone: both have one code. */
  readonly padPatience?: number;
  /** Milliseconds, of a clock that only goes forward. */
  readonly now?: () => number;
}

/** Most starts of the wallet need no token: what speaks with their processes is read at the first look. */
const loadWatched = () => import('./watched-module.ts');

/** The tokens of this computer, each module of which runs in a process of its own. */
export class Tokens implements TokenAccess {
  readonly #options: TokensOptions;
  readonly #deadlines: Deadlines;
  readonly #listeners = new Set<() => void>();
  readonly #modules = new Map<string, WatchedModule>();
  readonly #places = new TokenPlaces(this.#modules);
  #views: readonly ModuleView[] = [];
  #status: TokenAccess['status'] = 'not-looked';
  #watching: Promise<void> | null = null;
  #listing: Promise<readonly WatchedModule[]> | null = null;
  #isClosed = false;

  constructor(options: TokensOptions) {
    this.#options = options;
    this.#deadlines = { ...usualDeadlines, ...options.deadlines };
  }

  get modules(): readonly ModuleView[] {
    return this.#views;
  }

  get status(): TokenAccess['status'] {
    return this.#status;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  watch(): Promise<void> {
    this.#watching ??= this.#lookEverywhere();
    return this.#watching;
  }

  async refresh(): Promise<void> {
    if (this.#status === 'looking') await this.#watching;
    this.#watching = this.#lookEverywhere();
    await this.#watching;
  }

  referenceOf(tokenId: string): TokenReference {
    const token = this.#places.all.find((seen) => seen.token.tokenId === tokenId)?.token;
    if (token === undefined) throw new TokenError({ reason: 'not-present', module: '' }, 'looking');
    return { ...token.identity, modulePath: token.modulePath };
  }

  tokenIdOf(token: TokenReference): string | null {
    const found = this.#places.resolve(token);
    return typeof found === 'string' ? null : found.token.tokenId;
  }

  async lockOf(token: TokenReference): Promise<TokenLock> {
    try {
      return await this.#lockOf(token);
    } catch (error) {
      if (!(error instanceof TokenError && error.reason === 'removed')) throw error;
      // Something else is written on it than when it was looked at last, or it is another.
      await this.#modules.get((await this.#find(token)).token.modulePath)?.look();
      return this.#lockOf(token);
    }
  }

  login(token: TokenReference, { pin, acceptFinalTry, hold, sighting }: Login): Promise<void> {
    return wiping([pin], async () => {
      const place = await this.#find(token, sighting);
      await this.#ask(place, 'login', { pin, acceptFinalTry, hold }, pin === null);
    });
  }

  async logout(token: TokenReference): Promise<void> {
    // Where nobody has looked, nobody is logged in.
    if (this.#status === 'not-looked') return;
    await this.#call(token, 'logout', {});
  }

  generateKeyPair(token: TokenReference, key: NewTokenKey): Promise<FoundKey> {
    return this.#call(token, 'generateKeyPair', { ...key });
  }

  findKey({ token, id }: TokenKeyReference): Promise<FoundKey | 'incomplete' | null> {
    return this.#call(token, 'findKey', { id });
  }

  sign({ token, id }: TokenKeyReference, request: SignatureRequest): Promise<Uint8Array> {
    const { type, data, authentication } = request;
    if (authentication === undefined) return this.#call(token, 'sign', { id, type, data });
    const { pin, acceptFinalTry, sighting } = authentication;
    return wiping([pin], async () => {
      const place = await this.#find(token, sighting);
      const input = { id, type, data, authentication: { pin, acceptFinalTry } };
      return this.#ask(place, 'sign', input, pin === null);
    });
  }

  readCertificates(token: TokenReference): Promise<readonly StoredTokenCertificate[]> {
    return this.#call(token, 'readCertificates', {});
  }

  async writeCertificates(key: TokenKeyReference, written: TokenCertificates): Promise<void> {
    const { label, certificate, chain } = written;
    const input = { id: key.id, label, certificate, chain: [...chain] };
    await this.#call(key.token, 'writeCertificates', input);
  }

  async remove({ token, id }: TokenKeyReference, chain: readonly Uint8Array[] = []): Promise<void> {
    await this.#call(token, 'remove', { id, chain: writable(chain) });
  }

  async removeCertificates(
    { token, id }: TokenKeyReference,
    certificates: readonly Uint8Array[],
  ): Promise<void> {
    await this.#call(token, 'removeCertificates', { id, certificates: [...certificates] });
  }

  changePin(token: TokenReference, change: PinChange): Promise<void> {
    return this.#setPin(token, 'changePin', change);
  }

  unblockPin(token: TokenReference, change: PinChange): Promise<void> {
    return this.#setPin(token, 'unblockPin', change);
  }

  async logoutAll(): Promise<void> {
    // A process that has ended took its logins along.
    const places = this.#places.all.filter(
      ({ module, token }) => module.state.status === 'ready' && token.found.isInitialized,
    );
    const logouts = places.map((place) => this.#ask(place, 'logout', {}));
    for (const outcome of await Promise.allSettled(logouts)) {
      if (outcome.status === 'fulfilled') continue;
      this.#options.report('logging out of a token', outcome.reason);
    }
  }

  async checkModule(path: string): Promise<void> {
    await this.watch();
    const found = this.#modules.get(path)?.state.found;
    if (found === undefined) throw new ModuleError({ reason: 'not-allowed', path });
    if (found.failure !== undefined) throw found.failure;
    // Policy and file may be others than when the module was started.
    await this.#options.modules.check(path);
  }

  async addModule(path: string): Promise<void> {
    // Not until all others have answered: one of them may take long.
    await Promise.race([this.watch(), this.#listing]);
    await this.#options.modules.check(path);
    const found = await this.#options.modules.add(path);
    const known = this.#modules.get(found.path);
    if (known !== undefined && !isUsable(known)) this.#forget(known);
    const module = this.#moduleFor(found, await loadWatched());
    this.#changed();
    await module.look();
  }

  async forgetModule(moduleId: string): Promise<void> {
    const path = [...this.#modules.keys()].find((each) => moduleIdOf(each) === moduleId);
    if (path === undefined) throw new ModuleError({ reason: 'missing', path: '' });
    await this.#options.modules.forget(path);
    const module = this.#modules.get(path);
    if (module !== undefined) this.#forget(module);
    this.#changed();
  }

  close(): Promise<void> {
    this.#isClosed = true;
    for (const module of this.#modules.values()) module.close();
    this.#modules.clear();
    this.#listeners.clear();
    return Promise.resolve();
  }

  async #lookEverywhere(): Promise<void> {
    this.#become('looking');
    this.#listing = this.#list();
    try {
      const modules = await this.#listing;
      await Promise.all(modules.map((module) => module.look()));
      this.#become('ready');
    } catch (error) {
      // The next who asks tries again.
      this.#watching = null;
      this.#become('not-looked');
      throw error;
    }
  }

  async #list(): Promise<readonly WatchedModule[]> {
    const [found, watched] = await Promise.all([this.#options.modules.list(), loadWatched()]);
    this.#forgetAllBut(found);
    const modules = found.map((each) => this.#moduleFor(each, watched));
    this.#changed();
    return modules;
  }

  /** Those that were not usable before are looked at as if they were new. */
  #forgetAllBut(found: readonly FoundModule[]): void {
    for (const [path, module] of this.#modules) {
      const again = found.find((each) => each.path === path);
      const isAsBefore = again !== undefined && again.failure === undefined && isUsable(module);
      if (!isAsBefore) this.#forget(module);
    }
  }

  #forget(module: WatchedModule): void {
    module.close();
    this.#modules.delete(module.state.found.path);
  }

  #moduleFor(found: FoundModule, watched: Awaited<ReturnType<typeof loadWatched>>): WatchedModule {
    // Nobody would end its process.
    if (this.#isClosed) throw new DOMException('the wallet is being closed', 'AbortError');
    const known = this.#modules.get(found.path);
    if (known !== undefined) return known;
    const { launcher, report, now } = this.#options;
    const module = new watched.WatchedModule({
      ...{ found, launcher, report },
      ...(now === undefined ? {} : { now }),
      deadlines: this.#deadlines,
      onChange: () => this.#changed(),
    });
    this.#modules.set(found.path, module);
    return module;
  }

  #become(status: TokenAccess['status']): void {
    this.#status = status;
    this.#changed();
  }

  #changed(): void {
    this.#views = [...this.#modules.values()].map(({ state }) => viewOf(state));
    for (const listener of this.#listeners) listener();
  }

  /** Where the token is; with a sighting only where, and as, it was seen. */
  async #find(token: TokenReference, sighting?: TokenSighting): Promise<TokenPlace> {
    await this.watch();
    return this.#places.find(token, sighting);
  }

  async #lockOf(token: TokenReference): Promise<TokenLock> {
    const place = await this.#find(token);
    const { login, pin, pinLength, isLoggedIn } = await this.#ask(place, 'lock', {});
    const { reader, found, modulePath, slot, identity } = place.token;
    return {
      sighting: { modulePath, slot, identity },
      ...{ login, pin, pinLength, isLoggedIn, kind: found.kind, reader },
      moduleName: place.module.name,
    };
  }

  #setPin(
    token: TokenReference,
    name: 'changePin' | 'unblockPin',
    { current, next, acceptFinalTry }: PinChange,
  ): Promise<void> {
    const isOnPad = current === null || next === null;
    return wiping([current, next], async () => {
      await this.#call(token, name, { current, next, acceptFinalTry }, isOnPad);
    });
  }

  async #call<Name extends CallName>(
    token: TokenReference,
    name: Name,
    ...rest: readonly [input: PlacelessInput<Name>, isOnPad?: boolean]
  ): Promise<CallOutput<Name>> {
    return this.#ask(await this.#find(token), name, ...rest);
  }

  #ask<Name extends CallName>(
    { module, token }: TokenPlace,
    name: Name,
    ...[input, isOnPad = false]: readonly [input: PlacelessInput<Name>, isOnPad?: boolean]
  ): Promise<CallOutput<Name>> {
    const { slot, identity } = token;
    const call = {
      name,
      // The compiler does not see that a place and the rest make the whole.
      input: { slot, token: identity, ...input } as unknown as CallInput<Name>,
      token: identity.label,
    };
    if (!isOnPad) return module.call<Name>(call);
    const { now, padPatience } = this.#options;
    const deadline = this.#deadlines.pinPad;
    return askOnPad(() => module.call<Name>({ ...call, deadline }), { now, padPatience });
  }
}

/** Whether its file could serve when it was found; what is not so is never started. */
const isUsable = ({ state }: WatchedModule): boolean => state.found.failure === undefined;

/** What is beyond was never written, and must not keep a key from being removed. */
const writable = (chain: readonly Uint8Array[]): Uint8Array[] =>
  chain.filter(({ byteLength }) => byteLength <= limits.mostOctets).slice(0, limits.mostIssuers);

type PlacelessInput<Name extends CallName> = Omit<CallInput<Name>, 'slot' | 'token'>;
