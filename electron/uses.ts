import type { BrowserPolicyView, PolicyBrowser } from '../shared/models/browser-policy.ts';
import type { NetworkView } from '../shared/models/network.ts';
import type {
  ConfigurationText,
  SignedDocument,
  SigningToolView,
} from '../shared/models/signing.ts';
import { CredentialError } from './credentials/credential-error.ts';
import type { Credentials } from './credentials/credentials.ts';
import type { KeyRing } from './keys/key-ring.ts';
import type { TargetSurroundings } from './targets.ts';
import type { Wallet } from './wallet/wallet.ts';

/** What the rooms are made of that use credentials. */
export interface UseSurroundings extends TargetSurroundings {
  readonly wallet: Wallet;
  readonly keys: KeyRing;
  readonly credentials: Credentials;
}

/** Asks for a document, and where to put the signed one; null: the person thought better of it. */
export interface DocumentDialogs {
  readonly chooseDocument: () => Promise<string | null>;
  readonly saveDocumentAs: (suggestedPath: string) => Promise<string | null>;
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

export function usesOf(_surroundings: UseSurroundings): Uses {
  return {
    networks: { read: nothingThere, use: nothingThere },
    browserPolicies: { list: nothingThere, set: nothingThere, withdraw: nothingThere },
    programs: { signingTools: nothingThere, configurations: nothingThere },
    signDocument: nothingThere,
  };
}

const nothingThere = (): Promise<never> =>
  Promise.reject(new CredentialError({ code: 'not-found' }, 'asking a room that is not there yet'));
