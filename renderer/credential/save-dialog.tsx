import { useState } from 'react';
import type { CredentialSummary } from '../../shared/models/credential.ts';
import { FailureMessage } from '../failure/failure-message.tsx';
import { Button } from '../ui/button.tsx';
import { Choice } from '../ui/choice.tsx';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import { useRequest } from '../use-request.ts';
import { useWallet } from '../wallet.ts';
import { useWords } from '../words.ts';

const formats = ['pem', 'pkcs7'] as const;

interface SaveDialogProps {
  readonly credential: CredentialSummary;
  readonly onSaved: () => void;
  readonly onClose: () => void;
}

/** The certificate alone, in the format that a program wants: no secret. */
export function SaveDialog({ credential, onSaved, onClose }: SaveDialogProps) {
  const { say } = useWords();
  const { api } = useWallet();
  const { busy, failure, send } = useRequest();
  const [format, choose] = useState<(typeof formats)[number]>('pem');
  const save = async (): Promise<void> => {
    const result = await send(() => api.credential.export({ credentialId: credential.id, format }));
    if (!result.ok || !result.value.saved) return;
    onSaved();
    onClose();
  };
  return (
    <Dialog title={say('save.title')} onClose={onClose}>
      <p>{say('save.text')}</p>
      <Choice
        legend={say('save.format')}
        value={format}
        options={formats.map((value) => ({
          value,
          name: say(`save.${value}`),
          rest: <p className="quiet">{say(`save.${value}.text`)}</p>,
        }))}
        onChoose={choose}
      />
      {failure !== null && <FailureMessage failure={failure} />}
      <DialogActions>
        <Button onPress={onClose}>{say('action.cancel')}</Button>
        <Button tone="primary" busy={busy} onPress={() => void save()}>
          {say('export.save')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
