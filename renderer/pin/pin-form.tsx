import { useEffect, useRef, useState } from 'react';
import type { PinQuestion } from '../../shared/models/token.ts';
import { Button } from '../ui/button.tsx';
import { Checkbox } from '../ui/checkbox.tsx';
import { DialogActions } from '../ui/dialog.tsx';
import type { Request } from '../use-request.ts';
import { useWallet } from '../wallet.ts';
import { useWords } from '../words.ts';
import { pinFault, spending, takeOctets, type PinFault } from './octets.ts';
import { PinField } from './pin-field.tsx';

export interface PinFormProps {
  readonly question: PinQuestion;
  /** What is typed may still be meant for the question before. */
  readonly held: boolean;
  readonly request: Request;
  readonly onDecline: () => void;
}

/** Takes a PIN that is typed here. It lives in the field alone, and only until it is sent. */
export function PinForm({ question, held, request, onDecline }: PinFormProps) {
  const { say } = useWords();
  const final = question.pin === 'final-try';
  const [accepted, accept] = useState(false);
  const { input, fault, submit } = usePinEntry({ question, held, request }, accepted);
  const busy = request.busy || question.isWaiting;
  const off = held || (final && !accepted);
  return (
    <form
      className="dialog-content"
      noValidate
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy && !off) void submit();
      }}
    >
      <PinField
        ref={input}
        label={say('pin.label')}
        hint={say('pin.hint')}
        fault={fault}
        limits={question.pinLength}
        readOnly={busy || held}
      />
      {final && (
        <Checkbox checked={accepted} onCheck={accept}>
          {say('pin.final.accept')}
        </Checkbox>
      )}
      <DialogActions>
        <Button off={busy} onPress={onDecline}>
          {say('action.cancel')}
        </Button>
        <Button type="submit" tone="primary" busy={busy} off={off}>
          {say(busy ? 'pin.busy' : 'pin.submit')}
        </Button>
      </DialogActions>
    </form>
  );
}

function usePinEntry(
  { question, held, request }: Omit<PinFormProps, 'onDecline'>,
  accepted: boolean,
) {
  const { api } = useWallet();
  const input = useRef<HTMLInputElement>(null);
  const [fault, setFault] = useState<PinFault | undefined>();
  const { questionId, pinLength, failure, pin: state } = question;
  // The dialog gives the focus to its title; and after a wrong PIN the next one goes into the same field.
  useEffect(() => {
    if (!held) input.current?.focus();
  }, [failure, held]);
  const submit = async (): Promise<void> => {
    const pin = takeOctets(input.current);
    const found = pinFault(pin, pinLength);
    setFault(found);
    input.current?.focus();
    if (found !== undefined) return void pin.fill(0);
    const acceptFinalTry = state === 'final-try' && accepted;
    await request.send(() =>
      spending([pin], () => api.token.answerPin({ questionId, pin, acceptFinalTry })),
    );
    input.current?.focus();
  };
  return { input, fault, submit };
}
