import { fileURLToPath } from 'node:url';
import type { Deadlines } from '../../pkcs11/deadlines.ts';
import { ForkedProcessLauncher } from '../../pkcs11/forked-process.ts';
import type { FoundModule, ModuleSource } from '../../pkcs11/module-source.ts';
import type { TokenReference } from '../../pkcs11/token-access.ts';
import type { TokenChild, TokenProcessLauncher } from '../../pkcs11/token-child.ts';
import { ModuleError } from '../../pkcs11/token-error.ts';
import { Tokens } from '../../pkcs11/tokens.ts';

/** The token process as it stands in the sources. */
export const tokenProgram = fileURLToPath(new URL('cached-program.ts', import.meta.url));

/** Starts real token processes, remembers those that run, and everything that they said. */
export class WatchedLauncher implements TokenProcessLauncher {
  readonly said: unknown[] = [];
  readonly running = new Set<TokenChild>();
  started = 0;
  readonly #launcher: TokenProcessLauncher;

  constructor(launcher: TokenProcessLauncher) {
    this.#launcher = launcher;
  }

  start(modulePath: string, name: string): TokenChild {
    const child = this.#launcher.start(modulePath, name);
    this.started += 1;
    this.running.add(child);
    child.onMessage((message) => this.said.push(message));
    child.onExit(() => this.running.delete(child));
    return child;
  }
}

/** Modules by their paths, without looking for any. */
export class NamedModules implements ModuleSource {
  readonly #found: FoundModule[];

  constructor(...paths: readonly string[]) {
    this.#found = paths.map((path) => ({ path, foundBy: 'p11-kit' }));
  }

  list(): Promise<readonly FoundModule[]> {
    return Promise.resolve([...this.#found]);
  }

  check(): Promise<void> {
    return Promise.resolve();
  }

  add(path: string): Promise<FoundModule> {
    const found: FoundModule = { path, foundBy: 'person' };
    this.#found.push(found);
    return Promise.resolve(found);
  }

  forget(path: string): Promise<void> {
    const place = this.#found.findIndex((each) => each.path === path && each.foundBy === 'person');
    if (place === -1) return Promise.reject(new ModuleError({ reason: 'not-allowed', path }));
    this.#found.splice(place, 1);
    return Promise.resolve();
  }
}

export interface TokenWorldOptions {
  readonly modulePaths: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly deadlines?: Partial<Deadlines>;
  readonly padPatience?: number;
}

/** `Tokens` over real modules in real processes: `await using world = new TokenWorld({ … })`. */
export class TokenWorld implements AsyncDisposable {
  readonly launcher: WatchedLauncher;
  readonly tokens: Tokens;
  readonly reports: string[] = [];

  constructor({ modulePaths, env, deadlines, padPatience }: TokenWorldOptions) {
    const forked = new ForkedProcessLauncher({
      program: tokenProgram,
      env: { ...process.env, ...env },
      ...(process.env['TOKEN_OUTPUT'] ? { output: 'inherit' } : {}),
    });
    this.launcher = new WatchedLauncher(forked);
    this.tokens = new Tokens({
      modules: new NamedModules(...modulePaths),
      launcher: this.launcher,
      report: (doing, error) => this.reports.push(`${doing} ${String(error)}`),
      ...(deadlines === undefined ? {} : { deadlines }),
      ...(padPatience === undefined ? {} : { padPatience }),
    });
  }

  /** The token with that label, or the only one that is ready. */
  async reference(label?: string): Promise<TokenReference> {
    await this.tokens.watch();
    const views = this.tokens.modules.flatMap(({ readers }) =>
      readers.flatMap(({ token }) => token ?? []),
    );
    const [found] = views.filter((token) =>
      label === undefined ? token.isInitialized : token.label === label,
    );
    if (found === undefined) {
      throw new Error(`there is no such token: ${JSON.stringify(this.tokens.modules)}`);
    }
    return this.tokens.referenceOf(found.tokenId);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.tokens.close();
  }
}

/** Octets of a PIN, which whoever gets them wipes. */
export const pinOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text));
