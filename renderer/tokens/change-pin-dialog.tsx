import { useState } from 'react';
import type { TokenView } from '../../shared/models/token.ts';
import { FailureMessage } from '../failure/failure-message.tsx';
import { PadWaiting } from '../pin/pad-waiting.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { Checkbox } from '../ui/checkbox.tsx';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import { useRequest } from '../use-request.ts';
import { useWords } from '../words.ts';
import { ChangePinFields } from './change-pin-fields.tsx';
import type { PinWay } from './findings.ts';
import { usePinChange } from './use-pin-change.ts';

interface ChangePinDialogProps {
  readonly token: TokenView;
  readonly name: string;
  readonly way: PinWay;
  readonly onClose: (done: boolean) => void;
}

/** A new PIN in place of the one until now, or by the PUK. What is typed stays in the fields, or on the reader. */
export function ChangePinDialog({ token, name, way, onClose }: ChangePinDialogProps) {
  const { say } = useWords();
  const request = useRequest();
  const [accepted, accept] = useState(false);
  const entry = usePinChange(token, way, accepted);
  const onPad = token.login === 'pin-pad';
  const spent = way === 'change' ? token.pin : token.puk;
  const final = spent === 'final-try';
  const save = async (): Promise<void> => {
    const change = entry.change();
    if (change === null) return;
    const changed = await request.send(change);
    if (changed.ok) onClose(true);
    else entry.fields.secret.current?.focus();
  };
  return (
    <Dialog title={say(`changePin.${way}.title`, { token: name })} onClose={() => onClose(false)}>
      <form
        className="dialog-content"
        noValidate
        autoComplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          if (!request.busy && (!final || accepted)) void save();
        }}
      >
        {onPad && !request.busy && (
          <p>{say(`changePin.${way === 'change' ? 'change' : 'puk'}.pad`)}</p>
        )}
        {onPad && request.busy && <PadWaiting />}
        <Caution way={way} spent={spent} />
        {!onPad && <ChangePinFields entry={entry} way={way} token={token} busy={request.busy} />}
        {final && (
          <Checkbox checked={accepted} onCheck={accept}>
            {say('pin.final.accept')}
          </Checkbox>
        )}
        {request.failure !== null && <FailureMessage failure={request.failure} />}
        <DialogActions>
          <Button onPress={() => onClose(false)}>{say('action.cancel')}</Button>
          <Button type="submit" tone="primary" busy={request.busy} off={final && !accepted}>
            {say(request.busy ? 'changePin.busy' : onPad ? 'changePin.ready' : 'changePin.save')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

interface CautionProps {
  readonly way: PinWay;
  readonly spent: TokenView['pin'];
}

/** What a wrong one would cost. */
function Caution({ way, spent }: CautionProps) {
  const { say } = useWords();
  if (spent !== 'final-try' && spent !== 'count-low') return null;
  const left = spent === 'final-try' ? 'final' : 'low';
  return (
    <Banner tone="warning" title={say(`pin.${left}.title`)}>
      <p>{say(way === 'change' ? `pin.${left}.text` : `changePin.puk.${left}`)}</p>
    </Banner>
  );
}
