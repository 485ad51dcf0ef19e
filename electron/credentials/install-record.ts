import type {
  ActivityEntry,
  Installation,
  InterruptedInstall,
} from '../../shared/models/credential.ts';
import type { CredentialRecord } from '../wallet/credential-store.ts';
import type { InstallDeed } from '../wallet/install-journal.ts';
import type { Wallet } from '../wallet/wallet.ts';

/**
 * What the wallet knows of deeds at targets: each is in the journal before the target begins, and leaves it in the
 * transaction that remembers its outcome.
 */
export class InstallRecord {
  readonly #wallet: Wallet;
  /** Those at which an earlier process was when it was stopped. */
  readonly #interrupted: Set<string>;

  constructor(wallet: Wallet) {
    this.#wallet = wallet;
    this.#interrupted = new Set(wallet.installing.list().map(nameOf));
  }

  begin(deed: InstallDeed): void {
    this.#wallet.installing.begin(deed);
  }

  isOpen(deed: InstallDeed): boolean {
    return this.#wallet.installing.list().some((each) => nameOf(each) === nameOf(deed));
  }

  /** Nothing is left of it, and nothing is told. */
  drop(deed: InstallDeed): void {
    this.#wallet.installing.end(deed);
    this.#interrupted.delete(nameOf(deed));
  }

  /** The credential is there; the deed goes on until it was tried out. */
  installed(deed: InstallDeed, installation: Installation): void {
    this.#wallet.transaction(() => {
      this.#save(deed.credentialId, installation);
      // Whoever wants it there has given up taking it away.
      this.drop({ ...deed, deed: 'remove' });
      // Of one that was interrupted the end is told.
      if (this.#interrupted.has(nameOf(deed))) return;
      const isOnToken = deed.target === 'token';
      this.#append(isOnToken ? 'token-certificate-written' : 'installed', deed);
    });
  }

  /** The end of an installation; `next` are deeds that follow from it. */
  settled(deed: InstallDeed, installation: Installation, next: readonly InstallDeed[]): void {
    this.#wallet.transaction(() => {
      for (const each of next) this.begin(each);
      this.#end(deed, 'finished');
      this.proved(deed, installation);
    });
  }

  /** How it went when it was tried out. */
  proved(where: Pick<InstallDeed, 'credentialId' | 'target'>, installation: Installation): void {
    this.#wallet.transaction(() => {
      this.#save(where.credentialId, installation);
      for (const proof of installation.proofs) {
        if (proof.status === 'not-tried') continue;
        const event = proof.status === 'proven' ? 'proven' : 'proof-failed';
        this.#append(event, where, proof.method);
      }
    });
  }

  /** What was begun is undone. */
  undone(deed: InstallDeed, isStillThere: boolean): void {
    this.#wallet.transaction(() => {
      if (!isStillThere) {
        this.#forget(deed);
        this.drop({ ...deed, deed: 'remove' });
      }
      this.#end(deed, 'rolled-back');
    });
  }

  /** What could not be undone is to be removed. */
  toBeUndone(deed: InstallDeed): void {
    this.#wallet.transaction(() => {
      const removal: InstallDeed = { ...deed, deed: 'remove' };
      this.begin(removal);
      if (this.#interrupted.delete(nameOf(deed))) this.#interrupted.add(nameOf(removal));
      this.#wallet.installing.end(deed);
    });
  }

  removed(deed: InstallDeed): void {
    this.#wallet.transaction(() => {
      const wasInstalled = this.#forget(deed);
      // What was there by halves, and in no record, was never told to be there.
      if (wasInstalled || !this.#interrupted.has(nameOf(deed))) {
        this.#append('removed-from-target', deed);
      }
      // … nor is it to be put there again.
      this.drop({ ...deed, deed: 'install' });
      this.#end(deed, wasInstalled ? 'finished' : 'rolled-back');
    });
  }

  /** Programs are offered the newer one alone. */
  rebound(deed: InstallDeed, from: string): void {
    this.#wallet.transaction(() => {
      this.#forget({ credentialId: from, target: deed.target });
      this.#append('rebound', { ...deed, credentialId: from });
      this.#end(deed, 'finished');
    });
  }

  #end(deed: InstallDeed, outcome: InterruptedInstall['outcome']): void {
    const { credentialId, target } = deed;
    const wasInterrupted = this.#interrupted.has(nameOf(deed));
    this.drop(deed);
    const record = this.#wallet.credentials.find(credentialId);
    if (!wasInterrupted || record === undefined) return;
    this.#append(outcome === 'finished' ? 'install-finished' : 'install-rolled-back', deed);
    this.#wallet.installing.tell({ credentialId, target, name: record.name, outcome });
  }

  #save(credentialId: string, installation: Installation): void {
    const record = this.#wallet.credentials.find(credentialId);
    if (record === undefined) return;
    const others = record.installations.filter(({ target }) => target !== installation.target);
    this.#wallet.credentials.save({ ...record, installations: [...others, installation] });
  }

  #forget({ credentialId, target }: Pick<InstallDeed, 'credentialId' | 'target'>): boolean {
    const record = this.#wallet.credentials.find(credentialId);
    if (record?.installations.some((each) => each.target === target) !== true) return false;
    const installations = record.installations.filter((each) => each.target !== target);
    this.#wallet.credentials.save({ ...record, installations });
    return true;
  }

  #append(
    event: ActivityEntry['event'],
    { credentialId, target }: Pick<InstallDeed, 'credentialId' | 'target'>,
    method?: string,
  ): void {
    const { organizationId } = this.#wallet.credentials.find(credentialId) ?? {};
    const detail = method === undefined ? target : `${target} · ${method}`;
    const ofOne = organizationId !== undefined && { organizationId };
    this.#wallet.activity.append({ event, credentialId, ...ofOne, detail });
  }
}

const nameOf = ({ credentialId, target, deed, from }: InstallDeed): string =>
  JSON.stringify([credentialId, target, deed, from]);

/** Older ones for the same thing: what is offered beside them makes people choose. */
export function isOlderOfSame(older: CredentialRecord, newer: CredentialRecord): boolean {
  const isSameOffer =
    older.organizationId === newer.organizationId && older.offerId === newer.offerId;
  return isSameOffer && older.issuedAt < newer.issuedAt && isForSame(older, newer);
}

/** Records of earlier versions know only the first of what was ordered. */
function isForSame(one: CredentialRecord, other: CredentialRecord): boolean {
  if (one.identifiers === undefined || other.identifiers === undefined) {
    return one.subject === other.subject;
  }
  return JSON.stringify(one.identifiers) === JSON.stringify(other.identifiers);
}
