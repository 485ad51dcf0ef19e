import type { AuthorizationView } from '../../shared/enrollment-state.ts';
import type { Helpdesk } from '../../shared/models/enrollment-profile.ts';
import { isolated } from '../bidi.ts';
import type { Place, Proving } from '../navigation.ts';
import { Icon, type IconName } from '../ui/icon.tsx';
import { useWords } from '../words.ts';
import { ApprovalWaiting } from './approval-waiting.tsx';
import { useEnrollmentSubject } from './enrollment-subject.ts';
import { identifierName } from './identifier-name.ts';
import { WaysForm } from './ways-form.tsx';

interface AuthorizationCardProps {
  readonly enrollment: Proving;
  readonly authorization: AuthorizationView;
  /** It is this one's turn. */
  readonly active: boolean;
  readonly helpdesk: Helpdesk | undefined;
  readonly go: (place: Place) => void;
}

const signs = {
  pending: 'clock',
  valid: 'check',
  invalid: 'cross',
} as const satisfies Record<AuthorizationView['status'], IconName>;

/** One thing that has to be proven: its state and, when it is its turn, how. */
export function AuthorizationCard(props: AuthorizationCardProps) {
  const { enrollment, authorization, active, helpdesk, go } = props;
  const { say } = useWords();
  const { identifier, status, challenges, approval } = authorization;
  const subject = useEnrollmentSubject({ enrollment, identifier, helpdesk, go });
  const isProcessing =
    status === 'pending' && challenges.some((challenge) => challenge.status === 'processing');
  return (
    <li className="card">
      <div className={`checklist-line checklist-${status}`}>
        <Icon name={signs[status]} size={22} />
        <h2 className="breakable">
          {approval === undefined
            ? say(identifierName(identifier), { value: isolated(identifier.value) })
            : say('waiting.title', { value: isolated(identifier.value) })}
        </h2>
        <span className="quiet" role="status">
          {say(
            approval === undefined
              ? `prove.status.${isProcessing ? 'processing' : status}`
              : `waiting.status.${status}`,
          )}
        </span>
      </div>
      {active && <WaysForm subject={subject} authorization={authorization} />}
      {approval !== undefined && status === 'pending' && (
        <ApprovalWaiting enrollment={enrollment} approval={approval} />
      )}
    </li>
  );
}
