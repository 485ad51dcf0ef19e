import type { BrowserPolicyView } from '../../shared/models/browser-policy.ts';
import { FailureMessage } from '../failure/failure-message.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import { useRequest } from '../use-request.ts';
import { useWallet } from '../wallet.ts';
import { useWords } from '../words.ts';
import { browserNames } from './program-names.ts';
import { Sites } from './sites.tsx';

export type PolicyChange = 'set' | 'withdraw';

interface BrowserPolicyDialogProps {
  readonly credentialId: string;
  readonly policy: BrowserPolicyView;
  readonly change: PolicyChange;
  readonly onChanged: () => void;
  readonly onClose: () => void;
}

/** What changes, and what the administrator's password is for, before the system asks for it. */
export function BrowserPolicyDialog(props: BrowserPolicyDialogProps) {
  const { credentialId, policy, change, onChanged, onClose } = props;
  const { say } = useWords();
  const { api } = useWallet();
  const { busy, failure, send } = useRequest();
  const browser = browserNames[policy.browser];
  const go = async (): Promise<void> => {
    const request = { credentialId, browser: policy.browser };
    const changed = await send(() =>
      change === 'set'
        ? api.credential.setBrowserPolicy(request)
        : api.credential.withdrawBrowserPolicy(request),
    );
    if (!changed.ok) return;
    onChanged();
    onClose();
  };
  return (
    <Dialog title={say(`browsers.${change}.title`, { browser })} onClose={onClose}>
      <p>{say(`browsers.${change}.text`, { browser })}</p>
      <Sites sites={policy.sites} />
      {policy.everySite && <p>{say('browsers.everySite', { browser })}</p>}
      <p>{say('browsers.password')}</p>
      <p className="breakable result-location">
        <bdi dir="ltr">{policy.path}</bdi>
      </p>
      {failure !== null && <FailureMessage failure={failure} />}
      <DialogActions>
        <Button onPress={onClose}>{say('action.cancel')}</Button>
        <Button tone="primary" busy={busy} onPress={() => void go()}>
          {say(busy ? 'browsers.busy' : 'browsers.set.action')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
