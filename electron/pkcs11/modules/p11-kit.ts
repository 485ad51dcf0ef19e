import { readdir } from 'node:fs/promises';
import { posix } from 'node:path';
import type { P11KitLocation } from '../../platform/platform.ts';
import { readSmallFile } from '../../platform/small-file.ts';
import { P11KitFileError, parseP11KitFile, type P11KitSettings } from './p11-kit-file.ts';

export interface P11KitOptions {
  readonly location: P11KitLocation;
  /** By which name modules may be enabled or disabled for this program. */
  readonly program: string;
  /** p11-kit reads nothing from a home directory for root. */
  readonly isRoot: boolean;
  /** Of a file that is odd only that file is ignored. */
  readonly report: (doing: string, error: unknown) => void;
}

const largestFile = 64 * 1024;
const mostFiles = 256;

/** The modules that p11-kit is configured to offer to a program, those of highest priority first. */
export class P11Kit {
  readonly #options: P11KitOptions;

  constructor(options: P11KitOptions) {
    this.#options = options;
  }

  /** Files as they are named there, in each directory where they could be; whether any exists is not asked. */
  async modules(): Promise<readonly (readonly string[])[]> {
    const settings = await this.#allSettings();
    return [...settings]
      .filter(([, each]) => isEnabled(each, this.#options.program))
      .sort(byPriority)
      .flatMap(([name, each]) => {
        const candidates = this.#candidates(name, each.get('module') ?? '');
        return candidates.length === 0 ? [] : [candidates];
      });
  }

  /** What a person's file does not set, one of the same name sets that comes later. */
  async #allSettings(): Promise<ReadonlyMap<string, P11KitSettings>> {
    const merged = new Map<string, P11KitSettings>();
    for (const directory of await this.#directories()) {
      for (const name of await this.#moduleFiles(directory)) {
        const read = await this.#read(posix.join(directory, name));
        const earlier = merged.get(name) ?? new Map<string, string>();
        if (read !== null) merged.set(name, new Map([...read, ...earlier]));
      }
    }
    return merged;
  }

  /** pkcs11.conf(5), `user-config`: the system may leave the person out, and each person the system or themselves. */
  async #directories(): Promise<readonly string[]> {
    const { location, isRoot } = this.#options;
    const { systemConfiguration, personConfiguration, personModules, systemModules } = location;
    let mode = (await this.#read(systemConfiguration))?.get('user-config') ?? 'merge';
    if (mode !== 'none' && !isRoot) {
      mode = (await this.#read(personConfiguration))?.get('user-config') ?? mode;
    }
    if (isRoot || (mode !== 'merge' && mode !== 'only')) return systemModules;
    return mode === 'only' ? [personModules] : [personModules, ...systemModules];
  }

  async #moduleFiles(directory: string): Promise<readonly string[]> {
    try {
      const names = (await readdir(directory)).filter((name) => moduleFileName.test(name)).sort();
      if (names.length <= mostFiles) return names;
      throw new P11KitFileError(directory, `more than ${mostFiles} modules`);
    } catch (error) {
      if (!isMissing(error)) this.#options.report('listing modules of p11-kit', error);
      return [];
    }
  }

  async #read(path: string): Promise<P11KitSettings | null> {
    try {
      return parseP11KitFile(path, await readSmallFile(path, largestFile));
    } catch (error) {
      if (!isMissing(error)) this.#options.report('reading a configuration of p11-kit', error);
      return null;
    }
  }

  /** An empty name switches a module off that another file names; `remote` modules are no files. */
  #candidates(configuration: string, module: string): readonly string[] {
    if (module === '') return [];
    if (posix.isAbsolute(module)) return [posix.normalize(module)];
    const relative = posix.normalize(module);
    if (relative.split('/').includes('..')) {
      const error = new P11KitFileError(configuration, 'leads out of the directory of modules');
      this.#options.report('reading a configuration of p11-kit', error);
      return [];
    }
    return this.#options.location.moduleDirectories.map((each) => posix.join(each, relative));
  }
}

// pkcs11.conf(5): other files are not for p11-kit.
const moduleFileName = /^[A-Za-z0-9][A-Za-z0-9._-]*\.module$/;

/** pkcs11.conf(5), `enable-in` and `disable-in`: where both are, the first decides, as in p11-kit. */
function isEnabled(settings: P11KitSettings, program: string): boolean {
  const enableIn = settings.get('enable-in');
  if (enableIn !== undefined) return isListed(enableIn, program);
  return !isListed(settings.get('disable-in') ?? '', program);
}

function isListed(list: string, program: string): boolean {
  return list.split(/[\s,]+/).includes(program);
}

type Named = readonly [name: string, settings: P11KitSettings];

function byPriority([name, settings]: Named, [otherName, others]: Named): number {
  const difference = priorityOf(others) - priorityOf(settings);
  return difference === 0 ? Number(name > otherName) - Number(name < otherName) : difference;
}

/** What is no number counts as none. */
function priorityOf(settings: P11KitSettings): number {
  const text = settings.get('priority') ?? '';
  return /^[+-]?\d{1,9}$/.test(text) ? Number(text) : 0;
}

function isMissing(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
