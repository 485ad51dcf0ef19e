import type { Failure } from '../../shared/failure.ts';
import type {
  Installation,
  InstallResult,
  InstallTargetId,
} from '../../shared/models/credential.ts';
import { InstallError, type InstallTarget, type InstallWish } from '../install/install-target.ts';
import type { KnownCredential } from '../install/install-target.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import type { CredentialRecord } from '../wallet/credential-store.ts';
import type { InstallDeed } from '../wallet/install-journal.ts';
import type { Wallet } from '../wallet/wallet.ts';
import { InstallRecord, isOlderOfSame } from './install-record.ts';
import { hasFailed, needsPin, needsSomebody, nobody, waitsForPin } from './left-open.ts';
import { TargetsView, type Attendance } from './targets-view.ts';
import { TokenTarget } from './token-target.ts';

export type { Attendance } from './targets-view.ts';

export interface InstallerOptions {
  readonly wallet: Wallet;
  readonly keys: KeyRing;
  /** Targets of this computer that need no further words from the person. */
  readonly targets: readonly InstallTarget[];
  readonly toFailure: (error: unknown) => Failure;
  readonly now: () => Date;
  /** Hears of errors that change nothing for the person. */
  readonly report: (doing: string, error: unknown) => void;
}

/**
 * Puts credentials into targets, shows that they work there, has programs use the newest of several, and remembers all
 * of it, so that what is interrupted can be finished or undone.
 */
export class Installer {
  readonly #options: InstallerOptions;
  readonly #view: TargetsView;
  readonly #record: InstallRecord;

  constructor(options: InstallerOptions) {
    this.#options = options;
    this.#view = new TargetsView(options);
    this.#record = new InstallRecord(options.wallet);
  }

  /** Without the place beside a key on a token, which is not the computer's. */
  get targetIds(): readonly InstallTargetId[] {
    return this.#options.targets.map(({ id }) => id);
  }

  /** Throws `InstallError` when the target is not on this computer. */
  target(id: InstallTargetId, attendance: Attendance = {}): InstallTarget {
    const targets = [
      new TokenTarget({ ...this.#options, ...attendance }),
      ...this.#options.targets,
    ];
    const target = targets.find((known) => known.id === id);
    if (target === undefined) throw new InstallError(id, 'not-found', 'not on this computer');
    return target;
  }

  /**
   * Throws what somebody can mend before anything is ordered. A program that does not run, or has no use for such a credential, is no
   * cause to have none for the others: it is one only where no other place is left.
   */
  async preflight(targets: readonly InstallTargetId[], wish: InstallWish): Promise<void> {
    const places = targets.filter((id) => id !== 'token');
    const leftOut: InstallError[] = [];
    for (const id of targets) {
      try {
        await this.target(id).preflight(wish);
      } catch (error) {
        if (!(error instanceof InstallError) || !isBearable(error)) throw error;
        leftOut.push(error);
      }
    }
    const [first] = leftOut;
    if (first !== undefined && leftOut.length === places.length) throw first;
  }

  /** The credential as targets know it. */
  known(record: CredentialRecord, attendance: Attendance = {}): KnownCredential {
    return this.#view.known(record, attendance);
  }

  /**
   * Repeating it changes nothing but the times. Throws `InstallError`, and then nothing is left there; a failed proof is
   * data.
   */
  async install(
    credentialId: string,
    targetId: InstallTargetId,
    attendance: Attendance = {},
  ): Promise<Installation> {
    const target = this.target(targetId, attendance);
    const deed: InstallDeed = { credentialId, target: targetId, deed: 'install' };
    refuseUnusable(targetId, this.#view.record(credentialId, targetId));
    this.#record.begin(deed);
    const installation = await this.#put(target, deed, attendance);
    this.#record.installed(deed, installation);
    const proven = await this.#tried(target, deed, attendance);
    this.#record.settled(deed, proven, this.#rebindings(deed, proven));
    await this.#rebindAt(deed, attendance);
    return proven;
  }

  /** What is open there is finished first. Throws `InstallError` `not-found` when the credential was never installed there. */
  async prove(
    credentialId: string,
    targetId: InstallTargetId,
    attendance: Attendance = {},
  ): Promise<Installation> {
    const where = { credentialId, target: targetId };
    if (this.#record.isOpen({ ...where, deed: 'install' })) {
      return this.install(credentialId, targetId, attendance);
    }
    const proven = await this.#tried(this.target(targetId, attendance), where, attendance);
    this.#record.proved(where, proven);
    if (!hasFailed(proven)) await this.#rebindAt(where, attendance);
    return proven;
  }

  /** As `install`, with the outcome as data: one target that refuses does not spoil the others. */
  async tryInstall(
    credentialId: string,
    target: InstallTargetId,
    attendance: Attendance = {},
  ): Promise<InstallResult> {
    try {
      return {
        target,
        status: 'installed',
        installation: await this.install(credentialId, target, attendance),
      };
    } catch (error) {
      return { target, status: 'failed', failure: this.#options.toFailure(error) };
    }
  }

  /** Throws what the target refused, and remembers it as installed then. */
  async remove(credentialId: string, targetId: InstallTargetId, location: string): Promise<void> {
    const deed: InstallDeed = { credentialId, target: targetId, deed: 'remove' };
    const wasOpen = this.#record.isOpen(deed);
    this.#record.begin(deed);
    try {
      await this.#takeAway(deed, location, {});
    } catch (error) {
      if (!wasOpen) this.#record.drop(deed);
      throw error;
    }
    this.#record.removed(deed);
  }

  /** Has programs use this credential in place of older ones for the same thing, wherever it is and not known to fail. */
  async takeOver(credentialId: string): Promise<void> {
    const { installations } = this.#options.wallet.credentials.find(credentialId) ?? {};
    for (const installation of installations ?? []) {
      const { target } = installation;
      if (!this.targetIds.includes(target)) continue;
      const deed: InstallDeed = { credentialId, target, deed: 'install' };
      for (const each of this.#rebindings(deed, installation)) this.#record.begin(each);
      await this.#rebindAt(deed, {});
    }
  }

  /** Something was begun there and is not done. */
  isOpen(credentialId: string, target: InstallTargetId): boolean {
    const open = this.#options.wallet.installing.list();
    return open.some((deed) => deed.credentialId === credentialId && deed.target === target);
  }

  /** What an earlier process had finished when it was stopped; undefined: something is left to do. */
  settled(credentialId: string, target: InstallTargetId): Installation | undefined {
    if (this.isOpen(credentialId, target)) return undefined;
    const record = this.#view.record(credentialId, target);
    return record.installations.find((each) => each.target === target);
  }

  /** Goes on with what an earlier process was at; asks nobody for anything, and leaves open what takes a password. Never rejects. */
  async recover(deed: InstallDeed): Promise<void> {
    const { credentialId, target, from } = deed;
    try {
      if (this.#options.wallet.credentials.find(credentialId) === undefined)
        this.#record.drop(deed);
      else if (from !== undefined) await this.#rebind({ ...deed, from }, nobody);
      else if (deed.deed === 'remove') await this.#removeAgain(deed);
      else await this.install(credentialId, target, nobody);
    } catch (error) {
      this.#options.report(`going on with an interrupted ${deed.deed} at ${target}`, error);
      // Of a key on a token, which needs its PIN: whoever wants it there is asked when they say so.
      if (deed.deed === 'install' && needsPin(error)) await this.#undo(deed, nobody);
    }
  }

  /** Undoes what was begun and is not wanted any more. */
  async abandon(credentialId: string): Promise<void> {
    for (const deed of this.#options.wallet.installing.list()) {
      const isOfIt = deed.credentialId === credentialId && deed.deed === 'install';
      if (isOfIt) await this.#undo(deed, {});
    }
  }

  async #put(
    target: InstallTarget,
    deed: InstallDeed,
    attendance: Attendance,
  ): Promise<Installation> {
    try {
      const record = this.#view.record(deed.credentialId, deed.target);
      const { location } = await target.install(this.#view.installable(record, attendance));
      return {
        target: deed.target,
        location,
        installedAt: this.#options.now().toISOString(),
        proofs: [{ status: 'not-tried' }],
      };
    } catch (error) {
      // Whoever goes on with it will be asked.
      const isLeft = attendance.isUnattended === true && needsSomebody(error);
      if (!isLeft) await this.#undo(deed, attendance);
      throw error;
    }
  }

  /** What was there before stays; what could not be taken away is taken away at the next start. */
  async #undo(deed: InstallDeed, attendance: Attendance): Promise<void> {
    const { credentialId, target } = deed;
    const record = this.#view.record(credentialId, target);
    const wasThere = record.installations.some((each) => each.target === target);
    try {
      // A token writes a certificate whole or not at all.
      if (!wasThere && target !== 'token') await this.#takeAway(deed, '', attendance);
    } catch (error) {
      this.#options.report(`undoing an installation at ${target}`, error);
      this.#record.toBeUndone(deed);
      return;
    }
    this.#record.undone(deed, wasThere);
  }

  async #removeAgain(deed: InstallDeed): Promise<void> {
    const { installations } = this.#view.record(deed.credentialId, deed.target);
    const remembered = installations.find((each) => each.target === deed.target);
    await this.#takeAway(deed, remembered?.location ?? '', nobody);
    this.#record.removed(deed);
  }

  async #takeAway(
    { credentialId, target }: InstallDeed,
    location: string,
    attendance: Attendance,
  ): Promise<void> {
    const record = this.#view.record(credentialId, target);
    const installed = this.#view.installed(record, { location }, attendance);
    await this.target(target).remove(installed, this.#view.others(credentialId));
  }

  async #tried(
    target: InstallTarget,
    { credentialId }: Pick<InstallDeed, 'credentialId'>,
    attendance: Attendance,
  ): Promise<Installation> {
    const record = this.#view.record(credentialId, target.id);
    const installation = record.installations.find((each) => each.target === target.id);
    if (installation === undefined) throw new InstallError(target.id, 'not-found', 'not installed');
    const installed = this.#view.installed(record, installation, attendance);
    const proofs = await target.prove(installed, this.#view.probes(record));
    const isLeft = attendance.isUnattended === true && proofs.some(waitsForPin);
    return { ...installation, proofs: isLeft ? [{ status: 'not-tried' }] : proofs };
  }

  /** Which older ones make way for what was just shown to work, or is not to be tried. */
  #rebindings(
    { credentialId, target }: InstallDeed,
    installation: Installation,
  ): readonly InstallDeed[] {
    const newer = this.#view.record(credentialId, target);
    // What nobody could be asked for says nothing about it; what this computer cannot try is no doubt of it.
    const isUnknown =
      newer.key.token !== undefined &&
      installation.proofs.some(
        ({ status, method }) => status === 'not-tried' && method === undefined,
      );
    // Beside each key on a token is a place of its own.
    if (hasFailed(installation) || isUnknown || target === 'token') return [];
    const older = this.#options.wallet.credentials
      .list()
      .filter((each) => isOlderOfSame(each, newer))
      .filter(({ installations }) => installations.some((each) => each.target === target));
    return older.map(({ id }) => ({ credentialId, target, deed: 'rebind', from: id }));
  }

  /** A target that refuses keeps the older one beside the newer; the next start tries again. */
  async #rebindAt(
    { credentialId, target }: Pick<InstallDeed, 'credentialId' | 'target'>,
    attendance: Attendance,
  ): Promise<void> {
    for (const deed of this.#options.wallet.installing.list()) {
      const { from } = deed;
      const isMeant = deed.credentialId === credentialId && deed.target === target;
      if (!isMeant || from === undefined) continue;
      try {
        await this.#rebind({ ...deed, from }, attendance);
      } catch (error) {
        this.#options.report(`having programs use a newer credential at ${target}`, error);
      }
    }
  }

  async #rebind(
    deed: InstallDeed & { readonly from: string },
    attendance: Attendance,
  ): Promise<void> {
    const { credentialId, target, from } = deed;
    const older = this.#options.wallet.credentials.find(from);
    const newer = this.#view.record(credentialId, target);
    const [there, here] = [older, newer].map((record) =>
      record?.installations.find((each) => each.target === target),
    );
    if (older === undefined || there === undefined || here === undefined) {
      this.#record.drop(deed);
      return;
    }
    await this.target(target).rebind(
      this.#view.installed(older, there, attendance),
      this.#view.installed(newer, here, attendance),
      this.#view.others(from),
    );
    this.#record.rebound(deed, from);
  }
}

const isBearable = ({ reason }: InstallError): boolean =>
  reason === 'unsuitable' || reason === 'not-running';

/** NSS 3.87 takes no such keys, and would only say that a file is bad. */
function refuseUnusable(target: InstallTargetId, { key }: CredentialRecord): void {
  if (!['nss', 'firefox'].includes(target) || key.type !== 'Ed25519') return;
  throw new InstallError(target, 'unsuitable', 'the certificate store takes no Ed25519 keys');
}
