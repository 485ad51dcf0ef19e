import { useState } from 'react';
import type { CertificateChallengeView } from '../../shared/enrollment-state.ts';
import { MovementStatus } from '../tokens/movement-status.tsx';
import { useWatchedTokens } from '../tokens/use-watched-tokens.ts';
import { Button } from '../ui/button.tsx';
import { useWords } from '../words.ts';
import { chosenCandidate } from './candidates.ts';
import { CertificateChoice } from './certificate-choice.tsx';
import { CertificateDetails } from './certificate-details.tsx';
import { NoCertificate } from './no-certificate.tsx';
import { ProofForm } from './proof-form.tsx';
import type { ProofSubject } from './proof-subject.ts';
import { useAnswering } from './use-answering.ts';
import { WhatIsSigned } from './what-is-signed.tsx';

interface CertificateFormProps {
  readonly subject: ProofSubject;
  readonly challenge: CertificateChallengeView;
}

/** The person answers with a certificate; a PIN is asked for by the question that all tokens have. */
export function CertificateForm({ subject, challenge }: CertificateFormProps) {
  const { say } = useWords();
  const { tokens } = useWatchedTokens();
  const answering = useAnswering(subject, challenge);
  const [wanted, want] = useState<string | undefined>();
  const [before, settle] = useState<string | undefined>();
  const { candidates, issuers } = challenge;
  const { caHost, approving } = subject;
  const { sending, throttled, answer, stop } = answering;
  const act = approving === undefined ? 'prove' : 'approve';
  const chosen = chosenCandidate(candidates, { wanted, before });
  if (chosen !== undefined && chosen.candidateId !== before) settle(chosen.candidateId);
  return (
    <ProofForm
      subject={subject}
      answering={answering}
      answered="signature"
      wide
      primary={
        candidates.length === 0
          ? undefined
          : {
              text: say(sending ? 'prove.certificate.busy' : `${act}.certificate.submit`),
              busy: sending,
              off: throttled || chosen === undefined,
              beside: sending && <Button onPress={stop}>{say('prove.stop')}</Button>,
            }
      }
      onSubmit={() => {
        if (chosen !== undefined)
          void answer({ by: 'certificate', candidateId: chosen.candidateId });
      }}
    >
      {candidates.length > 0 && (
        <WhatIsSigned host={caHost} candidate={chosen} approving={approving !== undefined} />
      )}
      {candidates.length === 0 ? (
        <NoCertificate host={caHost} tokens={tokens} go={subject.go} />
      ) : (
        <CertificateChoice
          candidates={candidates}
          chosen={chosen}
          onChoose={want}
          go={subject.go}
        />
      )}
      <MovementStatus tokens={tokens} />
      <CertificateDetails chosen={chosen} issuers={issuers} host={caHost} />
    </ProofForm>
  );
}
