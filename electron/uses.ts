import type {
  ConfigurationText,
  SignedDocument,
  SigningToolView,
} from '../shared/models/signing.ts';
import { BrowserPolicies } from './credentials/browser-policies.ts';
import type { Credentials } from './credentials/credentials.ts';
import { Networks } from './credentials/networks.ts';
import type { TimestampExchange } from './http/timestamp-exchange.ts';
import { PolicyFiles } from './install/browser-policy-files.ts';
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
  readonly browserPolicies: BrowserPolicies;
  /** The way to timestamp servers. */
  readonly exchange: TimestampExchange;
}

/** What credentials are used for beyond what is installed. */
export interface Uses {
  readonly networks: Pick<Networks, 'read' | 'use'>;
  readonly browserPolicies: Pick<BrowserPolicies, 'list' | 'set' | 'withdraw'>;
  readonly programs: {
    signingTools(credentialId: string): Promise<readonly SigningToolView[]>;
    configurations(credentialId: string): Promise<readonly ConfigurationText[]>;
  };
  readonly signDocument: (
    credentialId: string,
    dialogs: DocumentDialogs,
  ) => Promise<SignedDocument | null>;
}

/** What browsers are told by an administrator of this computer. */
export function browserPoliciesOf(
  surroundings: TargetSurroundings,
  wallet: Wallet,
): BrowserPolicies {
  const { platform, searchPath, temporaryDirectory, environment } = surroundings;
  const location = platform.browserPolicies;
  const programs = location?.programs ?? { elevate: '', install: '', remove: '' };
  const isAdministrator = process.geteuid?.() === 0;
  const files = new PolicyFiles({ programs, isAdministrator, temporaryDirectory, environment });
  return new BrowserPolicies({ wallet, location, files, searchPath });
}

export function usesOf(surroundings: UseSurroundings): Uses {
  return {
    networks: networksOf(surroundings),
    browserPolicies: surroundings.browserPolicies,
    programs: new Programs(surroundings),
    signDocument: async (credentialId, dialogs) => {
      // Late: who signs no document reads no code for it.
      const { signChosenDocument } = await import('./signing/chosen-document.ts');
      const { appendApart } = await import('./signing/append-apart.ts');
      const rooms = { ...surroundings, append: appendApart() };
      return signChosenDocument(credentialId, dialogs, rooms);
    },
  };
}

function networksOf({ credentials, wallet, now }: UseSurroundings): Networks {
  return new Networks({
    ...{ credentials, now },
    languages: () => [wallet.settings.read().language],
  });
}
