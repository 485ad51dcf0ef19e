import { X509Certificate } from 'node:crypto';
import type { Proof } from '../../shared/models/credential.ts';
import type { NssLocation, Platform } from '../platform/platform.ts';
import {
  InstallError,
  type InstallableCredential,
  type InstalledCredential,
  type InstallTarget,
  type KnownCredential,
  type Probe,
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
import { NssTools } from './nss-tools.ts';
import { withPrivateDirectory } from './private-directory.ts';

export interface NssTargetOptions {
  readonly platform: Pick<Platform, 'homeDirectory' | 'nss'>;
  /** Colon-separated directories in which NSS's tools are looked for, as in `PATH`. */
  readonly searchPath: string;
  /** Where private directories are made for a moment, as `os.tmpdir()` says. */
  readonly temporaryDirectory: string;
  readonly now: () => Date;
}

/** The NSS shared database, which Chromium and its relatives read on Linux. */
export class NssTarget implements InstallTarget {
  readonly id = 'nss';
  readonly #options: NssTargetOptions;
  readonly #tools: NssTools;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: NssTargetOptions) {
    this.#options = options;
    this.#tools = new NssTools(options);
  }

  preflight(): Promise<void> {
    return this.#withDatabase(async (database) => {
      await this.#tools.try('pk12util', []);
      await assertWritable(database.directory);
      if (await database.exists()) await database.keyIds();
      else await this.#tools.try('certutil', []);
    });
  }

  list(known: readonly KnownCredential[]): Promise<readonly InstalledCredential[]> {
    return this.#withDatabase(async (database) => {
      const installed: InstalledCredential[] = [];
      for (const { credentialId, certificate } of known) {
        if (!(await isInstalled(database, new X509Certificate(certificate)))) continue;
        installed.push({ credentialId, certificate, location: database.directory });
      }
      return installed;
    });
  }

  install(credential: InstallableCredential): Promise<InstalledCredential> {
    return this.#withDatabase(async (database) => {
      const { credentialId, certificate, chain } = credential;
      const leaf = new X509Certificate(certificate);
      if (!(await database.exists())) await database.create();
      if (!(await isInstalled(database, leaf))) await importCredential(database, credential);
      await addIssuers(
        database,
        chain.map((der) => new X509Certificate(der)),
      );
      if (!(await isInstalled(database, leaf))) {
        throw new InstallError('nss', 'refused', 'the import left nothing in the database');
      }
      return { credentialId, certificate, location: database.directory };
    });
  }

  async prove({ certificate }: InstalledCredential, probe?: Probe): Promise<readonly Proof[]> {
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

  /** Out of all places, for browsers may have changed theirs since. */
  remove({ certificate }: InstalledCredential): Promise<void> {
    const leaf = new X509Certificate(certificate);
    return this.#inTurn(async ({ databaseDirectories }) => {
      for (const directory of databaseDirectories) {
        await this.#open(directory, (database) => removeWithIssuers(database, leaf));
      }
    });
  }

  async #prove(
    method: 'signature' | 'mutual-tls',
    by: string,
    attempt: (database: NssDatabase) => Promise<void>,
  ): Promise<Proof> {
    const at = () => this.#options.now().toISOString();
    try {
      await this.#withDatabase(attempt);
      return { status: 'proven', method, by, at: at() };
    } catch (error) {
      if (!(error instanceof InstallError)) throw error;
      return { status: 'failed', failure: error.toFailure(), at: at() };
    }
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

async function removeWithIssuers(database: NssDatabase, leaf: X509Certificate): Promise<void> {
  if (!(await database.exists())) return;
  await removeCredential(database, leaf);
  await removeOrphanedIssuers(database);
}
