import type { CredentialSummary } from '../../shared/models/credential.ts';
import type { NetworkView } from '../../shared/models/network.ts';
import { FailureMessage } from '../failure/failure-message.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import { useRequest } from '../use-request.ts';
import { useWallet } from '../wallet.ts';
import { useWords } from '../words.ts';
import { NetworkFacts, useNetworkNames } from './network-facts.tsx';

interface UseNetworkDialogProps {
  readonly credential: CredentialSummary;
  readonly network: NetworkView;
  readonly onAdded: () => void;
  readonly onClose: () => void;
}

/** Who describes the network, and exactly what would be set. */
export function UseNetworkDialog(props: UseNetworkDialogProps) {
  const { credential, network, onAdded, onClose } = props;
  const { say, text } = useWords();
  const { api } = useWallet();
  const { busy, failure, send } = useRequest();
  const names = useNetworkNames();
  const organization = text(credential.organizationName);
  const add = async (): Promise<void> => {
    const added = await send(() =>
      api.credential.useNetwork({ credentialId: credential.id, networkId: network.id }),
    );
    if (!added.ok) return;
    onAdded();
    onClose();
  };
  return (
    <Dialog title={say('networks.use.title', { name: network.name })} onClose={onClose}>
      {network.source === 'file' ? (
        <Banner tone="warning" title={say('networks.source.file')}>
          <p className="breakable">{say('networks.use.from.file', { organization })}</p>
        </Banner>
      ) : (
        <p className="breakable">{say('networks.use.from.organization', { organization })}</p>
      )}
      <p>{say('networks.use.text')}</p>
      <p className="network-names breakable">{names(network)}</p>
      <p className="quiet">{say('networks.only')}</p>
      <NetworkFacts network={network} fingerprints="folded" />
      {failure !== null && <FailureMessage failure={failure} />}
      <DialogActions>
        <Button onPress={onClose}>{say('action.cancel')}</Button>
        <Button tone="primary" busy={busy} onPress={() => void add()}>
          {say(busy ? 'networks.use.busy' : 'networks.use.action')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
