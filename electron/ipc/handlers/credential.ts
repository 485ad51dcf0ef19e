import type { Handlers } from '../../../shared/ipc-contract.ts';
import type { BrowserPolicyView, PolicyBrowser } from '../../../shared/models/browser-policy.ts';
import type { NetworkView } from '../../../shared/models/network.ts';
import type {
  ConfigurationText,
  SignedDocument,
  SigningToolView,
} from '../../../shared/models/signing.ts';
import { CredentialError } from '../../credentials/credential-error.ts';
import type { Credentials } from '../../credentials/credentials.ts';
import type { ExportedCredential } from '../../credentials/export.ts';

export interface CredentialRoom {
  readonly credentials: Pick<
    Credentials,
    'detail' | 'prove' | 'install' | 'export' | 'revoke' | 'remove'
  >;
  readonly networks: {
    /** Asks for a file; null when the person thought better of it. */
    choose(credentialId: string): Promise<NetworkView | null>;
    use(credentialId: string, networkId: string): Promise<void>;
  };
  readonly browserPolicies: {
    list(credentialId: string): Promise<readonly BrowserPolicyView[]>;
    set(credentialId: string, browser: PolicyBrowser): Promise<void>;
    withdraw(credentialId: string, browser: PolicyBrowser): Promise<void>;
  };
  /** Programs that use a credential where the wallet cannot put it for them. */
  readonly programs: {
    signingTools(credentialId: string): Promise<readonly SigningToolView[]>;
    configurations(credentialId: string): Promise<readonly ConfigurationText[]>;
  };
  /** Asks for a document and where to save it; null when the person thought better of it. */
  readonly signDocument: (credentialId: string) => Promise<SignedDocument | null>;
  readonly interrupted: { dismiss(): void };
  /** Asks where to save; false when the person thought better of it. */
  readonly save: (exported: ExportedCredential) => Promise<boolean>;
}

export function credentialHandlers(rooms: CredentialRoom) {
  const { credentials, save, networks, browserPolicies, programs, signDocument } = rooms;
  return {
    detail: ({ credentialId }) => credentials.detail(credentialId),
    prove: ({ credentialId, target }) => credentials.prove(credentialId, target),
    install: ({ credentialId, target }) => credentials.install(credentialId, target),
    async export(request) {
      return { saved: await save(await credentials.export(request)) };
    },
    chooseNetwork: ({ credentialId }) => networks.choose(credentialId),
    async useNetwork({ credentialId, networkId }) {
      await networks.use(credentialId, networkId);
    },
    browserPolicies: ({ credentialId }) => browserPolicies.list(credentialId),
    async setBrowserPolicy({ credentialId, browser }) {
      await browserPolicies.set(credentialId, browser);
    },
    async withdrawBrowserPolicy({ credentialId, browser }) {
      await browserPolicies.withdraw(credentialId, browser);
    },
    signingTools: ({ credentialId }) => programs.signingTools(credentialId),
    configurations: ({ credentialId }) => programs.configurations(credentialId),
    async saveConfiguration({ credentialId, program }) {
      const texts = await programs.configurations(credentialId);
      const found = texts.find((each) => each.program === program);
      if (found === undefined) throw new CredentialError({ code: 'not-found' }, 'configuring');
      return {
        saved: await save({ data: Buffer.from(found.text), suggestedName: found.fileName }),
      };
    },
    signDocument: ({ credentialId }) => signDocument(credentialId),
    dismissInterrupted() {
      rooms.interrupted.dismiss();
      return Promise.resolve(undefined);
    },
    async revoke({ credentialId, reason }) {
      await credentials.revoke(credentialId, reason);
    },
    async remove({ credentialId }) {
      await credentials.remove(credentialId);
    },
  } satisfies Handlers['credential'];
}
