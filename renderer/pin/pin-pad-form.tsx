import { useEffect, useRef, useState } from 'react';
import { Button } from '../ui/button.tsx';
import { Checkbox } from '../ui/checkbox.tsx';
import { DialogActions } from '../ui/dialog.tsx';
import { useWallet } from '../wallet.ts';
import { useWords } from '../words.ts';
import type { PinFormProps } from './pin-form.tsx';
import { PadWaiting } from './pad-waiting.tsx';

/** For a reader with keys of its own: it asks when the person is ready, for it does not wait long. */
export function PinPadForm({ question, held, request, onDecline }: PinFormProps) {
  const { say } = useWords();
  const { api } = useWallet();
  const [accepted, accept] = useState(false);
  const ready = useRef<HTMLButtonElement>(null);
  const { questionId, failure } = question;
  useEffect(() => {
    if (!held) ready.current?.focus();
  }, [failure, held]);
  const final = question.pin === 'final-try';
  const busy = request.busy || question.isWaiting;
  const acceptFinalTry = final && accepted;
  return (
    <div className="dialog-content">
      {busy ? <PadWaiting /> : <p>{say('pin.pad.text')}</p>}
      {final && (
        <Checkbox checked={accepted} onCheck={accept}>
          {say('pin.final.accept')}
        </Checkbox>
      )}
      <DialogActions>
        <Button off={busy} onPress={onDecline}>
          {say('action.cancel')}
        </Button>
        <Button
          ref={ready}
          tone="primary"
          busy={busy}
          off={held || (final && !accepted)}
          onPress={() =>
            void request.send(() => api.token.answerPin({ questionId, acceptFinalTry }))
          }
        >
          {say('pin.pad.ready')}
        </Button>
      </DialogActions>
    </div>
  );
}
