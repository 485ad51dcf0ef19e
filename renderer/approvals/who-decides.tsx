import type { ReactNode } from 'react';
import type { ApprovalDecision, ApprovalSummary } from '../../shared/models/approval.ts';
import type { Place } from '../navigation.ts';
import { Party } from '../names/name.tsx';
import { isolated } from '../bidi.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { useWalletState } from '../wallet.ts';
import { useWords } from '../words.ts';
import { Quote } from './quote.tsx';
import './people.css';

type Deciding = Pick<ApprovalSummary, 'decisions' | 'approvers'> & {
  /** Still open: those who may decide are waited for. */
  readonly isOpen: boolean;
  readonly required: number;
  /** Where given, receipts that the wallet keeps are led to. */
  readonly go?: (place: Place) => void;
};

/** Who has decided, and how, and who else may. */
export function WhoDecides({ decisions, approvers, isOpen, required, go }: Deciding) {
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
            <Decision key={`${decision.at} ${decision.by.email}`} decision={decision}>
              {go !== undefined && <ReceiptOf decision={decision} go={go} />}
            </Decision>
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

interface DecisionProps {
  readonly decision: ApprovalDecision;
  readonly children: ReactNode;
}

function Decision({ decision, children }: DecisionProps) {
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
        {reason !== undefined && <Quote text={reason} />}
        {children}
      </div>
    </li>
  );
}

interface ReceiptOfProps {
  readonly decision: ApprovalDecision;
  readonly go: (place: Place) => void;
}

function ReceiptOf({ decision: { receiptId, by }, go }: ReceiptOfProps) {
  const { say } = useWords();
  const { receipts } = useWalletState().approvals;
  const receipt = receipts.find((each) => each.receiptId === receiptId);
  if (receipt === undefined) return null;
  return (
    <Button
      size="small"
      tone="link"
      name={say('approval.receipt.of', { name: isolated(by.name) })}
      onPress={() => go({ at: 'receipt', receipt })}
    >
      {say('approval.receipt')}
    </Button>
  );
}
