import {
  isInput,
  readOutput,
  readReply,
  type CallInput,
  type CallName,
  type CallOutput,
  type TokenReply,
} from './messages.ts';
import type { Deadlines } from './deadlines.ts';
import type { TokenChild, TokenProcessLauncher } from './token-child.ts';
import { ModuleError, TokenError } from './token-error.ts';

export interface TokenProcessOptions {
  readonly modulePath: string;
  readonly launcher: TokenProcessLauncher;
  readonly deadlines: Deadlines;
  readonly onSlotsChanged: () => void;
  /** It ended, and nobody here wanted it to. */
  readonly onEnd: (reason: 'crashed' | 'hung') => void;
}

export interface Call<Name extends CallName> {
  readonly name: Name;
  readonly input: CallInput<Name>;
  /** The token's label, for errors. */
  readonly token?: string;
  /** Milliseconds, where the usual ones do not fit. */
  readonly deadline?: number;
}

interface Running {
  readonly child: TokenChild;
  /** `CK_INFO`, once the module is open. */
  name: string;
}

interface Pending {
  readonly id: number;
  readonly settle: (outcome: Outcome) => void;
}

type Outcome = Extract<TokenReply, { id: number }> | 'crashed' | 'hung' | 'malformed';

/**
 * One module in a process of its own. Calls go one by one; each is answered, or rejects when the process ends or takes too
 * long, and the next call starts another process. So a crash costs the one call that was going on.
 */
export class TokenProcess {
  readonly #options: TokenProcessOptions;
  /** For lists of processes: what a module calls itself is any text. */
  readonly #fileName: string;
  #name: string;
  #running: Running | null = null;
  #pending: Pending | null = null;
  #queue: Promise<unknown> = Promise.resolve();
  #lastId = 0;
  #isClosed = false;

  constructor(options: TokenProcessOptions) {
    this.#options = options;
    this.#fileName = options.modulePath.split(/[\\/]/).at(-1) ?? options.modulePath;
    this.#name = this.#fileName;
  }

  /** What the module calls itself, and its file name until it has said. */
  get name(): string {
    return this.#name;
  }

  /** Rejects with `ModuleError` when the module cannot be opened, else with `TokenError`. */
  call<Name extends CallName>(call: Call<Name>): Promise<CallOutput<Name>> {
    const turn = this.#queue.then(() => this.#perform(call));
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  /** Loads the module unless it is loaded. */
  open(): Promise<void> {
    const turn = this.#queue.then(async () => {
      await this.#opened();
    });
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  close(): void {
    this.#isClosed = true;
    this.#end('crashed');
  }

  async #perform<Name extends CallName>(call: Call<Name>): Promise<CallOutput<Name>> {
    // The token process would refuse it as well, and has to be started for that.
    if (!isInput(call.name, call.input)) throw this.#tokenError(call, 'refused');
    const { child } = await this.#opened();
    const { name, input, deadline = this.#options.deadlines[call.name] } = call;
    const outcome = await this.#ask(child, { name, input, deadline });
    if (typeof outcome === 'string') throw this.#tokenError(call, outcome);
    if ('fault' in outcome) throw this.#tokenError(call, outcome.fault, outcome.detail);
    const output = 'value' in outcome ? readOutput(name, outcome.value) : undefined;
    if (output !== undefined) return output;
    this.#giveUp('crashed');
    throw this.#tokenError(call, 'malformed');
  }

  async #opened(): Promise<Running> {
    if (this.#isClosed)
      throw new ModuleError({ reason: 'crashed', path: this.#options.modulePath });
    if (this.#running !== null) return this.#running;
    const running = this.#start();
    const path = this.#options.modulePath;
    const deadline = this.#options.deadlines.open;
    const outcome = await this.#ask(running.child, { name: 'open', input: { path }, deadline });
    const output =
      typeof outcome !== 'string' && 'value' in outcome
        ? readOutput('open', outcome.value)
        : undefined;
    if (output !== undefined) {
      this.#name = output.name === '' ? this.#name : output.name;
      running.name = this.#name;
      return running;
    }
    this.#end('crashed');
    throw moduleError(path, outcome);
  }

  #start(): Running {
    const { launcher, modulePath, onSlotsChanged } = this.#options;
    const child = startedBy(launcher, modulePath, this.#fileName);
    const running = { child, name: this.#name };
    this.#running = running;
    child.onExit(() => {
      if (this.#running?.child === child) this.#giveUp('crashed');
    });
    child.onMessage((message) => {
      if (this.#running?.child !== child) return;
      const reply = readReply(message);
      if (reply === null) this.#giveUp('malformed');
      else if ('event' in reply) onSlotsChanged();
      else this.#settle(reply);
    });
    return running;
  }

  #ask(
    child: TokenChild,
    { name, input, deadline }: { name: CallName; input: unknown; deadline: number },
  ): Promise<Outcome> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve) => {
      // An answer that came while this process was busy itself is read before the time is called up.
      const timer = setTimeout(() => setImmediate(() => this.#expire(id)), deadline);
      const settle = (outcome: Outcome): void => {
        clearTimeout(timer);
        this.#pending = null;
        resolve(outcome);
      };
      this.#pending = { id, settle };
      child.post({ id, call: name, input });
    });
  }

  /** Answers to what was not asked are passed over. */
  #settle(reply: Extract<TokenReply, { id: number }>): void {
    if (this.#pending?.id === reply.id) this.#pending.settle(reply);
  }

  #expire(id: number): void {
    if (this.#pending?.id === id) this.#giveUp('hung');
  }

  /** Ends the process, tells whoever waits for it, and whoever watches. */
  #giveUp(reason: 'crashed' | 'hung' | 'malformed'): void {
    if (this.#running === null) return;
    this.#end(reason);
    this.#options.onEnd(reason === 'hung' ? 'hung' : 'crashed');
  }

  #end(reason: 'crashed' | 'hung' | 'malformed'): void {
    this.#running?.child.kill();
    this.#running = null;
    this.#pending?.settle(reason);
  }

  #tokenError(
    { name, token }: Call<CallName>,
    reason: TokenError['reason'],
    detail?: string,
  ): TokenError {
    const facts = {
      reason,
      module: this.#name,
      ...(token === undefined ? {} : { token }),
      ...(detail === undefined ? {} : { detail }),
    };
    return new TokenError(facts, name);
  }
}

function startedBy(launcher: TokenProcessLauncher, path: string, name: string): TokenChild {
  try {
    return launcher.start(path, name);
  } catch (cause) {
    // The system has no room for another process, or the path is none.
    throw new ModuleError({ reason: 'crashed', path }, { cause });
  }
}

function moduleError(path: string, outcome: Outcome): ModuleError {
  if (outcome === 'crashed' || outcome === 'hung')
    return new ModuleError({ reason: outcome, path });
  if (typeof outcome === 'string' || !('moduleFault' in outcome)) {
    return new ModuleError({ reason: 'crashed', path });
  }
  const { moduleFault: reason, detail } = outcome;
  return new ModuleError({ reason, path, ...(detail === undefined ? {} : { detail }) });
}
