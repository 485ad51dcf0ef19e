import { resolve } from 'node:path';
import { onceItWorks } from './once-it-works.ts';
import type { ModuleSource } from './pkcs11/module-source.ts';
import { ModuleError } from './pkcs11/token-error.ts';
import { Tokens } from './pkcs11/tokens.ts';
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

/** The tokens of this computer; reads what finds modules when somebody first looks for them. */
export function openTokens(options: OpenTokensOptions): TokenAccess {
  const { launcher, onlyModule, report } = options;
  const installed = onceItWorks(() => installedModules(options));
  const modules =
    onlyModule === undefined ? late(installed) : only(resolve(onlyModule), late(installed));
  return new Tokens({ modules, launcher, report });
}

async function installedModules(options: OpenTokensOptions): Promise<ModuleSource> {
  const { createInstalledModules } = await import('./pkcs11/modules/create-installed-modules.ts');
  return createInstalledModules(options);
}

function late(modules: () => Promise<ModuleSource>): ModuleSource {
  return {
    list: async () => (await modules()).list(),
    check: async (path) => (await modules()).check(path),
    add: async (path) => (await modules()).add(path),
    forget: async (path) => (await modules()).forget(path),
  };
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
