import type { Failure } from '../../shared/failure.ts';
import type { WalletSnapshot } from '../../shared/models/wallet.ts';

export interface SecretStoreWatchOptions {
  /** Rejects when secrets cannot be kept now. */
  readonly probe: () => Promise<void>;
  readonly toFailure: (error: unknown) => Failure;
  readonly changed: () => void;
}

/** Whether the operating system's secret store can be used, as of the last time somebody looked. */
export class SecretStoreWatch {
  readonly #options: SecretStoreWatchOptions;
  #status: WalletSnapshot['secretStore'] = { status: 'ready' };

  constructor(options: SecretStoreWatchOptions) {
    this.#options = options;
  }

  get status(): WalletSnapshot['secretStore'] {
    return this.#status;
  }

  /** Looks again; never rejects, because being unusable is an answer. */
  async check(): Promise<void> {
    this.#status = await this.#look();
    this.#options.changed();
  }

  async #look(): Promise<WalletSnapshot['secretStore']> {
    try {
      await this.#options.probe();
      return { status: 'ready' };
    } catch (error) {
      return { status: 'unavailable', failure: this.#options.toFailure(error) };
    }
  }
}
