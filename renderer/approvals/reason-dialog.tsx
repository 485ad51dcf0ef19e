import { useRef, useState } from 'react';
import type { Result } from '../../shared/failure.ts';
import { FailureMessage } from '../failure/failure-message.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import { TextArea } from '../ui/text-area.tsx';
import { useRequest } from '../use-request.ts';
import { useWords } from '../words.ts';
import { longestText, oneLine } from './one-line.ts';

interface ReasonDialogProps {
  readonly title: string;
  readonly text: string;
  readonly label: string;
  readonly action: string;
  readonly send: (reason: string) => Promise<Result<unknown>>;
  readonly onClose: () => void;
}

/** Asks for the reason of something that cannot be taken back, and does it. */
export function ReasonDialog({ title, text, label, action, send, onClose }: ReasonDialogProps) {
  const { say } = useWords();
  const request = useRequest();
  const area = useRef<HTMLTextAreaElement>(null);
  const [reason, setReason] = useState('');
  const [missing, setMissing] = useState(false);
  const submit = async (): Promise<void> => {
    const said = oneLine(reason);
    setMissing(said === '');
    if (said === '') return area.current?.focus();
    const done = await request.send(() => send(said));
    if (done.ok) onClose();
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{text}</p>
      <TextArea
        ref={area}
        label={label}
        hint={say('approval.reason.seen')}
        value={reason}
        maxLength={longestText}
        error={missing && oneLine(reason) === '' ? say('approval.text.missing') : undefined}
        onText={setReason}
      />
      {request.failure !== null && <FailureMessage failure={request.failure} />}
      <DialogActions>
        <Button onPress={onClose}>{say('action.cancel')}</Button>
        <Button tone="danger" busy={request.busy} onPress={() => void submit()}>
          {action}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
