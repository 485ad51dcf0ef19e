import { resolve } from 'node:path';
import type { ModuleSource } from './pkcs11/module-source.ts';
import { ModuleError } from './pkcs11/token-error.ts';
import type { Platform } from './platform/platform.ts';
import type { TokenAccess } from './pkcs11/token-access.ts';
import type { TokenProcessLauncher } from './pkcs11/token-child.ts';

export interface OpenTokensOptions {
  readonly platform: Pick<Platform, 'pkcs11' | 'managedPolicyFile'>;
  /** Paths of modules that the person named. */
  readonly added: {
    list(): readonly string[];
    add(path: string): void;
    remove(path: string): void;
  };
  readonly launcher: TokenProcessLauncher;
  /** The path of the only module that is looked at. */
  readonly onlyModule?: string;
  readonly report: (doing: string, error?: unknown) => void;
}

/** The tokens of this computer; reads the code for them only now. */
export async function openTokens(options: OpenTokensOptions): Promise<TokenAccess> {
  const { platform, added, launcher, onlyModule, report } = options;
  const [{ Tokens }, { createInstalledModules }] = await Promise.all([
    import('./pkcs11/tokens.ts'),
    import('./pkcs11/modules/create-installed-modules.ts'),
  ]);
  const modules = createInstalledModules({ platform, added, report });
  const source = onlyModule === undefined ? modules : only(resolve(onlyModule), modules);
  return new Tokens({ modules: source, launcher, report });
}

/** One module, checked as any other, and remembered by nobody. */
function only(path: string, modules: ModuleSource): ModuleSource {
  const refuse = (): Promise<never> =>
    Promise.reject(new ModuleError({ reason: 'not-allowed', path }));
  return {
    list: async () => {
      const found = { path, foundBy: 'person' } as const;
      try {
        await modules.check(path);
        return [found];
      } catch (error) {
        if (!(error instanceof ModuleError)) throw error;
        return [{ ...found, failure: error }];
      }
    },
    check: (other) => modules.check(other),
    add: refuse,
    forget: refuse,
  };
}
