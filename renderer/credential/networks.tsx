import { useState } from 'react';
import type { CredentialSummary } from '../../shared/models/credential.ts';
import type { NetworkView } from '../../shared/models/network.ts';
import { FailureMessage } from '../failure/failure-message.tsx';
import { Button } from '../ui/button.tsx';
import { Disclosure } from '../ui/disclosure.tsx';
import { Icon } from '../ui/icon.tsx';
import { Card } from '../ui/page.tsx';
import { useRequest } from '../use-request.ts';
import { useWallet, useWalletState } from '../wallet.ts';
import { useWords } from '../words.ts';
import { NetworkFacts, useNetworkNames } from './network-facts.tsx';
import { UseNetworkDialog } from './use-network-dialog.tsx';
import { reachesNetworks, usesNow } from './uses.ts';

/** The networks that it signs in to, and the way to another one. */
export function Networks({ credential }: { readonly credential: CredentialSummary }) {
  const { say } = useWords();
  const { installTargets } = useWalletState().wallet;
  const { networks } = credential;
  const canAdd = usesNow(credential).includes('networks') && reachesNetworks(installTargets);
  if (networks.length === 0 && !canAdd) return null;
  return (
    <Card>
      <h2>{say('networks.title')}</h2>
      {networks.length === 0 ? (
        <p className="quiet">{say('networks.none')}</p>
      ) : (
        <ul className="places">
          {networks.map((network) => (
            <NetworkLine key={network.id} network={network} credential={credential} />
          ))}
        </ul>
      )}
      {canAdd && <AnotherNetwork credential={credential} />}
    </Card>
  );
}

interface NetworkLineProps {
  readonly network: NetworkView;
  readonly credential: CredentialSummary;
}

function NetworkLine({ network, credential }: NetworkLineProps) {
  const { say, text } = useWords();
  const names = useNetworkNames();
  return (
    <li className="network">
      <Icon name={network.ssids.length > 0 ? 'wifi' : 'laptop'} size={22} />
      <div className="place-text">
        <div>
          <h3 className="breakable">{network.name}</h3>
          <p className="quiet breakable">{names(network)}</p>
        </div>
        <Disclosure
          label={say('networks.details')}
          name={say('networks.details.of', { name: network.name })}
        >
          <div className="network-details">
            <p className="quiet breakable">
              {say(`networks.source.${network.source}`, {
                organization: text(credential.organizationName),
              })}
            </p>
            <p>{say('networks.only')}</p>
            <NetworkFacts network={network} />
          </div>
        </Disclosure>
      </div>
    </li>
  );
}

/** Has a description opened, and shows what it would do before it does it. */
function AnotherNetwork({ credential }: { readonly credential: CredentialSummary }) {
  const { say } = useWords();
  const { api } = useWallet();
  const { busy, failure, send } = useRequest();
  const [chosen, choose] = useState<NetworkView | null>(null);
  const [added, setAdded] = useState<string>();
  const look = async (): Promise<void> => {
    setAdded(undefined);
    const answer = await send(() => api.credential.chooseNetwork({ credentialId: credential.id }));
    if (answer.ok) choose(answer.value);
  };
  return (
    <div className="network-add">
      <Button busy={busy} onPress={() => void look()}>
        <Icon name="plus" />
        {say(credential.networks.length === 0 ? 'networks.addFirst' : 'networks.add')}
      </Button>
      <p className="quiet small">{say('networks.add.hint')}</p>
      <p role="status" className="breakable">
        {added !== undefined && say('networks.added', { name: added })}
      </p>
      {failure !== null && <FailureMessage failure={failure} />}
      {chosen !== null && (
        <UseNetworkDialog
          credential={credential}
          network={chosen}
          onAdded={() => setAdded(chosen.name)}
          onClose={() => choose(null)}
        />
      )}
    </div>
  );
}
