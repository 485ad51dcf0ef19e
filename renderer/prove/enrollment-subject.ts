import type { Identifier } from '../../shared/failure.ts';
import type { Helpdesk } from '../../shared/models/enrollment-profile.ts';
import type { Place, Proving } from '../navigation.ts';
import { useWallet } from '../wallet.ts';
import { useWords } from '../words.ts';
import type { ProofSubject } from './proof-subject.ts';

interface EnrollmentProof {
  readonly enrollment: Proving;
  readonly identifier: Identifier;
  readonly helpdesk: Helpdesk | undefined;
  readonly go: (place: Place) => void;
}

/** One thing that the person proves for a request of their own. */
export function useEnrollmentSubject(proof: EnrollmentProof): ProofSubject {
  const { text } = useWords();
  const { api } = useWallet();
  const { enrollment, ...rest } = proof;
  const { enrollmentId, organizationId, caHost, name, sending } = enrollment;
  return {
    ...rest,
    ...{ organizationId, caHost, sending },
    what: text(name),
    answer: (challengeId, answer) => api.enrollment.answer({ enrollmentId, challengeId, answer }),
    // What it ends tells by itself how it ended.
    stop: (challengeId) => void api.enrollment.stopAnswering({ enrollmentId, challengeId }),
  };
}
