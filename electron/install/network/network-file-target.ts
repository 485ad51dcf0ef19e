import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Failure } from '../../../shared/failure.ts';
import type { Proof, ProofMethod } from '../../../shared/models/credential.ts';
import {
  InstallError,
  type InstallableCredential,
  type InstalledCredential,
  type InstallTarget,
  type InstallWish,
  type KnownCredential,
  type Probes,
} from '../install-target.ts';
import { checkedNetwork } from './checked-network.ts';
import {
  directoryOf,
  hasWritten,
  keyMaterialOf,
  removeKeyMaterial,
  writeKeyMaterial,
  type KeyMaterial,
  type KeyPlace,
  type NetworkTargetId,
  type WrittenKeyMaterial,
} from './key-files.ts';
import { dropNote, handOnNote, noteOf, readNote } from './kept-aside.ts';
import { provingWithPin } from './lent-pin.ts';
import { proveCertificateFile, proveKeyFile, proveKeyOnToken } from './material-proofs.ts';
import { writePrivateFile } from './private-file.ts';
import type { RadiusProbeSurroundings } from './radius-probe.ts';
import { issuersIn, proveAllByRadius } from './radius-trials.ts';
import { SystemFiles } from './system-files.ts';
import type { SignInKey } from './wpa-supplicant-conf.ts';

/** How one network program wants to be told. */
export interface NetworkFileFormat {
  readonly id: NetworkTargetId;
  /** What its files are called: others, wherever they lie, are none that we wrote. */
  readonly names: RegExp;
  /** Throws when it has no use for such a credential. */
  readonly checkWish: (wish: InstallWish) => void;
  /** Throws when it has no use for such keys. */
  readonly checkKey: (credential: Pick<KnownCredential, 'certificate' | 'token'>) => void;
  /** By the names of their files; each has the credential's id in it. Throws `InstallError`. */
  readonly filesOf: (
    credential: InstallableCredential,
    material: WrittenKeyMaterial,
  ) => Promise<ReadonlyMap<string, string>>;
  /** Of one of its files. */
  readonly passphraseIn: (text: string) => string | undefined;
}

export interface NetworkFileTargetOptions extends RadiusProbeSurroundings {
  /** Whether this process has an administrator's rights itself. */
  readonly isAdministrator: boolean;
  /** Where the program reads its files. */
  readonly directory: string;
  /** In place of pkexec, for tests. */
  readonly elevate?: string;
}

/**
 * A network program that reads files of its own in a directory of the administrators'. A copy of each lies with the key: it is what
 * is proven, and says what there is to remove.
 */
export class NetworkFileTarget implements InstallTarget {
  readonly id: NetworkTargetId;
  readonly #format: NetworkFileFormat;
  readonly #options: NetworkFileTargetOptions;
  readonly #place: KeyPlace;
  readonly #system: SystemFiles;
  #last: Promise<unknown> = Promise.resolve();

  constructor(format: NetworkFileFormat, options: NetworkFileTargetOptions) {
    const { homeDirectory, directory, isAdministrator, elevate } = options;
    this.id = format.id;
    this.#format = format;
    this.#options = options;
    this.#place = { homeDirectory, target: format.id };
    this.#system = new SystemFiles({
      ...{ target: format.id, directory, isAdministrator },
      ...(elevate !== undefined && { elevate }),
    });
  }

  async preflight(wish: InstallWish = { onToken: false }): Promise<void> {
    this.#format.checkWish(wish);
    await this.#system.check();
  }

  async list(known: readonly KnownCredential[]): Promise<readonly InstalledCredential[]> {
    const installed: InstalledCredential[] = [];
    for (const credential of known) {
      const material = await keyMaterialOf(credential, this.#place);
      const [first] = material === null ? [] : await this.#copiesIn(material);
      if (first === undefined || (await this.#system.read(first)) === null) continue;
      installed.push(this.#installed(credential, first));
    }
    return installed;
  }

  install(credential: InstallableCredential): Promise<InstalledCredential> {
    return this.#inTurn(async () => {
      const networks = (credential.networks ?? []).map((each) => checkedNetwork(each, this.id));
      this.#format.checkKey(credential);
      if (networks.length === 0) throw new InstallError(this.id, 'refused', 'no network to join');
      this.#system.checkAttended(credential);
      const material = await writeKeyMaterial(credential, this.#place);
      const files = await this.#format.filesOf(credential, material);
      const [first] = files.keys();
      if (first === undefined) {
        throw new InstallError(this.id, 'unsuitable', 'none of the networks is one that it joins');
      }
      for (const name of await this.#copiesIn(material)) {
        if (files.has(name)) continue;
        const copy = join(material.directory, name);
        if (await this.#isOurs(name, credential.credentialId)) {
          await this.#system.remove(name, await readNote(copy));
        }
        await dropNote(copy);
        // Its passphrase opens nothing any more.
        await rm(copy, { force: true });
      }
      for (const [name, text] of files) await this.#put(material, name, text);
      return this.#installed(credential, first);
    });
  }

  prove(installed: InstalledCredential, probes: Probes = {}): Promise<readonly Proof[]> {
    const { now } = this.#options;
    const prove = (pin?: Uint8Array) => this.#proofs(installed, probes, pin);
    return provingWithPin(installed, probes, prove, now);
  }

  rebind(
    from: InstalledCredential,
    _to: InstalledCredential,
    remaining: readonly KnownCredential[],
  ): Promise<void> {
    return this.remove(from, remaining);
  }

  /** A file that another credential has by the same name becomes that credential's again. */
  remove(
    installed: InstalledCredential,
    remaining: readonly KnownCredential[] = [],
  ): Promise<void> {
    const { credentialId } = installed;
    return this.#inTurn(async () => {
      const directory = directoryOf(credentialId, this.#place);
      for (const name of await this.#copiesIn({ directory })) {
        const heir = await this.#heirOf(name, credentialId, remaining);
        if (heir === null && !(await this.#isOurs(name, credentialId))) continue;
        const copy = join(directory, name);
        const before = await readNote(copy);
        if (before === 'untouched') continue;
        this.#system.checkAttended(installed);
        if (heir === null) await this.#system.remove(name, before);
        else await this.#system.put(name, heir);
        if (heir !== null) await handOnNote(copy, heir);
        else await dropNote(copy);
      }
      await removeKeyMaterial(credentialId, this.#place);
    });
  }

  async #proofs(
    installed: InstalledCredential,
    probes: Probes,
    pin: Uint8Array | undefined,
  ): Promise<readonly Proof[]> {
    const proofs: Proof[] = [];
    for (const attempt of [
      () => this.#attempt('signature', () => this.#proveSignature(installed)),
      () => this.#attempt('listed', () => this.#proveListed(installed, probes)),
      () => this.#proveEapTls(installed, probes, pin),
    ]) {
      const proof = await attempt();
      if (proof !== null) proofs.push(proof);
      if (proof?.status === 'failed') break;
    }
    return proofs;
  }

  async #proveSignature(installed: InstalledCredential): Promise<string> {
    const { certificate, token } = installed;
    const wanted = { target: this.id, certificate };
    if (token) {
      await proveKeyOnToken(wanted, token);
      return token.moduleName;
    }
    const key = await this.#keyOf(await this.#materialOf(installed));
    if (key.kind === 'file') await proveKeyFile(wanted, key, key.passphrase);
    return 'OpenSSL';
  }

  async #proveListed(installed: InstalledCredential, { anchors }: Probes): Promise<string> {
    const { certificate } = installed;
    const material = await this.#materialOf(installed);
    for (const name of await this.#copiesIn(material)) {
      const own = await readFile(join(material.directory, name), 'utf8');
      const there = await this.#system.read(name);
      // iwd writes into its files what it learns.
      const isThere = there === undefined || there?.includes(installed.credentialId) === true;
      if (!isThere || !own.includes(installed.credentialId)) {
        throw this.#broken('not-listed', this.#system.pathOf(name));
      }
    }
    const wanted = { target: this.id, certificate };
    await proveCertificateFile(wanted, material, { anchors, now: this.#options.now() });
    return this.id === 'iwd' ? 'iwd' : 'wpa_supplicant';
  }

  async #proveEapTls(
    installed: InstalledCredential,
    { radius, anchors = [] }: Probes,
    pin: Uint8Array | undefined,
  ): Promise<Proof | null> {
    const { networks = [] } = installed;
    // Without the PIN, which is typed on the reader, no other program can be handed it.
    if (!radius || networks.length === 0 || (installed.token && pin === undefined)) return null;
    const material = await this.#materialOf(installed);
    const key = await this.#keyOf(material);
    return proveAllByRadius(
      {
        ...{ target: this.id, networks, probe: radius, certificate: installed.certificate },
        ...{ signIn: { ...material, key }, issuers: await issuersIn(material, anchors) },
        ...(pin && { pin }),
      },
      this.#options,
    );
  }

  async #attempt(method: ProofMethod, prove: () => Promise<string>): Promise<Proof> {
    const at = (): string => this.#options.now().toISOString();
    try {
      return { status: 'proven', method, by: await prove(), at: at() };
    } catch (error) {
      if (!isTold(error)) throw error;
      return { status: 'failed', method, failure: error.toFailure(), at: at() };
    }
  }

  async #materialOf(installed: InstalledCredential): Promise<KeyMaterial> {
    const material = await keyMaterialOf(installed, this.#place);
    if (material !== null && (await this.#copiesIn(material)).length > 0) return material;
    throw this.#broken('not-listed', installed.location);
  }

  async #keyOf(material: KeyMaterial): Promise<SignInKey> {
    const { key, directory } = material;
    if (key.kind === 'token') return key;
    const [first] = await this.#copiesIn(material);
    const text = first === undefined ? '' : await readFile(join(directory, first), 'utf8');
    const passphrase = this.#format.passphraseIn(text);
    if (passphrase === undefined) throw this.#broken('key', directory);
    return { ...key, passphrase };
  }

  /** The copy first: whatever happens then, it says what has to be removed. */
  async #put({ directory }: KeyMaterial, name: string, text: string): Promise<void> {
    const there = await this.#system.read(name);
    if (typeof there === 'string' && !there.includes('countersign-')) {
      throw new InstallError(this.id, 'refused', this.#system.pathOf(name));
    }
    const copy = join(directory, name);
    // Where only administrators see whose it is, what was there before us is kept.
    const isFirst = there === undefined && !(await hasWritten(name, this.#place));
    const isKept = isFirst || (await readNote(copy)) === 'untouched';
    if (isKept) await writePrivateFile(noteOf(copy), '');
    await writePrivateFile(copy, text);
    if (isKept) await this.#system.putKeeping(name, copy);
    else await this.#system.put(name, copy);
  }

  async #copiesIn({ directory }: Pick<KeyMaterial, 'directory'>): Promise<readonly string[]> {
    const names = await readdir(directory).catch(nothingThere);
    return names.filter((name) => this.#format.names.test(name)).sort();
  }

  async #heirOf(
    name: string,
    credentialId: string,
    remaining: readonly KnownCredential[],
  ): Promise<string | null> {
    for (const other of remaining.filter((each) => each.credentialId !== credentialId)) {
      const material = await keyMaterialOf(other, this.#place);
      if (material === null) continue;
      if ((await this.#copiesIn(material)).includes(name)) return join(material.directory, name);
    }
    return null;
  }

  /** So it is when nobody but an administrator can tell. */
  async #isOurs(name: string, credentialId: string): Promise<boolean> {
    const there = await this.#system.read(name);
    return there === undefined || there?.includes(credentialId) === true;
  }

  #installed(
    { credentialId, certificate, token, networks }: KnownCredential & Partial<InstalledCredential>,
    file: string,
  ): InstalledCredential {
    return {
      ...{ credentialId, certificate, location: this.#system.pathOf(file) },
      ...(token && { token }),
      ...(networks && { networks }),
    };
  }

  #broken(link: 'not-listed' | 'key', detail: string): InstallError {
    return new InstallError(this.id, 'proof-failed', detail, { link });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

const nothingThere = (error: unknown): readonly string[] => {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
  throw error;
};

const isTold = (error: unknown): error is Error & { toFailure(): Failure } =>
  error instanceof Error && 'toFailure' in error && typeof error.toFailure === 'function';
