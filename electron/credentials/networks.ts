import type { NetworkDescription, NetworkView } from '../../shared/models/network.ts';
import { CredentialError } from './credential-error.ts';
import type { Credentials } from './credentials.ts';
import { networkView } from './network-view.ts';

export interface NetworksOptions {
  readonly credentials: Pick<Credentials, 'addNetwork' | 'detail'>;
  readonly now: () => Date;
  /** BCP 47 tags, the preferred first. */
  readonly languages: () => readonly string[];
}

/** Networks that a person brings along in files, between the look at one and the word to use it. */
export class Networks {
  readonly #options: NetworksOptions;
  /** The last for each credential: what is used is what was shown. */
  readonly #read = new Map<string, NetworkDescription>();

  constructor(options: NetworksOptions) {
    this.#options = options;
  }

  /** The first network of an `.eap-config` file that takes certificates. Changes nothing. Throws `EapConfigError`. */
  async read(credentialId: string, path: string): Promise<NetworkView> {
    const { credentials, now, languages } = this.#options;
    await credentials.detail(credentialId);
    // Late: who brings along no file reads no code for it.
    const { readEapConfigFile } = await import('../install/network/eap-config.ts');
    const [network] = await readEapConfigFile(path, { now, languages: languages() });
    this.#read.set(credentialId, network);
    return networkView(network);
  }

  async use(credentialId: string, networkId: string): Promise<void> {
    const network = this.#read.get(credentialId);
    if (network?.id !== networkId) {
      throw new CredentialError({ code: 'not-found' }, 'using a network that was not shown');
    }
    await this.#options.credentials.addNetwork(credentialId, network);
    this.#read.delete(credentialId);
  }
}
