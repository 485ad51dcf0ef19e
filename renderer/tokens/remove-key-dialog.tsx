import { FailureMessage } from '../failure/failure-message.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import { useRequest } from '../use-request.ts';
import { useWallet } from '../wallet.ts';
import { useWords } from '../words.ts';

interface RemoveKeyDialogProps {
  readonly tokenId: string;
  readonly tokenName: string;
  readonly keyId: string;
  readonly name: string;
  readonly onClose: () => void;
}

/** A key that an enrolment left behind: says that nothing needs it. */
export function RemoveKeyDialog({
  tokenId,
  tokenName,
  keyId,
  name,
  onClose,
}: RemoveKeyDialogProps) {
  const { say } = useWords();
  const { api } = useWallet();
  const { busy, failure, send } = useRequest();
  const remove = async (): Promise<void> => {
    const removed = await send(() => api.token.removeKey({ tokenId, keyId }));
    if (removed.ok) onClose();
  };
  return (
    <Dialog title={say('removeKey.title')} onClose={onClose}>
      <p className="breakable">{say('removeKey.text', { name, token: tokenName })}</p>
      {failure !== null && <FailureMessage failure={failure} />}
      <DialogActions>
        <Button onPress={onClose}>{say('action.cancel')}</Button>
        <Button tone="danger" busy={busy} onPress={() => void remove()}>
          {say(busy ? 'removeKey.busy' : 'removeKey.action')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
