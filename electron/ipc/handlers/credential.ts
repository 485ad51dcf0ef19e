import type { Handlers } from '../../../shared/ipc-contract.ts';
import type { Credentials } from '../../credentials/credentials.ts';
import type { ExportedCredential } from '../../credentials/export.ts';

export interface CredentialRoom {
  readonly credentials: Pick<
    Credentials,
    'detail' | 'prove' | 'install' | 'export' | 'revoke' | 'remove'
  >;
  /** Asks where to save; false when the person thought better of it. */
  readonly save: (exported: ExportedCredential) => Promise<boolean>;
}

export function credentialHandlers({ credentials, save }: CredentialRoom) {
  return {
    detail: ({ credentialId }) => credentials.detail(credentialId),
    prove: ({ credentialId, target }) => credentials.prove(credentialId, target),
    install: ({ credentialId, target }) => credentials.install(credentialId, target),
    async export(request) {
      return { saved: await save(await credentials.export(request)) };
    },
    async revoke({ credentialId, reason }) {
      await credentials.revoke(credentialId, reason);
    },
    async remove({ credentialId }) {
      await credentials.remove(credentialId);
    },
  } satisfies Handlers['credential'];
}
