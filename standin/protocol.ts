import type Electron from 'electron';
import { guardedClass } from './guard.ts';
import type { CustomSchemes } from './scheme.ts';

export type ProtocolHandler = (request: Request) => Response | Promise<Response>;
type Members = Pick<
  Electron.Protocol,
  'handle' | 'unhandle' | 'isProtocolHandled' | 'registerSchemesAsPrivileged'
>;

const BUILT_IN = new Set(['http', 'https', 'file']);

/** `session.protocol`; that of the default session is the `protocol` module. */
export class Protocols implements Members {
  readonly #handlers = new Map<string, ProtocolHandler>();
  readonly #schemes: CustomSchemes;
  readonly #isReady: () => boolean;
  readonly #changed: () => void;

  constructor(schemes: CustomSchemes, isReady: () => boolean, changed: () => void) {
    this.#schemes = schemes;
    this.#isReady = isReady;
    this.#changed = changed;
  }

  registerSchemesAsPrivileged(schemes: Electron.CustomScheme[]): void {
    if (this.#isReady()) {
      throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready');
    }
    this.#schemes.register(schemes);
  }

  handle(scheme: string, handler: ProtocolHandler): void {
    if (this.#handlers.has(scheme)) {
      throw new Error(`Failed to register protocol: ${scheme}`);
    }
    if (!BUILT_IN.has(scheme) && !this.#schemes.has(scheme)) {
      throw new Error(
        `stand-in: the scheme ${scheme} is not registered as privileged, which is not supported`,
      );
    }
    this.#handlers.set(scheme, handler);
    this.#changed();
  }

  unhandle(scheme: string): void {
    if (!this.#handlers.delete(scheme)) throw new Error(`Failed to unhandle protocol: ${scheme}`);
    this.#changed();
  }

  isProtocolHandled(scheme: string): boolean {
    return this.#handlers.has(scheme);
  }

  handlerOf(url: string): ProtocolHandler | undefined {
    return this.#handlers.get(url.slice(0, url.indexOf(':')));
  }

  /** The built-in schemes that the app serves itself. */
  get intercepted(): string[] {
    return [...this.#handlers.keys()].filter((scheme) => BUILT_IN.has(scheme));
  }
}

guardedClass('Protocol', Protocols);
