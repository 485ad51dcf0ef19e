import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { KeyUse } from '../../../electron/keys/key-ring.ts';
import type { TokenKeyRecord } from '../../../electron/keys/token-key-record.ts';
import { TokenKeys } from '../../../electron/keys/token-keys.ts';
import { ForkedProcessLauncher } from '../../../electron/pkcs11/forked-process.ts';
import type { TokenReference } from '../../../electron/pkcs11/token-access.ts';
import type { TokenProcessLauncher } from '../../../electron/pkcs11/token-child.ts';
import { Tokens } from '../../../electron/pkcs11/tokens.ts';
import type { WrappedModule } from '../../../electron/testing/tokens/pkcs11-shim.ts';
import { NamedModules, pinOf } from '../../../electron/testing/tokens/token-world.ts';

const project = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));

/** The token process as it is shipped. */
export const builtTokenProcess = join(project, 'out', 'main', 'token-process.js');

/** More than a login is ever held for: what a signature costs is measured, not what a login does. */
export const use: KeyUse = {
  ...{ reason: 'prove', owner: 'bench' },
  hold: { seconds: 3_600, uses: 1_000 },
};

export interface StackOptions {
  readonly module: WrappedModule;
  readonly pin: string;
  /** Of the built token process, when not said. */
  readonly launcher?: TokenProcessLauncher;
}

/** All that lies between a flow and a token: the keys that a wallet remembers, `Tokens`, and a process for the module. */
export class TokenStack implements AsyncDisposable {
  readonly tokens: Tokens;
  readonly keys: TokenKeys;

  constructor({ module, pin, launcher }: StackOptions) {
    const { modulePath, env } = module;
    this.tokens = new Tokens({
      modules: new NamedModules(modulePath),
      launcher:
        launcher ??
        new ForkedProcessLauncher({ program: builtTokenProcess, env: { ...process.env, ...env } }),
      report: (doing, error) => console.error(doing, error),
    });
    const records = new Map<string, TokenKeyRecord>();
    this.keys = new TokenKeys({
      tokens: this.tokens,
      store: {
        list: () => [...records.values()],
        find: (id) => records.get(id),
        save: (record) => void records.set(record.id, record),
        remove: (id) => void records.delete(id),
      },
      askPin: () =>
        Promise.resolve({ pin: pinOf(pin), acceptFinalTry: false, tried: () => undefined }),
      randomBytes: (size) => crypto.getRandomValues(new Uint8Array(size)),
    });
  }

  /** The token with that label. */
  async reference(label: string): Promise<TokenReference> {
    await this.tokens.watch();
    const readers = this.tokens.modules.flatMap((module) => module.readers);
    const found = readers.find(({ token }) => token?.label === label)?.token;
    if (!found) throw new Error(`there is no token ${label}`);
    return this.tokens.referenceOf(found.tokenId);
  }

  /** Until it has looked at what was changed: that would be measured with whatever comes next. */
  async rest(): Promise<void> {
    await this.tokens.refresh();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.tokens.close();
  }
}
