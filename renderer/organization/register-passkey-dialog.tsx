import { useState } from 'react';
import { passkeyWays, type PasskeyWay } from '../../shared/enrollment-state.ts';
import type { Organization } from '../../shared/models/organization.ts';
import { MatchingCode } from '../prove/matching-code.tsx';
import { Button } from '../ui/button.tsx';
import { Choice } from '../ui/choice.tsx';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
import { WaitingLine } from '../ui/waiting-line.tsx';
import { useRequest } from '../use-request.ts';
import { useWallet } from '../wallet.ts';
import { useWords } from '../words.ts';
import { hostOf } from './fingerprint.ts';
import { wantsAnotherProof } from './registered-ways.ts';
import { RegistrationFailure } from './registration-failure.tsx';

export interface WayDialogProps {
  readonly organization: Organization;
  readonly onClose: () => void;
  /** Something is different at the organisation now. */
  readonly onDone: () => void;
}

interface RegisterPasskeyDialogProps extends WayDialogProps {
  readonly matchingCode: string | undefined;
}

interface Wish {
  readonly way: PasskeyWay;
  readonly name: string;
}

/** Where a new passkey will live and what it is called; the rest happens in a window or the browser. */
export function RegisterPasskeyDialog(props: RegisterPasskeyDialogProps) {
  const { organization, matchingCode, onClose, onDone } = props;
  const { say } = useWords();
  const { api } = useWallet();
  const { busy, failure, send } = useRequest();
  const [wish, setWish] = useState<Wish>({ way: 'window', name: '' });
  const { id: organizationId } = organization;
  const host = hostOf(organization.directoryUrl);
  const closed = failure !== null && wantsAnotherProof(failure);
  const register = async (): Promise<void> => {
    const name = wish.name.trim();
    const named = name === '' ? {} : { name };
    const made = await send(() =>
      api.organization.registerPasskey({ organizationId, way: wish.way, ...named }),
    );
    if (made.ok) onDone();
  };
  const leave = (): void => {
    // What it ends tells by itself how it ended.
    if (busy) void api.organization.stopRegistering({ organizationId });
    onClose();
  };
  return (
    <Dialog title={say('ways.passkey.title')} onClose={leave}>
      {busy && <UnderWay way={wish.way} host={host} matchingCode={matchingCode} />}
      {!busy && !closed && <Wishing wish={wish} host={host} onWish={setWish} />}
      {failure !== null && <RegistrationFailure failure={failure} organization={organization} />}
      <DialogActions>
        <Button onPress={leave}>{say(closed ? 'action.close' : 'action.cancel')}</Button>
        {!closed && (
          <Button tone="primary" busy={busy} onPress={() => void register()}>
            {say(busy ? 'ways.register.busy' : 'ways.register')}
          </Button>
        )}
      </DialogActions>
    </Dialog>
  );
}

interface WishingProps {
  readonly wish: Wish;
  readonly host: string;
  readonly onWish: (wish: Wish) => void;
}

function Wishing({ wish, host, onWish }: WishingProps) {
  const { say } = useWords();
  return (
    <>
      <p className="breakable">{say('ways.passkey.text', { host })}</p>
      <Field
        type="text"
        label={say('ways.passkey.name')}
        hint={say('ways.passkey.name.hint')}
        maxLength={64}
        value={wish.name}
        onText={(name) => onWish({ ...wish, name })}
      />
      <Choice
        legend={say('ways.passkey.where')}
        value={wish.way}
        options={passkeyWays.map((way) => ({
          value: way,
          name: say(`prove.passkey.${way}`),
          rest: say(`prove.passkey.${way}.rest`, { host }),
          icon: way === 'window' ? 'passkey' : 'external',
        }))}
        onChoose={(way) => onWish({ ...wish, way })}
      />
    </>
  );
}

interface UnderWayProps {
  readonly way: PasskeyWay;
  readonly host: string;
  readonly matchingCode: string | undefined;
}

/** It is made elsewhere: where, and by which code the page there is known. */
function UnderWay({ way, host, matchingCode }: UnderWayProps) {
  const { say } = useWords();
  return (
    <>
      <div className="ways-waiting" role="status">
        <p>{say(`prove.passkey.underWay.${way}`)}</p>
        <WaitingLine />
      </div>
      {way === 'browser' && matchingCode !== undefined && <MatchingCode code={matchingCode} />}
      <p className="quiet breakable">{say(`prove.passkey.underWay.${way}.text`, { host })}</p>
    </>
  );
}
