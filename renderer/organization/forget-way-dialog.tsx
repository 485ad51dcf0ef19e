import { FailureMessage } from '../failure/failure-message.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import { useRequest } from '../use-request.ts';
import { useWallet } from '../wallet.ts';
import { useWords } from '../words.ts';
import { hostOf } from './fingerprint.ts';
import type { WayDialogProps } from './register-passkey-dialog.tsx';
import type { RegisteredWay } from './registered-ways.ts';

interface ForgetWayDialogProps extends WayDialogProps {
  readonly way: RegisteredWay;
}

/** Says what is over then, and what stays. */
export function ForgetWayDialog({ organization, way, onClose, onDone }: ForgetWayDialogProps) {
  const { say } = useWords();
  const { api } = useWallet();
  const { busy, failure, send } = useRequest();
  const { kind, id, name } = way;
  const forget = async (): Promise<void> => {
    const result = await send(() =>
      api.organization.forgetCredential({ organizationId: organization.id, kind, id }),
    );
    if (result.ok) onDone();
  };
  return (
    <Dialog title={say('ways.forget.title', { kind, name })} onClose={onClose}>
      <p className="breakable">
        {say(`ways.forget.${kind}`, { host: hostOf(organization.directoryUrl) })}
      </p>
      {failure !== null && (
        <FailureMessage
          failure={failure}
          helpdesk={organization.helpdesk}
          organizationId={organization.id}
        />
      )}
      <DialogActions>
        <Button onPress={onClose}>{say('action.cancel')}</Button>
        <Button tone="danger" busy={busy} onPress={() => void forget()}>
          {say(busy ? 'ways.forget.busy' : 'ways.forget.action')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
