import type { CredentialSummary } from '../../shared/models/credential.ts';
import { FailureMessage } from '../failure/failure-message.tsx';
import { tokenName } from '../tokens/plugged-in.ts';
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
  const words = useWords();
  const { say, text, date } = words;
  const { api } = useWallet();
  const { busy, failure, send } = useRequest();
  const { token, place } = credential.key;
  const tokenLabel = tokenName(
    { label: token?.label ?? '', kind: place === 'tpm' ? 'tpm' : 'token' },
    words,
  );
  const places = credential.installations.length;
  const remove = async (): Promise<void> => {
    const removed = await send(() => api.credential.remove({ credentialId: credential.id }));
    if (removed.ok) onClose();
  };
  return (
    <Dialog title={say('remove.title', { name: text(credential.name) })} onClose={onClose}>
      {token === undefined ? (
        <p>{say('remove.text', { places })}</p>
      ) : (
        <>
          <p className="breakable">{say('remove.token.text', { token: tokenLabel })}</p>
          <p>{say('remove.token.ready')}</p>
        </>
      )}
      {credential.status === 'active' && (
        <p>
          {token === undefined
            ? say('remove.stillValid', { date: date(credential.notAfter) })
            : say('remove.token.stillValid')}
        </p>
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
