import type { CredentialSummary } from '../../shared/models/credential.ts';
import { FailureMessage } from '../failure/failure-message.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import { useRequest } from '../use-request.ts';
import { useWallet } from '../wallet.ts';
import { useWords } from '../words.ts';

interface RemoveDialogProps {
  readonly credential: CredentialSummary;
  readonly onClose: () => void;
}

/** Says what is lost for good, and what removing does not do. When it is gone, so is this screen. */
export function RemoveDialog({ credential, onClose }: RemoveDialogProps) {
  const { say, text, date } = useWords();
  const { api } = useWallet();
  const { busy, failure, send } = useRequest();
  const places = credential.installations.length;
  const remove = async (): Promise<void> => {
    const removed = await send(() => api.credential.remove({ credentialId: credential.id }));
    if (removed.ok) onClose();
  };
  return (
    <Dialog title={say('remove.title', { name: text(credential.name) })} onClose={onClose}>
      <p>{say('remove.text', { places })}</p>
      {credential.status === 'active' && (
        <p>{say('remove.stillValid', { date: date(credential.notAfter) })}</p>
      )}
      {failure !== null && <FailureMessage failure={failure} />}
      <DialogActions>
        <Button onPress={onClose}>{say('action.cancel')}</Button>
        <Button tone="danger" busy={busy} onPress={() => void remove()}>
          {say(busy ? 'remove.busy' : 'remove.action')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
