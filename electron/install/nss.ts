import { X509Certificate } from 'node:crypto';
import type { Failure } from '../../shared/failure.ts';
import type { Proof, ProofMethod } from '../../shared/models/credential.ts';
import type { NssLocation, Platform } from '../platform/platform.ts';
import {
  InstallError,
  type InstallableCredential,
  type InstalledCredential,
  type InstallTarget,
  type InstallWish,
  type KnownCredential,
  type Probes,
} from './install-target.ts';
import { importCredential, isInstalled, removeCredential } from './nss-credential.ts';
import { NssDatabase } from './nss-database.ts';
import { nssInstallError } from './nss-fault.ts';
import { proveHandshake } from './nss-handshake-proof.ts';
import { addIssuers, removeOrphanedIssuers } from './nss-issuers.ts';
import { notListed, proveChain, proveListed } from './nss-listed-proof.ts';
import { assertWritable } from './nss-location.ts';
import { sharedDatabase, type NssPlace, type NssPlaces } from './nss-places.ts';
import { proveSignature } from './nss-signature-proof.ts';
import {
  proveTokenSignature,
  registerModule,
  seesOnToken,
  unregisterModule,
  type NssTokens,
} from './nss-token.ts';
import { NssTools } from './nss-tools.ts';
import { withPrivateDirectory } from './private-directory.ts';
import type { Environment } from './run-tool.ts';

export interface NssTargetOptions {
  readonly platform: Pick<Platform, 'homeDirectory' | 'nss'>;
  /** Colon-separated directories in which NSS's tools are looked for, as in `PATH`. */
  readonly searchPath: string;
  /** Where private directories are made for a moment, as `os.tmpdir()` says. */
  readonly temporaryDirectory: string;
  /** That of the person's session, by which PKCS #11 modules find their tokens. */
  readonly environment: Environment;
  readonly now: () => Date;
}

/** Takes one step of a proof at one database. */
type Step = (database: NssDatabase) => Promise<void>;

/** Programs that keep credentials in NSS databases: those that share one, unless other places are said. */
export class NssTarget implements InstallTarget {
  readonly #options: NssTargetOptions;
  readonly #places: NssPlaces;
  readonly #tools: NssTools;
  /** For those tools that load modules. */
  readonly #moduleTools: NssTools;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: NssTargetOptions, places = sharedDatabase(options.platform.nss)) {
    this.#options = options;
    this.#places = places;
    const { platform, searchPath } = options;
    this.#tools = new NssTools({ platform, searchPath });
    this.#moduleTools = new NssTools(options);
  }

  get id(): NssPlaces['target'] {
    return this.#places.target;
  }

  async preflight({ onToken }: InstallWish = { onToken: false }): Promise<void> {
    const { isRequired } = this.#places;
    if (isRequired && (await this.#current()).length === 0) throw this.#nothingHere();
    await this.#eachCurrent(async (database) => {
      await this.#tools.try(onToken ? 'modutil' : 'pk12util', []);
      await this.#tools.try('certutil', []);
      if (!isRequired) return;
      await assertWritable(database.directory);
      if (await database.exists()) await database.keyIds();
    });
  }

  /** Also where it lies in some of the databases only. */
  async list(known: readonly KnownCredential[]): Promise<readonly InstalledCredential[]> {
    const places = new Map<KnownCredential, string[]>();
    await this.#eachCurrent(async (database) => {
      for (const credential of known) {
        if (!(await this.#has(database, credential))) continue;
        places.set(credential, [...(places.get(credential) ?? []), database.directory]);
      }
    });
    return Array.from(places, ([credential, directories]) => installedIn(directories, credential));
  }

  /** Where only some of the databases take it, the proof names the others. */
  async install(credential: InstallableCredential): Promise<InstalledCredential> {
    const directories: string[] = [];
    const [refusal] = await this.#eachPossible(credential, async (database) => {
      await this.#installInto(database, credential);
      directories.push(database.directory);
    });
    if (directories.length === 0 && refusal !== undefined) throw refusal;
    return installedIn(directories, credential);
  }

  async #installInto(database: NssDatabase, credential: InstallableCredential): Promise<void> {
    const { token, certificate, chain } = credential;
    const leaf = new X509Certificate(certificate);
    if (!(await database.exists())) await database.create();
    if (token) await registerModule(this.#tokens(database), token, leaf);
    else if (!(await isInstalled(database, leaf))) await importCredential(database, credential);
    await addIssuers(
      database,
      chain.map((der) => new X509Certificate(der)),
    );
    if (await this.#has(database, credential)) return;
    throw new InstallError(this.id, 'refused', 'the import left nothing in the database');
  }

  async prove(installed: InstalledCredential, probes: Probes = {}): Promise<readonly Proof[]> {
    const { certificate, token } = installed;
    const leaf = new X509Certificate(certificate);
    const { anchors = [], page: probe } = probes;
    const tools = this.#tools;
    const chain = (database: NssDatabase) =>
      proveChain({ tools, database, certificate: leaf, anchors, now: this.#options.now() });
    const proofs: Proof[] = [];
    const attempt = async (method: ProofMethod, by: string, work: () => Promise<unknown>) => {
      if (proofs.every(({ status }) => status === 'proven')) {
        proofs.push(await this.#attempt(method, by, work));
      }
    };
    const everywhere = (step: Step) => () => this.#provePossible(installed, step);
    if (token) {
      // Out of turn: the person may be asked for the PIN.
      await attempt('signature', token.moduleName, async () => {
        await token.checkModule();
        await proveTokenSignature(token, leaf);
      });
      const listed = async (database: NssDatabase): Promise<void> => {
        if (!(await this.#has(database, installed))) throw notListed(database.directory);
        await chain(database);
      };
      await attempt('listed', 'certutil', everywhere(listed));
      // NSS's own client would have to be told the PIN.
      return proofs;
    }
    const signature = async (database: NssDatabase): Promise<void> => {
      // Without one of the two there is nothing that could sign.
      await proveListed(database, leaf);
      await proveSignature(database, leaf);
    };
    await attempt('signature', 'certutil', everywhere(signature));
    const listed = async (database: NssDatabase): Promise<void> => {
      await proveListed(database, leaf);
      await chain(database);
    };
    await attempt('listed', 'certutil', everywhere(listed));
    if (probe) {
      const handshake = (database: NssDatabase) =>
        proveHandshake({ tools, database, certificate: leaf, probe });
      await attempt('mutual-tls', 'tstclnt', everywhere(handshake));
    }
    return proofs;
  }

  rebind(
    from: InstalledCredential,
    _to: InstalledCredential,
    remaining: readonly KnownCredential[],
  ): Promise<void> {
    return this.remove(from, remaining);
  }

  /** Out of all places, for programs may have changed theirs since. One that refuses keeps none of the others. */
  async remove(
    { certificate, token }: InstalledCredential,
    remaining: readonly KnownCredential[] = [],
  ): Promise<void> {
    const leaf = new X509Certificate(certificate);
    const [refusal] = await this.#each(await this.#places.all(), async (database) => {
      if (!(await database.exists())) return;
      if (token) await unregisterModule(this.#tokens(database), token, remaining);
      // A certificate on a token is not the database's to remove.
      else await removeCredential(database, leaf);
      await removeOrphanedIssuers(database, remaining);
    });
    if (refusal !== undefined) throw refusal;
  }

  async #attempt(method: ProofMethod, by: string, work: () => Promise<unknown>): Promise<Proof> {
    const at = () => this.#options.now().toISOString();
    try {
      await work();
      return { status: 'proven', method, by, at: at() };
    } catch (error) {
      const told = error instanceof InstallError ? error.at(this.id) : error;
      if (!isTold(told)) throw told;
      return { status: 'failed', method, failure: told.toFailure(), at: at() };
    }
  }

  #has(database: NssDatabase, { certificate, token }: KnownCredential): Promise<boolean> {
    const leaf = new X509Certificate(certificate);
    return token ? seesOnToken(this.#tokens(database), token, leaf) : isInstalled(database, leaf);
  }

  #tokens({ directory, workspace }: NssDatabase): NssTokens {
    return { tools: this.#moduleTools, directory, workspace };
  }

  async #current(): Promise<readonly NssPlace[]> {
    try {
      return await this.#places.current();
    } catch (error) {
      throw nssInstallError(error, { ...this.#faultContext(), directory: '' }) ?? error;
    }
  }

  #nothingHere(): InstallError {
    return new InstallError(this.id, 'not-found', 'no NSS database here');
  }

  async #provePossible(installed: InstalledCredential, step: Step): Promise<void> {
    const [refusal] = await this.#eachPossible(installed, step);
    if (refusal !== undefined) throw refusal;
  }

  /** Throws what the first one refused. */
  async #eachCurrent(step: Step): Promise<void> {
    const [refusal] = await this.#each(await this.#current(), step);
    if (refusal !== undefined) throw refusal;
  }

  /** Those that can take it. Resolves to what was refused; throws when there is none. */
  async #eachPossible({ token }: KnownCredential, step: Step): Promise<readonly Error[]> {
    const places = await this.#current();
    if (places.length === 0) throw this.#nothingHere();
    const possible = places.filter(({ loadsModules }) => !token || loadsModules);
    if (possible.length > 0) return this.#each(possible, step);
    const directory = places[0]?.directory ?? '';
    throw new InstallError(this.id, 'not-on-token', `${directory}: in a sandbox`);
  }

  /** One after the other: NSS's tools give up when another one is writing. Resolves to what was refused. */
  #each(places: readonly NssPlace[], step: Step): Promise<readonly Error[]> {
    const turn = this.#last.then(async () => {
      const refusals: Error[] = [];
      for (const { directory } of places) {
        const refusal = await this.#refusalAt(directory, step);
        if (refusal !== null) refusals.push(refusal);
      }
      return refusals;
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** Throws what is our own mistake. */
  async #refusalAt(directory: string, step: Step): Promise<Error | null> {
    try {
      await this.#open(directory, step);
      return null;
    } catch (error) {
      const told = nssInstallError(error, { ...this.#faultContext(), directory }) ?? error;
      if (isTold(told)) return told;
      throw told;
    }
  }

  #faultContext(): { readonly target: NssPlaces['target'] } & Pick<
    NssLocation,
    'toolsInstallCommand'
  > {
    const toolsInstallCommand = this.#options.platform.nss?.toolsInstallCommand ?? null;
    return { target: this.id, toolsInstallCommand };
  }

  #open<T>(directory: string, use: (database: NssDatabase) => Promise<T>): Promise<T> {
    return withPrivateDirectory(this.#options.temporaryDirectory, async (workspace) =>
      use(await NssDatabase.open({ tools: this.#tools, directory, workspace })),
    );
  }
}

function installedIn(
  directories: readonly string[],
  { credentialId, certificate, token }: KnownCredential,
): InstalledCredential {
  const location = directories.join(', ');
  return { credentialId, certificate, location, ...(token && { token }) };
}

/** Errors of install targets, and those of tokens, say themselves what the person is told. */
function isTold(error: unknown): error is Error & { toFailure(): Failure } {
  return error instanceof Error && 'toFailure' in error && typeof error.toFailure === 'function';
}
