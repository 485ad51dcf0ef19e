import { useState } from 'react';
import {
  revocationReasons,
  type CredentialSummary,
  type RevocationReason,
} from '../../shared/models/credential.ts';
import { FailureMessage } from '../failure/failure-message.tsx';
import { Button } from '../ui/button.tsx';
import { Choice } from '../ui/choice.tsx';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import { useRequest } from '../use-request.ts';
import { useWallet } from '../wallet.ts';
import { useWords } from '../words.ts';

interface RevokeDialogProps {
  readonly credential: CredentialSummary;
  readonly onClose: () => void;
}

export function RevokeDialog({ credential, onClose }: RevokeDialogProps) {
  const { say, text } = useWords();
  const { api } = useWallet();
  const { busy, failure, send } = useRequest();
  const [reason, choose] = useState<RevocationReason | undefined>();
  const [missing, setMissing] = useState(false);
  const revoke = async (): Promise<void> => {
    setMissing(reason === undefined);
    if (reason === undefined) return;
    const revoked = await send(() =>
      api.credential.revoke({ credentialId: credential.id, reason }),
    );
    if (revoked.ok) onClose();
  };
  return (
    <Dialog title={say('revoke.title', { name: text(credential.name) })} onClose={onClose}>
      <p>{say('revoke.text')}</p>
      <div>
        <Choice
          legend={say('revoke.reason')}
          value={reason}
          options={revocationReasons.map((value) => ({
            value,
            name: say(`revoke.reason.${value}`),
          }))}
          onChoose={choose}
        />
        <p className="revoke-missing" role="alert">
          {missing && reason === undefined && say('revoke.reason.missing')}
        </p>
      </div>
      {failure !== null && <FailureMessage failure={failure} />}
      <DialogActions>
        <Button onPress={onClose}>{say('action.cancel')}</Button>
        <Button tone="danger" busy={busy} onPress={() => void revoke()}>
          {say(busy ? 'revoke.busy' : 'revoke.action')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
