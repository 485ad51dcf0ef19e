import { useState } from 'react';
import type { Organization } from '../../shared/models/organization.ts';
import { FailureMessage } from '../failure/failure-message.tsx';
import { keyPlaceWords } from '../key-place-words.ts';
import { MovementStatus } from '../tokens/movement-status.tsx';
import { pluggedIn } from '../tokens/plugged-in.ts';
import { useWatchedTokens } from '../tokens/use-watched-tokens.ts';
import { Button } from '../ui/button.tsx';
import { Choice } from '../ui/choice.tsx';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import { Facts } from '../ui/facts.tsx';
import { useRequest } from '../use-request.ts';
import { useWallet, useWalletState } from '../wallet.ts';
import { useWords } from '../words.ts';
import { accountKeyPlaces } from './account-key-places.ts';
import { keyPlaceOption } from './key-place-option.ts';

interface MoveAccountKeyDialogProps {
  readonly organization: Organization;
  readonly onClose: () => void;
}

/** Gives an account a key elsewhere: to a token, or back to this computer. */
export function MoveAccountKeyDialog({ organization, onClose }: MoveAccountKeyDialogProps) {
  const words = useWords();
  const { say, text } = words;
  const { api } = useWallet();
  const { osKeysOffered = false } = useWalletState().wallet;
  const { tokens, failure: unseen } = useWatchedTokens();
  const { busy, failure, send } = useRequest();
  const [wanted, want] = useState<string | undefined>();
  const { accountKey, id: organizationId } = organization;
  const there = pluggedIn(tokens);
  const places = accountKeyPlaces(accountKey, there, osKeysOffered);
  const place = places.find(({ id }) => id === wanted);
  const trouble = failure ?? unseen;
  const move = async (): Promise<void> => {
    if (place === undefined) return;
    const keyPlace = place.choice;
    const moved = await send(() => api.organization.moveAccountKey({ organizationId, keyPlace }));
    if (moved.ok) onClose();
  };
  return (
    <Dialog title={say('moveAccount.title')} onClose={onClose}>
      <p>
        {say('moveAccount.text', {
          organization: text(organization.name),
          from: accountKey?.token === undefined ? 'here' : 'token',
        })}
      </p>
      {accountKey !== undefined && (
        <Facts facts={[[say('moveAccount.now'), keyPlaceWords(accountKey, words)]]} />
      )}
      {places.length > 0 && (
        <Choice
          legend={say('moveAccount.where')}
          value={place?.id}
          options={places.map((each) => keyPlaceOption(each, words, 'moveAccount'))}
          onChoose={want}
        />
      )}
      {there.length === 0 && (
        <p className="quiet">
          {say(tokens.status === 'ready' ? 'moveAccount.none' : 'keyPlace.looking')}
        </p>
      )}
      <MovementStatus tokens={tokens} />
      {trouble !== undefined && <FailureMessage failure={trouble} />}
      <DialogActions>
        <Button onPress={onClose}>{say('action.cancel')}</Button>
        <Button tone="primary" busy={busy} off={place === undefined} onPress={() => void move()}>
          {say(busy ? 'moveAccount.busy' : 'moveAccount.action')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
