import { useRef, useState, type SubmitEvent } from 'react';
import { FailureMessage } from '../failure/failure-message.tsx';
import { spending, takeOctets } from '../pin/octets.ts';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
import { useRequest } from '../use-request.ts';
import { useWallet } from '../wallet.ts';
import { useWords } from '../words.ts';
import { NoSecondFactor } from './no-second-factor.tsx';

interface KeepAuthenticatorDialogProps {
  readonly organizationId: string;
  readonly onClose: () => void;
}

/** What main's border takes, in octets. */
const longest = 2048;

/** Takes the secret of one-time codes, which leaves the field as octets that are overwritten. */
export function KeepAuthenticatorDialog({ organizationId, onClose }: KeepAuthenticatorDialogProps) {
  const { say } = useWords();
  const { api } = useWallet();
  const { busy, failure, send } = useRequest();
  const [fault, setFault] = useState<'empty' | 'long' | undefined>();
  const secret = useRef<HTMLInputElement>(null);
  const keep = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    const uri = takeOctets(secret.current);
    const wrong = uri.length === 0 ? 'empty' : uri.length > longest ? 'long' : undefined;
    setFault(wrong);
    if (wrong !== undefined) {
      uri.fill(0);
      secret.current?.focus();
      return;
    }
    const kept = await spending([uri], () =>
      send(() => api.organization.keepAuthenticator({ organizationId, uri })),
    );
    if (kept.ok) onClose();
    else secret.current?.focus();
  };
  return (
    <Dialog title={say('ownCodes.dialog')} onClose={onClose}>
      <form className="dialog-content" noValidate onSubmit={(event) => void keep(event)}>
        <NoSecondFactor />
        <Field
          ref={secret}
          type="password"
          label={say('ownCodes.secret')}
          hint={say('ownCodes.secret.hint')}
          error={fault === undefined ? undefined : say(`ownCodes.secret.${fault}`)}
          autoComplete="off"
          spellCheck={false}
          readOnly={busy}
        />
        {failure !== null && <FailureMessage failure={failure} />}
        <DialogActions>
          <Button onPress={onClose}>{say('action.cancel')}</Button>
          <Button type="submit" tone="primary" busy={busy}>
            {say(busy ? 'ownCodes.saving' : 'ownCodes.save')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
