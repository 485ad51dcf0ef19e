import { realpath } from 'node:fs/promises';
import { basename, normalize } from 'node:path';
import type { ModuleView } from '../../../shared/models/token.ts';
import { ManagedPolicyError, noPolicy, type ManagedPolicy } from '../../platform/managed-policy.ts';
import type { FoundModule, ModuleSource } from '../module-source.ts';
import { ModuleError } from '../token-error.ts';
import type { AddedModules } from './added-modules.ts';
import type { LibraryCheck } from './library-check.ts';

export interface InstalledModulesOptions {
  /** Where vendors put modules. */
  readonly wellKnown: readonly string[];
  /** For each module that p11-kit offers, the files that it could be, best first. */
  readonly fromP11Kit: () => Promise<readonly (readonly string[])[]>;
  readonly added: AddedModules;
  /** Rejects with `ManagedPolicyError`. */
  readonly readPolicy: () => Promise<Pick<ManagedPolicy, 'pkcs11'>>;
  readonly check: Pick<LibraryCheck, 'check'>;
  readonly report: (doing: string, error: unknown) => void;
}

interface Candidate {
  readonly path: string;
  readonly foundBy: ModuleView['foundBy'];
  /** Where links lead; `null`: nowhere. */
  readonly file: string | null;
}

interface Rules {
  readonly modules: readonly string[];
  readonly onlyThese: boolean;
  /** Of the policy itself. */
  readonly problem: ManagedPolicyError | null;
}

/** The modules of this computer: those of its policy, of the person, of p11-kit, and where vendors put them. */
export class InstalledModules implements ModuleSource {
  readonly #options: InstalledModulesOptions;

  constructor(options: InstalledModulesOptions) {
    this.#options = options;
  }

  async list(): Promise<readonly FoundModule[]> {
    const rules = await this.#rules();
    const { added, wellKnown } = this.#options;
    const candidates = [
      ...(await this.#candidates('policy', rules.modules)),
      ...(await this.#candidates('person', added.list())),
      ...(await this.#p11Kit()),
      ...(await this.#candidates('well-known', wellKnown)).filter(({ file }) => file !== null),
    ];
    const found = await Promise.all(
      withoutDoubles(candidates).map((each) => this.#look(each, rules)),
    );
    return [...aboutPolicy(rules), ...withoutOtherVariants(found)];
  }

  async check(path: string): Promise<void> {
    const rules = await this.#rules();
    if (rules.onlyThese) {
      const file = await fileAt(path);
      const allowed = await this.#candidates('policy', rules.modules);
      if (file === null || !allowed.some((each) => each.file === file)) throw refused(path, rules);
    }
    await this.#options.check.check(path);
  }

  async add(path: string): Promise<FoundModule> {
    await this.check(path);
    const [candidate, ...known] = await this.#candidates('person', [
      path,
      ...this.#options.added.list(),
    ]);
    const same = known.find(({ file }) => file === candidate?.file);
    const found = { path: same?.path ?? normalize(path), foundBy: 'person' } as const;
    if (same === undefined) this.#options.added.add(found.path);
    return found;
  }

  forget(path: string): Promise<void> {
    const { added } = this.#options;
    if (!added.list().includes(path)) {
      return Promise.reject(new ModuleError({ reason: 'not-allowed', path }));
    }
    added.remove(path);
    return Promise.resolve();
  }

  /** A policy that anybody could have written counts for nothing. One that cannot be read allows nothing. */
  async #rules(): Promise<Rules> {
    try {
      return { ...(await this.#options.readPolicy()).pkcs11, problem: null };
    } catch (error) {
      if (!(error instanceof ManagedPolicyError)) throw error;
      this.#options.report('reading the managed policy', error);
      return { ...noPolicy.pkcs11, onlyThese: error.reason !== 'not-protected', problem: error };
    }
  }

  #candidates(
    foundBy: Candidate['foundBy'],
    paths: readonly string[],
  ): Promise<readonly Candidate[]> {
    return Promise.all(
      paths.map(async (path) => ({ path: normalize(path), foundBy, file: await fileAt(path) })),
    );
  }

  async #p11Kit(): Promise<readonly Candidate[]> {
    const found: Candidate[] = [];
    for (const files of await this.#options.fromP11Kit()) {
      const places = await this.#candidates('p11-kit', files);
      const candidate = places.find(({ file }) => file !== null) ?? places[0];
      if (candidate !== undefined) found.push(candidate);
    }
    return found;
  }

  async #look({ path, foundBy }: Candidate, rules: Rules): Promise<FoundModule> {
    if (rules.onlyThese && foundBy !== 'policy') {
      return { path, foundBy, failure: refused(path, rules) };
    }
    try {
      await this.#options.check.check(path);
      return { path, foundBy };
    } catch (error) {
      if (!(error instanceof ModuleError)) throw error;
      return { path, foundBy, failure: error };
    }
  }
}

async function fileAt(path: string): Promise<string | null> {
  try {
    return await realpath(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error) return null;
    throw error;
  }
}

/**
 * The first way to a file is the one that counts, and nobody is shown a token twice: p11-kit's own modules show those of
 * others or roots to trust, pkcs11-spy shows one of OpenSC's, and its onepin variant shows the same cards as the whole.
 */
function withoutDoubles(candidates: readonly Candidate[]): readonly Candidate[] {
  const hasOpensc = candidates.some(({ path }) => basename(path).startsWith('opensc-pkcs11.'));
  const seen = new Set<string>();
  return candidates.filter((candidate) => {
    const { path, foundBy, file } = candidate;
    const isFound = foundBy === 'p11-kit' || foundBy === 'well-known';
    const names = [path, file ?? path].map((each) => basename(each));
    if (isFound && names.some((name) => noTokens.test(name))) return false;
    if (isFound && hasOpensc && names[0]?.startsWith('onepin-opensc-pkcs11.')) return false;
    if (seen.has(file ?? path)) return false;
    seen.add(file ?? path);
    return true;
  });
}

// The last has roots to trust, and on Fedora is a link to p11-kit's.
const noTokens = /^(p11-kit-trust|p11-kit-proxy|libp11-kit|pkcs11-spy|libnssckbi)\./;

/** Systems that run programs of two architectures keep drivers for both, by one name. */
function withoutOtherVariants(found: readonly FoundModule[]): readonly FoundModule[] {
  const usable = new Set(
    found.flatMap(({ path, failure }) => (failure === undefined ? [basename(path)] : [])),
  );
  return found.filter(
    ({ path, foundBy, failure }) =>
      foundBy !== 'well-known' ||
      failure?.reason !== 'other-architecture' ||
      !usable.has(basename(path)),
  );
}

/** That a policy was ignored is said where modules are listed. */
function aboutPolicy({ problem }: Rules): readonly FoundModule[] {
  if (problem?.reason !== 'not-protected') return [];
  const { file: path, path: detail } = problem;
  const failure = new ModuleError({ reason: 'unsafe', path, detail }, { cause: problem });
  return [{ path, foundBy: 'policy', failure }];
}

function refused(path: string, { problem }: Rules): ModuleError {
  if (problem === null) return new ModuleError({ reason: 'not-allowed', path });
  const detail = `${problem.file}: ${problem.reason}`;
  return new ModuleError({ reason: 'not-allowed', path, detail }, { cause: problem });
}
