import type { BrowserPolicyView, PolicyBrowser } from '../shared/models/browser-policy.ts';
import type { NetworkView } from '../shared/models/network.ts';
import type {
  ConfigurationText,
  SignedDocument,
  SigningToolView,
} from '../shared/models/signing.ts';
import { CredentialError } from './credentials/credential-error.ts';
import type { Credentials } from './credentials/credentials.ts';
import type { TimestampExchange } from './http/timestamp-exchange.ts';
import type { KeyRing } from './keys/key-ring.ts';
import type { TokenAccess } from './pkcs11/token-access.ts';
import type { DocumentDialogs } from './signing/chosen-document.ts';
import { Programs } from './signing/programs.ts';
import type { TargetSurroundings } from './targets.ts';
import type { Wallet } from './wallet/wallet.ts';

/** What the rooms are made of that use credentials. */
export interface UseSurroundings extends TargetSurroundings {
  readonly wallet: Wallet;
  readonly keys: KeyRing;
  readonly tokens: TokenAccess;
  readonly credentials: Credentials;
  /** The way to timestamp servers. */
  readonly exchange: TimestampExchange;
}

/** What credentials are used for beyond what is installed. */
export interface Uses {
  readonly networks: {
    /** Reads a file that the person opened. */
    read(credentialId: string, path: string): Promise<NetworkView>;
    /** Has the credential used for one that was read. */
    use(credentialId: string, networkId: string): Promise<void>;
  };
  readonly browserPolicies: {
    list(credentialId: string): Promise<readonly BrowserPolicyView[]>;
    set(credentialId: string, browser: PolicyBrowser): Promise<void>;
    withdraw(credentialId: string, browser: PolicyBrowser): Promise<void>;
  };
  readonly programs: {
    signingTools(credentialId: string): Promise<readonly SigningToolView[]>;
    configurations(credentialId: string): Promise<readonly ConfigurationText[]>;
  };
  readonly signDocument: (
    credentialId: string,
    dialogs: DocumentDialogs,
  ) => Promise<SignedDocument | null>;
}

export function usesOf(surroundings: UseSurroundings): Uses {
  return {
    networks: { read: nothingThere, use: nothingThere },
    browserPolicies: { list: nothingThere, set: nothingThere, withdraw: nothingThere },
    programs: new Programs(surroundings),
    signDocument: async (credentialId, dialogs) => {
      // Late: who signs no document reads no code for it.
      const { signChosenDocument } = await import('./signing/chosen-document.ts');
      return signChosenDocument(credentialId, dialogs, surroundings);
    },
  };
}

const nothingThere = (): Promise<never> =>
  Promise.reject(new CredentialError({ code: 'not-found' }, 'asking a room that is not there yet'));
