import { useState } from 'react';
import type { PasskeyChallengeView } from '../../shared/enrollment-state.ts';
import { Choice } from '../ui/choice.tsx';
import { useWords } from '../words.ts';
import { MatchingCode } from './matching-code.tsx';
import { NoPasskey } from './no-passkey.tsx';
import { PasskeyUnderWay } from './passkey-under-way.tsx';
import { passkeyOption, passkeyWaysOf } from './passkey-ways.ts';
import { ProofForm } from './proof-form.tsx';
import type { ProofSubject } from './proof-subject.ts';
import { useAnswering } from './use-answering.ts';

interface PasskeyFormProps {
  readonly subject: ProofSubject;
  readonly challenge: PasskeyChallengeView;
}

/** The person answers with a passkey, here or in the browser, or the wallet with a registered key pair. */
export function PasskeyForm({ subject, challenge }: PasskeyFormProps) {
  const words = useWords();
  const { say } = words;
  const answering = useAnswering(subject, challenge);
  const [wanted, want] = useState<string | undefined>();
  const ways = passkeyWaysOf(challenge);
  const chosen = ways.find(({ id }) => id === wanted) ?? ways[0];
  const { organizationId, caHost, approving } = subject;
  const act = approving === undefined ? 'prove' : 'approve';
  const { sending, throttled, answer, stop } = answering;
  const underWay = challenge.underWay ?? (sending ? chosen?.by : undefined);
  if (chosen === undefined) {
    return (
      <ProofForm subject={subject} answering={answering} wide onSubmit={() => undefined}>
        <NoPasskey host={caHost} organizationId={organizationId} go={subject.go} />
      </ProofForm>
    );
  }
  return (
    <ProofForm
      subject={subject}
      answering={answering}
      answered="signature"
      wide
      primary={
        underWay === undefined
          ? { text: say(`${act}.passkey.submit.${chosen.by}`), off: throttled }
          : undefined
      }
      onSubmit={() => void answer(chosen.answer)}
    >
      {underWay !== undefined ? (
        <PasskeyUnderWay way={underWay} challenge={challenge} host={caHost} onStop={stop} />
      ) : (
        <>
          <p className="quiet breakable">
            {challenge.ways.length > 0
              ? say('prove.passkey.lead', { host: challenge.rpId })
              : say(`${act}.passkey.lead.key`, { host: caHost })}
          </p>
          <Choice
            legend={say(
              challenge.ways.length > 0 ? 'prove.passkey.question' : 'prove.passkey.question.key',
            )}
            value={chosen.id}
            options={ways.map((way) => passkeyOption(way, caHost, words))}
            onChoose={want}
          />
          {chosen.by === 'browser' && <MatchingCode code={challenge.matchingCode} />}
        </>
      )}
    </ProofForm>
  );
}
