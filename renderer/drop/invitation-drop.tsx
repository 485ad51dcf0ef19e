import { useEffect, useState, type ReactNode } from 'react';
import type { WalletApi } from '../../shared/ipc-contract.ts';
import type { Result } from '../../shared/failure.ts';
import { FailureMessage } from '../failure/failure-message.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import { Icon } from '../ui/icon.tsx';
import { useRequest } from '../use-request.ts';
import { useWallet } from '../wallet.ts';
import { useWords } from '../words.ts';
import { droppedIn, maximumFileBytes, type Dropped } from './dropped.ts';
import './invitation-drop.css';

/** Takes invitations that are dropped anywhere on the window. */
export function InvitationDrop({ children }: { readonly children: ReactNode }) {
  const { say } = useWords();
  const { api } = useWallet();
  const { failure, send, clear } = useRequest();
  const over = useDrop((dropped) => void send(() => openDropped(api, dropped)));
  return (
    <>
      {children}
      {over && (
        <div className="invitation-drop-hint" role="status">
          <Icon name="file" size={32} />
          {say('drop.hint')}
        </div>
      )}
      {failure !== null && (
        <Dialog title={say('drop.failed')} onClose={clear}>
          <FailureMessage failure={failure} />
          <DialogActions>
            <Button onPress={clear}>{say('action.close')}</Button>
          </DialogActions>
        </Dialog>
      )}
    </>
  );
}

async function openDropped(api: WalletApi, dropped: Dropped): Promise<Result<undefined>> {
  switch (dropped.kind) {
    case 'link':
      return api.organization.openLink({ link: dropped.link });
    case 'text':
      return api.organization.openText({ text: dropped.text });
    case 'file':
      return openFile(api, dropped.file);
    case 'nothing':
      return { ok: false, failure: { code: 'invitation', reason: 'not-an-invitation' } };
  }
}

async function openFile(api: WalletApi, file: File): Promise<Result<undefined>> {
  if (file.size > maximumFileBytes)
    return { ok: false, failure: { code: 'profile', reason: 'too-large' } };
  const text = await file.text().catch(() => '');
  // A folder, an empty file, and one that went away while it was dragged all read as nothing.
  if (text === '') return { ok: false, failure: { code: 'profile', reason: 'not-a-profile' } };
  return api.organization.openText({ text });
}

/** True while something is held over the window. Without it, the browser would open what is dropped. */
function useDrop(onDrop: (dropped: Dropped) => void): boolean {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const drag = (event: DragEvent): void => {
      if (isForField(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const leave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent): void => {
      if (isForField(event)) return;
      event.preventDefault();
      setOver(false);
      if (event.dataTransfer !== null) onDrop(droppedIn(event.dataTransfer));
    };
    window.addEventListener('dragover', drag);
    window.addEventListener('dragleave', leave);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragover', drag);
      window.removeEventListener('dragleave', leave);
      window.removeEventListener('drop', drop);
    };
  }, [onDrop]);
  return over;
}

/** Text that is dropped into a field belongs there. */
function isForField(event: DragEvent): boolean {
  return event.target instanceof HTMLInputElement && event.dataTransfer?.files.length === 0;
}
