import { useState } from 'react';
import type { ApprovalRequest } from '../../shared/models/approval.ts';
import type { Place } from '../navigation.ts';
import { Button } from '../ui/button.tsx';
import { useWallet } from '../wallet.ts';
import { useWords } from '../words.ts';
import { ReasonDialog } from './reason-dialog.tsx';
import { partyName } from './sentences.ts';
import type { RequestPage } from './use-request-page.ts';

interface RequestActionsProps {
  readonly request: ApprovalRequest;
  readonly mayDecide: boolean;
  readonly page: RequestPage;
  readonly go: (place: Place) => void;
}

/** What can be done with a request besides approving it. */
export function RequestActions({ request, mayDecide, page, go }: RequestActionsProps) {
  const { say } = useWords();
  const [asking, ask] = useState<'decline' | 'withdraw' | undefined>();
  return (
    <>
      {mayDecide && (
        <Button off={page.held} onPress={() => ask('decline')}>
          {say('approval.decline')}
        </Button>
      )}
      {!mayDecide && mayWithdraw(request) && (
        <Button onPress={() => ask('withdraw')}>{say('approval.withdraw')}</Button>
      )}
      <div className="approval-back">
        <Button tone="quiet" size="small" onPress={() => go({ at: 'approvals' })}>
          {say('approvals.back')}
        </Button>
      </div>
      {asking === 'decline' && (
        <DeclineDialog request={request} page={page} go={go} onClose={() => ask(undefined)} />
      )}
      {asking === 'withdraw' && (
        <WithdrawDialog
          request={request}
          onDone={() => void page.reopen()}
          onClose={() => ask(undefined)}
        />
      )}
    </>
  );
}

/** Who asked may while it is open; a standing one any approver may as long as it counts. */
export function mayWithdraw({
  status,
  document,
  roles,
}: ApprovalRequest | Pick<ApprovalRequest, 'status' | 'document' | 'roles'>): boolean {
  if (document.kind === 'standing')
    return roles.includes('approver') && (status === 'pending' || status === 'approved');
  return roles.includes('requester') && status === 'pending';
}

interface DeclineDialogProps {
  readonly request: ApprovalRequest;
  readonly page: RequestPage;
  readonly go: (place: Place) => void;
  readonly onClose: () => void;
}

function DeclineDialog({ request, page, go, onClose }: DeclineDialogProps) {
  const words = useWords();
  const { say } = words;
  const { api } = useWallet();
  const { organizationId, approvalId, digest, document } = request;
  return (
    <ReasonDialog
      title={say('approval.decline.title', { requester: partyName(document.requestedBy, words) })}
      text={say('approval.decline.text')}
      label={say('approval.decline.reason')}
      action={say('approval.decline')}
      onClose={onClose}
      send={async (reason) => {
        page.hold(true);
        const declined = await api.approval.decline({ organizationId, approvalId, digest, reason });
        page.hold(false);
        if (declined.ok) go({ at: 'receipt', receipt: declined.value });
        return declined;
      }}
    />
  );
}

interface WithdrawDialogProps {
  readonly request: Pick<ApprovalRequest, 'organizationId' | 'approvalId' | 'document'>;
  readonly onDone?: () => void;
  readonly onClose: () => void;
}

/** Before something that others count on stops to count. */
export function WithdrawDialog({ request, onDone, onClose }: WithdrawDialogProps) {
  const words = useWords();
  const { say } = words;
  const { api } = useWallet();
  const { organizationId, approvalId, document } = request;
  const { kind } = document;
  return (
    <ReasonDialog
      title={say(`approval.withdraw.${kind}.title`, {
        requester: partyName(document.requestedBy, words),
      })}
      text={say(`approval.withdraw.${kind}.text`)}
      label={say('approval.withdraw.reason')}
      action={say('approval.withdraw')}
      onClose={onClose}
      send={async (reason) => {
        const withdrawn = await api.approval.withdraw({ organizationId, approvalId, reason });
        if (withdrawn.ok) onDone?.();
        return withdrawn;
      }}
    />
  );
}
