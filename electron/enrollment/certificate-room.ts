import type { Candidate } from '../credentials/candidate.ts';
import type { Candidates } from '../credentials/candidates.ts';
import type { KeyRing, KeyUse } from '../keys/key-ring.ts';
import type { Signer } from '../keys/signer.ts';
import { proofOwner, proofUse, type Proof } from './proof-use.ts';
import type { Rooms } from './rooms.ts';

/** Certificates that something can be proven with, and their keys. */
export interface CertificateRoom {
  /** Who asks. */
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

export function certificateRoom(
  proof: () => Proof,
  { wallet, keys, report }: Pick<Rooms, 'wallet' | 'keys' | 'report'>,
  candidates: Candidates,
): CertificateRoom {
  const { organizationId } = proof();
  return {
    organizationId,
    list: () => candidates.list(),
    follow: (listener) => candidates.follow(listener),
    lend: async ({ key, publicSpki }, signal, work) => {
      const use = proofUse(proof(), wallet, signal);
      try {
        const signer =
          key.in === 'ring'
            ? await keys.signer(key.keyId, use)
            : await keys.signerOnToken(key.key, publicSpki, use);
        return await work(signer);
      } finally {
        await rest(keys, proofOwner(proof()), report);
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
