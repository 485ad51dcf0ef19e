import { useState } from 'react';
import type { AuthorizationView, ChallengeView } from '../../shared/enrollment-state.ts';
import type { Helpdesk } from '../../shared/models/enrollment-profile.ts';
import { FailureMessage } from '../failure/failure-message.tsx';
import type { Proving } from '../navigation.ts';
import { Choice } from '../ui/choice.tsx';
import { Icon, type IconName } from '../ui/icon.tsx';
import { useWords } from '../words.ts';
import { challengeName } from './challenge-name.ts';
import { CodeForm } from './code-form.tsx';
import { identifierName } from './identifier-name.ts';
import { RecordForm } from './record-form.tsx';

interface AuthorizationCardProps {
  readonly enrollment: Proving;
  readonly authorization: AuthorizationView;
  /** It is this one's turn. */
  readonly active: boolean;
  readonly helpdesk: Helpdesk | undefined;
}

const signs = {
  pending: 'clock',
  valid: 'check',
  invalid: 'cross',
} as const satisfies Record<AuthorizationView['status'], IconName>;

/** One thing that has to be proven: its state and, when it is its turn, how. */
export function AuthorizationCard(props: AuthorizationCardProps) {
  const { enrollment, authorization, active, helpdesk } = props;
  const { say } = useWords();
  const { identifier, status, challenges } = authorization;
  return (
    <li className="card">
      <div className={`checklist-line checklist-${status}`}>
        <Icon name={signs[status]} size={22} />
        <h2 className="breakable">
          {say(identifierName(identifier), { value: identifier.value })}
        </h2>
        <span className="quiet" role="status">
          {say(`prove.status.${status}`)}
        </span>
      </div>
      {active && (
        <Challenges
          enrollment={enrollment}
          authorization={authorization}
          challenges={challenges}
          helpdesk={helpdesk}
        />
      )}
    </li>
  );
}

interface ChallengesProps extends Omit<AuthorizationCardProps, 'active'> {
  readonly challenges: readonly ChallengeView[];
}

/** Any one of the challenges is enough (RFC 8555 §7.1.4): with more than one, the person chooses. */
function Challenges({ enrollment, authorization, challenges, helpdesk }: ChallengesProps) {
  const words = useWords();
  const possible = challenges.filter((challenge) => challenge.kind !== 'unsupported');
  const [chosenId, choose] = useState(possible[0]?.challengeId);
  const chosen = possible.find(({ challengeId }) => challengeId === chosenId) ?? possible[0];
  const context = { enrollment, identifier: authorization.identifier, helpdesk };
  if (chosen === undefined) {
    return (
      <FailureMessage
        failure={{ code: 'unsupported-challenge', types: challenges.map(({ type }) => type) }}
        helpdesk={helpdesk}
        organizationId={enrollment.organizationId}
      />
    );
  }
  return (
    <>
      {possible.length > 1 && (
        <Choice
          legend={words.say('prove.choose')}
          value={chosen.challengeId}
          options={possible.map((challenge) => ({
            value: challenge.challengeId,
            name: challengeName(challenge, words),
            ...(challenge.kind !== 'code' || challenge.prompt === undefined
              ? {}
              : { rest: words.say('prove.hint.prompt', { prompt: challenge.prompt }) }),
          }))}
          onChoose={choose}
        />
      )}
      {chosen.kind === 'code' ? (
        <CodeForm key={chosen.challengeId} challenge={chosen} {...context} />
      ) : (
        <RecordForm key={chosen.challengeId} challenge={chosen} {...context} />
      )}
    </>
  );
}
