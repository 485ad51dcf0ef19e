import type { ModuleView } from '../../shared/models/token.ts';
import type { CallInput, CallName, CallOutput } from './messages.ts';
import { moduleIdOf, viewOf, type SeenToken } from './module-state.ts';
import type { FoundModule, ModuleSource } from './module-source.ts';
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
} from './token-access.ts';
import type { TokenProcessLauncher } from './token-child.ts';
import { ModuleError, TokenError } from './token-error.ts';
import { usualDeadlines, type Call, type Deadlines } from './token-process.ts';
import { resolveToken } from './token-resolution.ts';
import { WatchedModule } from './watched-module.ts';

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

interface TokenPlace {
  readonly module: WatchedModule;
  readonly token: SeenToken;
}

/** The tokens of this computer, each module of which runs in a process of its own. */
export class Tokens implements TokenAccess {
  readonly #options: TokensOptions;
  readonly #deadlines: Deadlines;
  readonly #listeners = new Set<() => void>();
  readonly #modules = new Map<string, WatchedModule>();
  #views: readonly ModuleView[] = [];
  #status: TokenAccess['status'] = 'not-looked';
  #watching: Promise<void> | null = null;

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
    const token = this.#seen().find((seen) => seen.token.tokenId === tokenId)?.token;
    if (token === undefined) throw new TokenError({ reason: 'not-present', module: '' }, 'looking');
    return { ...token.identity, modulePath: token.modulePath };
  }

  tokenIdOf(token: TokenReference): string | null {
    const found = this.#resolve(token);
    return typeof found === 'string' ? null : found.token.tokenId;
  }

  async lockOf(token: TokenReference): Promise<TokenLock> {
    const place = await this.#find(token);
    const { login, pin, pinLength, isLoggedIn } = await this.#ask(place, 'lock', {});
    const { reader, found } = place.token;
    const moduleName = place.module.name;
    return { login, pin, pinLength, isLoggedIn, kind: found.kind, reader, moduleName };
  }

  login(token: TokenReference, { pin, acceptFinalTry, hold }: Login): Promise<void> {
    return wiping([pin], async () => {
      await this.#call(token, 'login', { pin, acceptFinalTry, hold }, pin === null);
    });
  }

  async logout(token: TokenReference): Promise<void> {
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
    return wiping([authentication?.pin], () =>
      this.#call(
        token,
        'sign',
        { id, type, data, ...(authentication === undefined ? {} : { authentication }) },
        authentication?.pin === null,
      ),
    );
  }

  async writeCertificates(key: TokenKeyReference, written: TokenCertificates): Promise<void> {
    const { label, certificate, chain } = written;
    const input = { id: key.id, label, certificate, chain: [...chain] };
    await this.#call(key.token, 'writeCertificates', input);
  }

  async remove({ token, id }: TokenKeyReference): Promise<void> {
    await this.#call(token, 'remove', { id });
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

  async addModule(path: string): Promise<void> {
    await this.watch();
    await this.#options.modules.check(path);
    const found = await this.#options.modules.add(path);
    const module = this.#moduleFor(found);
    this.#changed();
    await module.look();
  }

  async forgetModule(moduleId: string): Promise<void> {
    const path = [...this.#modules.keys()].find((each) => moduleIdOf(each) === moduleId);
    if (path === undefined) throw new ModuleError({ reason: 'missing', path: '' });
    await this.#options.modules.forget(path);
    this.#modules.get(path)?.close();
    this.#modules.delete(path);
    this.#changed();
  }

  close(): Promise<void> {
    for (const module of this.#modules.values()) module.close();
    this.#modules.clear();
    this.#listeners.clear();
    return Promise.resolve();
  }

  async #lookEverywhere(): Promise<void> {
    this.#become('looking');
    try {
      const found = await this.#options.modules.list();
      this.#forgetAllBut(found);
      const modules = found.map((each) => this.#moduleFor(each));
      this.#changed();
      await Promise.all(modules.map((module) => module.look()));
      this.#become('ready');
    } catch (error) {
      // The next who asks tries again.
      this.#watching = null;
      this.#become('not-looked');
      throw error;
    }
  }

  /** Those that were not usable before are looked at as if they were new. */
  #forgetAllBut(found: readonly FoundModule[]): void {
    for (const [path, module] of this.#modules) {
      const again = found.find((each) => each.path === path);
      const isAsBefore =
        again !== undefined &&
        again.failure === undefined &&
        module.state.found.failure === undefined;
      if (isAsBefore) continue;
      module.close();
      this.#modules.delete(path);
    }
  }

  #moduleFor(found: FoundModule): WatchedModule {
    const known = this.#modules.get(found.path);
    if (known !== undefined) return known;
    const { launcher, report } = this.#options;
    const module = new WatchedModule({
      ...{ found, launcher, report },
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

  #seen(): readonly TokenPlace[] {
    return [...this.#modules.values()].flatMap((module) =>
      module.seen.map((token) => ({ module, token })),
    );
  }

  #resolve(reference: TokenReference): TokenPlace | 'not-present' | 'ambiguous' {
    const places = this.#seen().map((place) => ({ ...place.token, place }));
    const found = resolveToken(reference, places);
    return typeof found === 'string' ? found : found.place;
  }

  /** Looks once more before it says that a token is not there: events take their time. */
  async #find(reference: TokenReference): Promise<TokenPlace> {
    await this.watch();
    let found = this.#resolve(reference);
    const module = this.#modules.get(reference.modulePath);
    if (found === 'not-present' && module !== undefined) {
      await module.look();
      found = this.#resolve(reference);
    }
    if (typeof found !== 'string') return found;
    const name = module?.name ?? reference.modulePath;
    throw new TokenError(
      { reason: found, module: name, token: reference.label },
      'looking for a token',
    );
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
      input: { slot, serial: identity.serial, ...input } as unknown as CallInput<Name>,
      token: identity.label,
    };
    return isOnPad ? this.#askOnPad(module, call) : module.call<Name>(call);
  }

  /** Readers say the same (CKR_FUNCTION_CANCELED) when the person cancels and when nobody comes: the time tells. */
  async #askOnPad<Name extends CallName>(
    module: WatchedModule,
    call: Call<Name>,
  ): Promise<CallOutput<Name>> {
    const { now = () => performance.now(), padPatience = usualPadPatience } = this.#options;
    const start = now();
    try {
      return await module.call<Name>({ ...call, deadline: this.#deadlines.pinPad });
    } catch (error) {
      const isCancelled = error instanceof TokenError && error.reason === 'pin-cancelled';
      if (!isCancelled || now() - start < padPatience) throw error;
      throw new TokenError({ ...error.facts, reason: 'pin-timed-out' }, call.name, {
        cause: error,
      });
    }
  }
}

/** Readers wait for fifteen seconds or more. */
const usualPadPatience = 14_000;

type PlacelessInput<Name extends CallName> = Omit<CallInput<Name>, 'slot' | 'serial'>;

async function wiping<T>(
  secrets: readonly (Uint8Array | null | undefined)[],
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } finally {
    for (const secret of secrets) secret?.fill(0);
  }
}
