import type { InterruptedInstall } from '../../shared/models/credential.ts';
import type { InstallDeed } from '../wallet/install-journal.ts';
import type { Wallet } from '../wallet/wallet.ts';
import type { Installer } from './installer.ts';

export interface InterruptedInstallsOptions {
  readonly wallet: Pick<Wallet, 'installing' | 'enrollments'>;
  readonly installer: Installer;
  readonly report: (doing: string, error: unknown) => void;
}

/** What the wallet was installing or removing when it was stopped, and what became of it. */
export class InterruptedInstalls {
  readonly #options: InterruptedInstallsOptions;
  #recovery: Promise<void> | undefined;

  constructor(options: InterruptedInstallsOptions) {
    this.#options = options;
  }

  /**
   * Finishes it, or undoes it, once; asks nobody for a PIN, and takes what needs the secret store to be ready. Never
   * rejects.
   */
  recover(): Promise<void> {
    this.#recovery ??= this.#recoverAll();
    return this.#recovery;
  }

  /** Resolves when nothing of it is under way any more. */
  async close(): Promise<void> {
    this.#recovery ??= Promise.resolve();
    await this.#recovery;
  }

  async #recoverAll(): Promise<void> {
    const { wallet, installer, report } = this.#options;
    const here = new Set(['token', ...installer.targetIds]);
    for (const deed of wallet.installing.list()) {
      if (!here.has(deed.target) || this.#isOfEnrollment(deed)) continue;
      try {
        await installer.recover(deed);
      } catch (error) {
        report('going on with what was being installed', error);
      }
    }
  }

  /** Those that nobody has read of yet, oldest first. */
  list(): readonly InterruptedInstall[] {
    return this.#options.wallet.installing.outcomes();
  }

  dismiss(): void {
    this.#options.wallet.installing.dismissOutcomes();
  }

  /** An enrolment that goes on installs by itself what it was at. */
  #isOfEnrollment({ credentialId, deed }: InstallDeed): boolean {
    if (deed !== 'install') return false;
    const going = this.#options.wallet.enrollments
      .list()
      .filter(({ state }) => state === 'needs-installation');
    return going.some((each) => each.credentialId === credentialId);
  }
}
