import { BackOff } from './back-off.ts';
import type { Deadlines } from './deadlines.ts';
import type { CallName, CallOutput } from './messages.ts';
import type { FoundModule } from './module-source.ts';
import {
  afterFailure,
  afterLook,
  newModule,
  seenTokens,
  type ModuleState,
  type SeenToken,
} from './module-state.ts';
import type { TokenProcessLauncher } from './token-child.ts';
import { ModuleError, TokenError } from './token-error.ts';
import { TokenProcess, type Call } from './token-process.ts';

export interface WatchedModuleOptions {
  readonly found: FoundModule;
  readonly launcher: TokenProcessLauncher;
  readonly deadlines: Deadlines;
  readonly onChange: () => void;
  readonly report: (doing: string, error?: unknown) => void;
  /** Milliseconds, of a clock that only goes forward. */
  readonly now?: () => number;
}

/** Calls after which a token may show something else than before. */
const changing: ReadonlySet<CallName> = new Set([
  'login',
  'logout',
  'generateKeyPair',
  'writeCertificates',
  'remove',
  'removeCertificates',
  'changePin',
  'unblockPin',
]);

/** Milliseconds: what a flow asks for next comes first. */
const afterwards = 150;

const seconds = 1_000;
/** The first is looked at now; a module that tells of something without end is looked at now and then. */
const eventPace = { first: 0, second: 100, most: 5 * seconds, quiet: seconds };
/** A module that works in between for a while may end as often as that; others are left alone more and more. */
const restartPace = {
  first: afterwards,
  second: afterwards,
  most: 60 * seconds,
  quiet: 120 * seconds,
};

/** A module with what it showed last; it looks again after events, changes and the end of its process. */
export class WatchedModule {
  readonly #options: WatchedModuleOptions;
  readonly #process: TokenProcess;
  #state: ModuleState;
  #seen: readonly SeenToken[] = [];
  #look: Promise<void> | null = null;
  #later: NodeJS.Timeout | undefined;
  #isStale = false;
  readonly #events: BackOff;
  /** Something was told of that nobody looks at yet. */
  #isAwaited = false;
  #isClosed = false;
  #atEvent: NodeJS.Timeout | undefined;
  readonly #ends: BackOff;

  constructor(options: WatchedModuleOptions) {
    this.#options = options;
    const { now = () => performance.now() } = options;
    this.#events = new BackOff({ ...eventPace, now });
    this.#ends = new BackOff({ ...restartPace, now });
    this.#state = newModule(options.found);
    this.#process = new TokenProcess({
      modulePath: options.found.path,
      launcher: options.launcher,
      deadlines: options.deadlines,
      onSlotsChanged: () => this.#slotsChanged(),
      onEnd: (reason) => this.#ended(reason),
    });
  }

  get state(): ModuleState {
    return this.#state;
  }

  /** The tokens of `state`: every call asks for them, and a name of one takes a hash. */
  get seen(): readonly SeenToken[] {
    return this.#seen;
  }

  get name(): string {
    return this.#process.name;
  }

  async call<Name extends CallName>(call: Call<Name>): Promise<CallOutput<Name>> {
    try {
      return await this.#process.call(call);
    } finally {
      if (changing.has(call.name)) this.#lookLater();
    }
  }

  /** Asks the module what it shows; who asks meanwhile waits for the look after this one. Never rejects. */
  look(): Promise<void> {
    clearTimeout(this.#later);
    this.#later = undefined;
    if (this.#state.found.failure !== undefined) return Promise.resolve();
    if (this.#look !== null) {
      this.#isStale = true;
      return this.#look;
    }
    this.#look = this.#lookUntilFresh().finally(() => {
      this.#look = null;
      if (this.#isAwaited) this.#lookAtEvent();
    });
    return this.#look;
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#later);
    clearTimeout(this.#atEvent);
    this.#process.close();
  }

  #slotsChanged(): void {
    this.#events.happened();
    if (this.#isAwaited) return;
    this.#isAwaited = true;
    // One that is under way may have seen it, or not.
    if (this.#look === null) this.#lookAtEvent();
  }

  #lookAtEvent(): void {
    if (this.#isClosed) return;
    clearTimeout(this.#atEvent);
    this.#atEvent = setTimeout(() => {
      this.#isAwaited = false;
      void this.look();
    }, this.#events.next());
    this.#atEvent.unref();
  }

  async #lookUntilFresh(): Promise<void> {
    await this.#lookOnce();
    if (this.#isStale) await this.#lookUntilFresh();
  }

  async #lookOnce(): Promise<void> {
    this.#isStale = false;
    try {
      const inventory = await this.#process.call({ name: 'inventory', input: {} });
      this.#become(afterLook(this.#state, inventory, this.#process.name));
    } catch (error) {
      if (!(error instanceof TokenError || error instanceof ModuleError)) throw error;
      this.#options.report('looking at the tokens of a module', error);
      this.#become(afterFailure(this.#state, error.toFailure()));
    }
  }

  #become(state: ModuleState): void {
    this.#state = state;
    this.#seen = seenTokens(state);
    this.#options.onChange();
  }

  #lookLater(delay = afterwards): void {
    clearTimeout(this.#later);
    this.#later = setTimeout(() => void this.look(), delay);
    this.#later.unref();
  }

  /** Once more, for nobody would tell of events otherwise; a look that ends so itself is not repeated. */
  #ended(reason: 'crashed' | 'hung'): void {
    const { path } = this.#state.found;
    this.#become(afterFailure(this.#state, new ModuleError({ reason, path }).toFailure()));
    this.#ends.happened();
    if (this.#look === null) this.#lookLater(this.#ends.next());
  }
}
