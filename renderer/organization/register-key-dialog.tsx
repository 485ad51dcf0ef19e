import { useState } from 'react';
import { MovementStatus } from '../tokens/movement-status.tsx';
import { pluggedIn } from '../tokens/plugged-in.ts';
import { useWatchedTokens } from '../tokens/use-watched-tokens.ts';
import { Button } from '../ui/button.tsx';
import { Choice } from '../ui/choice.tsx';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import { useRequest } from '../use-request.ts';
import { useWallet, useWalletState } from '../wallet.ts';
import { useWords } from '../words.ts';
import { accountKeyPlaces } from './account-key-places.ts';
import { hostOf } from './fingerprint.ts';
import { keyPlaceOption } from './key-place-option.ts';
import type { WayDialogProps } from './register-passkey-dialog.tsx';
import { RegistrationFailure } from './registration-failure.tsx';

/** Where a key will live that is for proving who one is, and nothing else. */
export function RegisterKeyDialog({ organization, onClose, onDone }: WayDialogProps) {
  const words = useWords();
  const { say } = words;
  const { api } = useWallet();
  const { osKeysOffered = false } = useWalletState().wallet;
  const { tokens } = useWatchedTokens();
  const { busy, failure, send } = useRequest();
  const [wanted, want] = useState<string | undefined>();
  const places = accountKeyPlaces(undefined, pluggedIn(tokens), osKeysOffered);
  const able = places.filter((each) => each.in !== 'token' || each.off === null);
  const place = able.find(({ id }) => id === wanted) ?? able[0];
  const register = async (): Promise<void> => {
    if (place === undefined) return;
    const result = await send(() =>
      api.organization.registerKey({ organizationId: organization.id, keyPlace: place.choice }),
    );
    if (result.ok) onDone();
  };
  return (
    <Dialog title={say('ways.key.title')} onClose={onClose}>
      <p className="breakable">
        {say('ways.key.text', { host: hostOf(organization.directoryUrl) })}
      </p>
      <Choice
        legend={say('keyPlace.question')}
        value={place?.id}
        options={places.map((each) => keyPlaceOption(each, words, 'ways.key'))}
        onChoose={want}
      />
      <MovementStatus tokens={tokens} />
      {failure !== null && <RegistrationFailure failure={failure} organization={organization} />}
      <DialogActions>
        <Button onPress={onClose}>{say('action.cancel')}</Button>
        <Button
          tone="primary"
          busy={busy}
          off={place === undefined}
          onPress={() => void register()}
        >
          {say(busy ? 'ways.register.busy' : 'ways.register')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
