import {
  numberOfRequest,
  readRequest,
  type CallInput,
  type CallName,
  type CallOutput,
  type TokenReply,
  type TokenRequest,
} from '../messages.ts';
import { readCertificates, writeCertificates } from './certificates.ts';
import { CryptokiError } from './cryptoki-error.ts';
import { Cryptoki } from './cryptoki.ts';
import { InventoryReader } from './inventory.ts';
import { generateKeyPair } from './key-pairs.ts';
import { findKey } from './known-keys.ts';
import { LoginFunctions } from './login.ts';
import { moduleFaultOf } from './module-fault.ts';
import { removeCertificates, removeKey } from './removal.ts';
import { sign } from './signing.ts';
import { watchSlots } from './slot-events.ts';
import type { TokenSession } from './token-session.ts';
import { TokenSessions } from './token-sessions.ts';

export interface TokenProgramOptions {
  readonly reply: (message: TokenReply) => void;
  /** Where `slot-event-worker` lies. */
  readonly worker: URL;
}

type Handlers = {
  readonly [Name in Exclude<CallName, 'open'>]: (
    input: CallInput<Name>,
  ) => Promise<CallOutput<Name>> | CallOutput<Name>;
};

/** Answers what main asks, one request after another, by one module. */
export class TokenProgram {
  readonly #reply: (message: TokenReply) => void;
  readonly #worker: URL;
  #handlers: Handlers | null = null;
  #running = 0;

  constructor({ reply, worker }: TokenProgramOptions) {
    this.#reply = reply;
    this.#worker = worker;
  }

  /** What is no request of main's is refused where it has a number, by which that is known, and wiped. */
  async receive(message: unknown): Promise<void> {
    const request = readRequest(message);
    if (request === null) {
      const id = numberOfRequest(message);
      if (id !== null) this.#reply({ id, fault: 'refused', detail: 'no request' });
      wipe(message);
      return;
    }
    this.#running += 1;
    try {
      this.#reply({ id: request.id, value: await this.#answer(request) });
    } catch (error) {
      this.#reply({ id: request.id, ...refusalOf(request.call, error) });
    } finally {
      this.#running -= 1;
      wipe(request.input);
    }
  }

  async #answer({ call, input }: TokenRequest): Promise<unknown> {
    if (call === 'open') return this.#open(input.path);
    if (this.#handlers === null) throw new CryptokiError({ fault: 'refused' });
    // The compiler does not see that name and input belong together.
    const handler = this.#handlers[call] as (input: unknown) => unknown;
    return await handler(input);
  }

  #open(path: string): CallOutput<'open'> {
    const cryptoki = Cryptoki.open(path);
    const sessions = new TokenSessions(cryptoki, new LoginFunctions(cryptoki));
    this.#handlers = handlersOf(cryptoki, sessions);
    watchSlots({
      cryptoki,
      worker: this.#worker,
      onChange: () => {
        this.#reply({ event: 'slots-changed' });
      },
      isBusy: () => this.#running > 0,
    });
    return { name: cryptoki.name };
  }
}

function handlersOf(cryptoki: Cryptoki, sessions: TokenSessions): Handlers {
  const inventory = new InventoryReader(cryptoki, sessions);
  type Place = Parameters<TokenSessions['with']>[0];
  const at =
    <Input extends Place, Output>(
      work: (session: TokenSession, input: Input) => Promise<Output> | Output,
    ) =>
    (input: Input): Promise<Output> =>
      sessions.with(input, (session) => work(session, input));
  const silently =
    <Input extends Place>(work: (session: TokenSession, input: Input) => Promise<void> | void) =>
    (input: Input): Promise<null> =>
      sessions.with(input, async (session) => {
        await work(session, input);
        return null;
      });
  return {
    inventory: () => inventory.read(),
    lock: at((session) => {
      const { login, pin, puk, pinLength } = session.ownState();
      return { login, pin, puk, pinLength, isLoggedIn: session.isLoggedIn };
    }),
    login: silently((session, input) => session.login(input, input.hold)),
    logout: silently((session) => {
      session.logout();
    }),
    generateKeyPair: at((session, input) => generateKeyPair(cryptoki, session, input)),
    findKey: at((session, { id }) => findKey(cryptoki, session, id)),
    sign: at((session, input) => sign(cryptoki, session, input)),
    readCertificates: at((session) => readCertificates(cryptoki, session)),
    writeCertificates: silently((session, input) => {
      writeCertificates(cryptoki, session, input);
    }),
    remove: silently((session, input) => {
      removeKey(cryptoki, session, input);
      sessions.removed();
    }),
    removeCertificates: silently((session, input) => {
      removeCertificates(cryptoki, session, input);
      sessions.removed();
    }),
    changePin: silently((session, { current, next, acceptFinalTry }) =>
      session.changePin({ pin: current, acceptFinalTry }, next),
    ),
    unblockPin: silently((session, { current, next, acceptFinalTry }) =>
      session.unblockPin({ pin: current, acceptFinalTry }, next),
    ),
  };
}

type Refusal =
  | Omit<Extract<TokenReply, { fault: unknown }>, 'id'>
  | Omit<Extract<TokenReply, { moduleFault: unknown }>, 'id'>;

function refusalOf(call: CallName, error: unknown): Refusal {
  if (call === 'open') return moduleFaultOf(error);
  if (!(error instanceof CryptokiError)) return { fault: 'malformed', detail: nameOf(error) };
  const { fault, detail } = error;
  return { fault, ...(detail === undefined ? {} : { detail }) };
}

/** A message may quote what it was about. */
const nameOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error);

/** The PINs of a request, wherever they stand in it. */
function wipe(message: unknown): void {
  if (typeof message !== 'object' || message === null || message instanceof Uint8Array) return;
  for (const [name, value] of Object.entries(message) as [string, unknown][]) {
    if (value instanceof Uint8Array && pins.includes(name)) value.fill(0);
    else wipe(value);
  }
}

const pins: readonly string[] = ['pin', 'current', 'next'];
