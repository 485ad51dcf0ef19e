import type { Organization } from '../../shared/models/organization.ts';
import { FailureMessage } from '../failure/failure-message.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import { useRequest } from '../use-request.ts';
import { useWallet, useWalletState } from '../wallet.ts';
import { useWords } from '../words.ts';

interface LeaveDialogProps {
  readonly organization: Organization;
  readonly onClose: () => void;
}

const ended: readonly string[] = ['done', 'failed', 'cancelled'];

/** Says what is forgotten for good, and what stays. */
export function LeaveDialog({ organization, onClose }: LeaveDialogProps) {
  const { say, text } = useWords();
  const { api } = useWallet();
  const { enrollments } = useWalletState();
  const { busy, failure, send } = useRequest();
  const unfinished = enrollments.some(
    ({ organizationId, step }) => organizationId === organization.id && !ended.includes(step),
  );
  const leave = async (): Promise<void> => {
    const left = await send(() => api.organization.leave({ organizationId: organization.id }));
    if (left.ok) onClose();
  };
  return (
    <Dialog title={say('leave.title', { organization: text(organization.name) })} onClose={onClose}>
      <p>{say('leave.text')}</p>
      <p>{say('leave.stays')}</p>
      {unfinished && <p>{say('leave.unfinished')}</p>}
      {failure !== null && <FailureMessage failure={failure} />}
      <DialogActions>
        <Button onPress={onClose}>{say('action.cancel')}</Button>
        <Button tone="danger" busy={busy} off={unfinished} onPress={() => void leave()}>
          {say('leave.action')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
