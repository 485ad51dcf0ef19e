import type { ApprovalProgress } from '../../shared/models/approval.ts';
import { MessageForm, Messages } from '../approvals/conversation.tsx';
import { leftWords } from '../approvals/span-words.ts';
import { WhoDecides } from '../approvals/who-decides.tsx';
import { useNow } from '../clock.ts';
import { CopyButton } from '../copy/copy-button.tsx';
import { FailureMessage } from '../failure/failure-message.tsx';
import type { Proving } from '../navigation.ts';
import { Button } from '../ui/button.tsx';
import { QrCode } from '../ui/qr-code.tsx';
import { useRequest } from '../use-request.ts';
import { useWallet } from '../wallet.ts';
import { useWords } from '../words.ts';
import './approval-waiting.css';

interface ApprovalWaitingProps {
  readonly enrollment: Proving;
  readonly approval: ApprovalProgress;
}

/** Others decide: who has, who is missing, how long there is, and what can be done meanwhile. */
export function ApprovalWaiting({ enrollment, approval }: ApprovalWaitingProps) {
  const words = useWords();
  const { say, dateTime } = words;
  const { api } = useWallet();
  const { enrollmentId } = enrollment;
  const left = leftWords(approval.expires, useNow(30_000), words);
  return (
    <div className="approval-waiting">
      <p>{say('waiting.lead', { count: approval.required })}</p>
      <p className="quiet">
        {left === undefined
          ? say('waiting.over')
          : say('waiting.left', { span: left, time: dateTime(approval.expires) })}
      </p>
      <WhoDecides {...approval} isOpen={approval.status === 'pending'} />
      <Remind enrollmentId={enrollmentId} approval={approval} />
      <Messages messages={approval.messages} />
      {approval.messages.length > 0 && (
        <MessageForm
          label={say('approval.answer')}
          hint={say('approval.answer.hint')}
          action={say('approval.answer.action')}
          send={(text) => api.enrollment.message({ enrollmentId, text })}
        />
      )}
      <HandOn approval={approval} />
    </div>
  );
}

interface RemindProps {
  readonly enrollmentId: string;
  readonly approval: ApprovalProgress;
}

/** Another mail from the organisation to those who have not decided, once in a while. */
function Remind({ enrollmentId, approval }: RemindProps) {
  const { say, time } = useWords();
  const { api } = useWallet();
  const { busy, failure, send } = useRequest();
  const now = useNow(15_000);
  const { remindAfter, approvers } = approval;
  const early = remindAfter !== undefined && Date.parse(remindAfter) > now;
  return (
    <div className="approval-remind">
      <Button
        size="small"
        busy={busy}
        off={early}
        describedBy="approval-remind-when"
        onPress={() => void send(() => api.enrollment.remind({ enrollmentId }))}
      >
        {say('waiting.remind', { count: approvers.length })}
      </Button>
      <span className="quiet small" id="approval-remind-when" role="status">
        {early
          ? say('waiting.remind.when', { time: time(remindAfter) })
          : say('waiting.remind.how')}
      </span>
      {failure !== null && <FailureMessage failure={failure} tone="warning" />}
    </div>
  );
}

/** For somebody at the next desk, or on the phone. */
function HandOn({ approval }: Pick<RemindProps, 'approval'>) {
  const { say } = useWords();
  return (
    <div className="approval-hand-on">
      <QrCode text={approval.link} label={say('waiting.qr')} />
      <div>
        <h3>{say('waiting.hand-on')}</h3>
        <p className="quiet">{say('waiting.hand-on.text')}</p>
        <div className="approval-link">
          <code dir="ltr">{approval.link}</code>
          <CopyButton text={approval.link} name={say('waiting.copy')} />
        </div>
      </div>
    </div>
  );
}
