import { useEffect, useRef, useState } from 'react';
import type { AuthorizationView } from '../../shared/enrollment-state.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { useWords } from '../words.ts';
import { CertificateForm } from './certificate-form.tsx';
import { challengeIcon, challengeName } from './challenge-name.ts';
import { CodeForm } from './code-form.tsx';
import { OtherWays } from './other-ways.tsx';
import { PasskeyForm } from './passkey-form.tsx';
import { ProcessingNote } from './processing-note.tsx';
import type { ProofSubject } from './proof-subject.ts';
import { RecordForm } from './record-form.tsx';
import { NoWay, RefusedWays } from './refused-ways.tsx';
import { waysOf, type PossibleChallenge } from './ways.ts';

interface WaysFormProps {
  readonly subject: ProofSubject;
  readonly authorization: Pick<AuthorizationView, 'challenges' | 'proposed'>;
}

/** Any one of the challenges is enough: the wallet's proposal, and the others one press away. */
export function WaysForm({ subject, authorization }: WaysFormProps) {
  const { possible, refused, first } = waysOf(authorization);
  const [chosenId, choose] = useState<string | undefined>();
  const chosen = possible.find(({ challengeId }) => challengeId === chosenId) ?? first;
  if (chosen === undefined) return <NoWay refused={refused} subject={subject} />;
  const others = possible.filter((challenge) => challenge !== chosen);
  return (
    <>
      {others.length > 0 && (
        <ChosenWay
          key={`head ${chosen.challengeId}`}
          challenge={chosen}
          others={others}
          proposed={chosen.challengeId === authorization.proposed}
          wasChosen={chosenId !== undefined}
          onChoose={choose}
        />
      )}
      <ChallengeForm
        key={chosen.challengeId}
        subject={subject}
        challenge={chosen}
        headed={others.length > 0}
      />
      <RefusedWays refused={refused} />
    </>
  );
}

interface ChosenWayProps {
  readonly challenge: PossibleChallenge;
  readonly others: readonly PossibleChallenge[];
  readonly proposed: boolean;
  /** By the person, just now: the heading says so to whoever does not see it. */
  readonly wasChosen: boolean;
  readonly onChoose: (challengeId: string) => void;
}

function ChosenWay({ challenge, others, proposed, wasChosen, onChoose }: ChosenWayProps) {
  const words = useWords();
  const { say } = words;
  const title = useRef<HTMLHeadingElement>(null);
  const [open, setOpen] = useState(false);
  const takesFocus = wasChosen && challenge.kind !== 'code';
  useEffect(() => {
    if (takesFocus) title.current?.focus({ preventScroll: true });
  }, [takesFocus]);
  return (
    <div className="way">
      <div className="way-head">
        <Icon name={challengeIcon(challenge)} size={24} />
        <div>
          <h3 ref={title} tabIndex={-1}>
            {challengeName(challenge, words)}
          </h3>
          {proposed && <p className="quiet small">{say('prove.way.proposed')}</p>}
        </div>
        <Button size="small" expanded={open} onPress={() => setOpen(!open)}>
          {say('prove.way.another')}
        </Button>
      </div>
      {open && <OtherWays others={others} onChoose={onChoose} />}
    </div>
  );
}

interface ChallengeFormProps {
  readonly subject: ProofSubject;
  readonly challenge: PossibleChallenge;
  readonly headed: boolean;
}

function ChallengeForm({ subject, challenge, headed }: ChallengeFormProps) {
  if (challenge.status === 'processing' && challenge.kind !== 'record')
    return <ProcessingNote subject={subject} />;
  switch (challenge.kind) {
    case 'code':
      return <CodeForm subject={subject} challenge={challenge} headed={headed} />;
    case 'record':
      return <RecordForm subject={subject} challenge={challenge} />;
    case 'certificate':
      return <CertificateForm subject={subject} challenge={challenge} />;
    case 'passkey':
      return <PasskeyForm subject={subject} challenge={challenge} />;
  }
}
