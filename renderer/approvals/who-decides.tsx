import type { ApprovalDecision, ApprovalSummary } from '../../shared/models/approval.ts';
import { Party } from '../names/name.tsx';
import { Icon } from '../ui/icon.tsx';
import { useWords } from '../words.ts';

type Deciding = Pick<ApprovalSummary, 'decisions' | 'approvers'> & {
  /** Still open: those who may decide are waited for. */
  readonly isOpen: boolean;
  readonly required: number;
};

/** Who has decided, and how, and who else may. */
export function WhoDecides({ decisions, approvers, isOpen, required }: Deciding) {
  const { say } = useWords();
  const approved = decisions.filter(({ decision }) => decision === 'approve').length;
  return (
    <div className="approval-people">
      <h3>{say('approval.decided.title', { count: approved, required })}</h3>
      {decisions.length === 0 ? (
        <p className="quiet">{say('approval.decided.none')}</p>
      ) : (
        <ul>
          {decisions.map((decision) => (
            <Decision key={`${decision.at} ${decision.by.email}`} decision={decision} />
          ))}
        </ul>
      )}
      {isOpen && approvers.length > 0 && (
        <>
          <h3>{say('approval.others.title')}</h3>
          <ul>
            {approvers.map((approver) => (
              <li key={approver.email}>
                <Icon name="clock" size={18} />
                <Party party={approver} />
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

function Decision({ decision }: { readonly decision: ApprovalDecision }) {
  const { say, dateTime } = useWords();
  const { by, at, method, reason } = decision;
  const approved = decision.decision === 'approve';
  return (
    <li className={approved ? 'approval-yes' : 'approval-no'}>
      <Icon name={approved ? 'check' : 'cross'} size={18} />
      <div>
        <Party party={by} />
        <p className="quiet small">
          {approved && method !== undefined
            ? say(`approval.decided.${method}`, { time: dateTime(at) })
            : say(`approval.decided.${decision.decision}`, { time: dateTime(at) })}
        </p>
        {reason !== undefined && (
          <blockquote className="approval-quote">
            <bdi>{reason}</bdi>
          </blockquote>
        )}
      </div>
    </li>
  );
}
