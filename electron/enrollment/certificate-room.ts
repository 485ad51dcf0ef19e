import type { Candidate } from '../credentials/candidate.ts';
import type { Candidates } from '../credentials/candidates.ts';
import { keyUse, loginOwner } from '../credentials/key-use.ts';
import type { KeyRing, KeyUse } from '../keys/key-ring.ts';
import type { Signer } from '../keys/signer.ts';
import type { LoginHold } from '../pkcs11/token-access.ts';
import type { Rooms } from './rooms.ts';
import type { Run } from './run.ts';

/** Certificates that one enrolment can be proven with, and their keys. */
export interface CertificateRoom {
  /** Whose enrolment it is. */
  readonly organizationId: string;
  /** All that are known now, whatever is asked for. */
  list(): readonly Candidate[];
  /** Looks at the tokens from now on, and tells of each change. */
  follow(listener: () => void): () => void;
  /** Lends the key for one signature: its token is unlocked for that one, and locked again. */
  lend<T>(
    candidate: Candidate,
    signal: AbortSignal,
    work: (signer: Signer) => Promise<T>,
  ): Promise<T>;
}

/** A PIN is good for one signature: what a person agrees to once is nothing that they agree to twice. */
const oneSignature: LoginHold = { seconds: 60, uses: 1 };

export function certificateRoom(
  run: Run,
  { wallet, keys, report }: Pick<Rooms, 'wallet' | 'keys' | 'report'>,
  candidates: Candidates,
): CertificateRoom {
  const { organizationId } = run.record.plan;
  // Nobody else's: a login that is held for the enrolment's own key does not serve another.
  const purpose = `proof of ${run.record.credentialId}`;
  return {
    organizationId,
    list: () => candidates.list(),
    follow: (listener) => candidates.follow(listener),
    lend: async ({ key, publicSpki }, signal, work) => {
      const { isUnattended } = run;
      const use = keyUse(wallet, {
        ...{ organizationId, purpose, signal, isUnattended, hold: oneSignature },
        reason: 'use-account',
      });
      try {
        const signer =
          key.in === 'ring'
            ? await keys.signer(key.keyId, use)
            : await keys.signerOnToken(key.key, publicSpki, use);
        return await work(signer);
      } finally {
        await rest(keys, loginOwner(organizationId, purpose), report);
      }
    },
  };
}

async function rest(
  keys: Pick<KeyRing, 'rest'>,
  owner: KeyUse['owner'],
  report: Rooms['report'],
): Promise<void> {
  try {
    await keys.rest(owner);
  } catch (error) {
    report('logging out of a token', error);
  }
}
