import {
  installTargets,
  type CredentialSummary,
  type InstallTargetId,
} from '../../shared/models/credential.ts';
import { FailureMessage } from '../failure/failure-message.tsx';
import type { Help } from '../install/proof-steps.tsx';
import { ProofSummary } from '../install/proof-summary.tsx';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/page.tsx';
import { useRequest } from '../use-request.ts';
import { useWallet, useWalletState } from '../wallet.ts';
import { useWords } from '../words.ts';

interface PlacesProps {
  readonly credential: CredentialSummary;
  readonly help: Help;
}

/** Where the credential is, whether it works from there, and where else it could be. */
export function Places({ credential, help }: PlacesProps) {
  const { say } = useWords();
  const onThisComputer = useWalletState().wallet.installTargets;
  const targets = installTargets.filter(
    (target) =>
      installationIn(credential, target) !== undefined ||
      (credential.status === 'active' &&
        (target === 'token'
          ? credential.key.token !== undefined
          : onThisComputer.includes(target))),
  );
  return (
    <Card>
      <h2>{say('places.title')}</h2>
      {targets.length === 0 && <p className="quiet">{say('places.none')}</p>}
      <ul className="places">
        {targets.map((target) => (
          <PlaceLine key={target} credential={credential} target={target} help={help} />
        ))}
      </ul>
    </Card>
  );
}

interface PlaceLineProps extends PlacesProps {
  readonly target: InstallTargetId;
}

function PlaceLine({ credential, target, help }: PlaceLineProps) {
  const { say } = useWords();
  const { api } = useWallet();
  const { busy, failure, send } = useRequest();
  const place = say(`target.${target}.name`);
  const request = { credentialId: credential.id, target };
  const installation = installationIn(credential, target);
  const missing = installation === undefined;
  const action = missing ? 'install' : 'prove';
  return (
    <li className="place">
      <div className="place-text">
        <h3>{place}</h3>
        {missing ? (
          <p className="quiet">{say(`target.${target}.text`)}</p>
        ) : (
          <>
            <p className="quiet breakable result-location">
              <bdi dir="ltr">{installation.location}</bdi>
            </p>
            <ProofSummary installation={installation} help={help} />
          </>
        )}
      </div>
      <Button
        size="small"
        busy={busy}
        name={say(`places.${action}.in`, { place })}
        onPress={() => void send(() => api.credential[action](request))}
      >
        {say(busy ? `places.${action}.busy` : `places.${action}`)}
      </Button>
      {failure !== null && (
        <div className="place-failure">
          <FailureMessage failure={failure} tone="warning" {...help} />
        </div>
      )}
    </li>
  );
}

function installationIn({ installations }: CredentialSummary, target: InstallTargetId) {
  return installations.find((installation) => installation.target === target);
}
