import { X509Certificate } from 'node:crypto';
import type { Failure } from '../../shared/failure.ts';
import type { Proof } from '../../shared/models/credential.ts';
import type { NssLocation, Platform } from '../platform/platform.ts';
import {
  InstallError,
  type InstallableCredential,
  type InstalledCredential,
  type InstallTarget,
  type InstallWish,
  type KnownCredential,
  type Probes,
  type TokenKey,
} from './install-target.ts';
import {
  assertInstalled,
  importCredential,
  isInstalled,
  removeCredential,
} from './nss-credential.ts';
import { NssDatabase } from './nss-database.ts';
import { nssInstallError } from './nss-fault.ts';
import { proveHandshake } from './nss-handshake-proof.ts';
import { addIssuers, removeOrphanedIssuers } from './nss-issuers.ts';
import { assertWritable, databaseDirectory } from './nss-location.ts';
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

/** The NSS shared database, which Chromium and its relatives read on Linux. */
export class NssTarget implements InstallTarget {
  readonly id = 'nss';
  readonly #options: NssTargetOptions;
  readonly #tools: NssTools;
  /** For those tools that load modules. */
  readonly #moduleTools: NssTools;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: NssTargetOptions) {
    this.#options = options;
    const { platform, searchPath } = options;
    this.#tools = new NssTools({ platform, searchPath });
    this.#moduleTools = new NssTools(options);
  }

  preflight({ onToken }: InstallWish = { onToken: false }): Promise<void> {
    return this.#withDatabase(async (database) => {
      await this.#tools.try(onToken ? 'modutil' : 'pk12util', []);
      await assertWritable(database.directory);
      if (await database.exists()) await database.keyIds();
      else await this.#tools.try('certutil', []);
    });
  }

  list(known: readonly KnownCredential[]): Promise<readonly InstalledCredential[]> {
    return this.#withDatabase(async (database) => {
      const installed: InstalledCredential[] = [];
      for (const credential of known) {
        if (!(await this.#has(database, credential))) continue;
        installed.push(installedIn(database, credential));
      }
      return installed;
    });
  }

  install(credential: InstallableCredential): Promise<InstalledCredential> {
    return this.#withDatabase(async (database) => {
      const { token, certificate, chain } = credential;
      const leaf = new X509Certificate(certificate);
      if (!(await database.exists())) await database.create();
      if (token) await registerModule(this.#tokens(database), token, leaf);
      else if (!(await isInstalled(database, leaf))) await importCredential(database, credential);
      await addIssuers(
        database,
        chain.map((der) => new X509Certificate(der)),
      );
      if (!(await this.#has(database, credential))) {
        throw new InstallError('nss', 'refused', 'the import left nothing in the database');
      }
      return installedIn(database, credential);
    });
  }

  async prove(
    installed: InstalledCredential,
    { page: probe }: Probes = {},
  ): Promise<readonly Proof[]> {
    const { certificate, token } = installed;
    if (token) return [await this.#proveOnToken(installed, token)];
    const leaf = new X509Certificate(certificate);
    const tools = this.#tools;
    const signature = await this.#prove('signature', 'certutil', async (database) => {
      await assertInstalled(database, leaf);
      await proveSignature(database, leaf);
    });
    if (!probe) return [signature];
    const handshake = await this.#prove('mutual-tls', 'tstclnt', async (database) => {
      await assertInstalled(database, leaf);
      await proveHandshake({ tools, database, certificate: leaf, probe });
    });
    return [signature, handshake];
  }

  rebind(
    from: InstalledCredential,
    _to: InstalledCredential,
    remaining: readonly KnownCredential[],
  ): Promise<void> {
    return this.remove(from, remaining);
  }

  /** Out of all places, for browsers may have changed theirs since. */
  remove(
    { certificate, token }: InstalledCredential,
    remaining: readonly KnownCredential[] = [],
  ): Promise<void> {
    const leaf = new X509Certificate(certificate);
    return this.#inTurn(async ({ databaseDirectories }) => {
      for (const directory of databaseDirectories) {
        await this.#open(directory, async (database) => {
          if (!(await database.exists())) return;
          if (token) await unregisterModule(this.#tokens(database), token, remaining);
          // A certificate on a token is not the database's to remove.
          else await removeCredential(database, leaf);
          await removeOrphanedIssuers(database, remaining);
        });
      }
    });
  }

  /** Programs see the certificate on the token, and its key signs there. */
  #proveOnToken(installed: InstalledCredential, token: TokenKey): Promise<Proof> {
    return this.#attempt('signature', token.moduleName, async () => {
      await token.checkModule();
      await this.#withDatabase(async (database) => {
        if (await this.#has(database, installed)) return;
        throw new InstallError('nss', 'not-found', database.directory);
      });
      // Out of turn: the person may be asked for the PIN.
      await proveTokenSignature(token, new X509Certificate(installed.certificate));
    });
  }

  #prove(
    method: 'signature' | 'mutual-tls',
    by: string,
    attempt: (database: NssDatabase) => Promise<void>,
  ): Promise<Proof> {
    return this.#attempt(method, by, () => this.#withDatabase(attempt));
  }

  async #attempt(
    method: 'signature' | 'mutual-tls',
    by: string,
    attempt: () => Promise<void>,
  ): Promise<Proof> {
    const at = () => this.#options.now().toISOString();
    try {
      await attempt();
      return { status: 'proven', method, by, at: at() };
    } catch (error) {
      if (!isTold(error)) throw error;
      return { status: 'failed', failure: error.toFailure(), at: at() };
    }
  }

  #has(database: NssDatabase, { certificate, token }: KnownCredential): Promise<boolean> {
    const leaf = new X509Certificate(certificate);
    return token ? seesOnToken(this.#tokens(database), token, leaf) : isInstalled(database, leaf);
  }

  #tokens({ directory, workspace }: NssDatabase): NssTokens {
    return { tools: this.#moduleTools, directory, workspace };
  }

  /** The database that browsers read now. */
  #withDatabase<T>(use: (database: NssDatabase) => Promise<T>): Promise<T> {
    return this.#inTurn(async (location) => this.#open(await databaseDirectory(location), use));
  }

  /** One after the other: NSS's tools give up when another one is writing. */
  #inTurn<T>(work: (location: NssLocation) => Promise<T>): Promise<T> {
    const turn = this.#last.then(async () => {
      const { nss } = this.#options.platform;
      if (!nss) throw new InstallError('nss', 'not-found', 'no NSS database here');
      try {
        return await work(nss);
      } catch (error) {
        throw nssInstallError(error, nss) ?? error;
      }
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  #open<T>(directory: string, use: (database: NssDatabase) => Promise<T>): Promise<T> {
    return withPrivateDirectory(this.#options.temporaryDirectory, async (workspace) =>
      use(await NssDatabase.open({ tools: this.#tools, directory, workspace })),
    );
  }
}

function installedIn(
  { directory }: NssDatabase,
  { credentialId, certificate, token }: KnownCredential,
): InstalledCredential {
  return { credentialId, certificate, location: directory, ...(token && { token }) };
}

/** Errors of install targets, and those of tokens, say themselves what the person is told. */
function isTold(error: unknown): error is Error & { toFailure(): Failure } {
  return error instanceof Error && 'toFailure' in error && typeof error.toFailure === 'function';
}
