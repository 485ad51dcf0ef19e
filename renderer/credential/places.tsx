import type { CredentialSummary, InstallTargetId } from '../../shared/models/credential.ts';
import { FailureMessage } from '../failure/failure-message.tsx';
import { OlderStays } from '../install/older-stays.tsx';
import { hasOlderAt, verdictOf } from '../install/outcome.ts';
import type { Help } from '../install/proof-steps.tsx';
import { ProofDetails, ProofSummary } from '../install/proof-summary.tsx';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/page.tsx';
import { useRequest } from '../use-request.ts';
import { useWallet, useWalletState } from '../wallet.ts';
import { useWords } from '../words.ts';
import { installationIn, placesOf } from './placement.ts';

interface PlacesProps {
  readonly credential: CredentialSummary;
  readonly help: Help;
}

/** Where the credential is, whether it works from there, and where else it could be. */
export function Places({ credential, help }: PlacesProps) {
  const { say } = useWords();
  const onThisComputer = useWalletState().wallet.installTargets;
  const targets = placesOf(credential, onThisComputer);
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
  const { credentials } = useWalletState().wallet;
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
            <ProofSummary installation={installation} />
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
      {installation !== undefined && (
        <div className="place-more">
          <ProofDetails installation={installation} help={help} />
          {verdictOf(installation.proofs) === 'fails' &&
            hasOlderAt(target, credential.id, credentials) && <OlderStays />}
        </div>
      )}
      {failure !== null && (
        <div className="place-more">
          <FailureMessage failure={failure} tone="warning" {...help} />
        </div>
      )}
    </li>
  );
}
