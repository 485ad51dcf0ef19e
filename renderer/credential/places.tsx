import {
  installTargets,
  type CredentialSummary,
  type InstallTargetId,
} from '../../shared/models/credential.ts';
import { FailureMessage } from '../failure/failure-message.tsx';
import { latestProof } from '../install/outcome.ts';
import { ProofLine } from '../install/proof-line.tsx';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/page.tsx';
import { useRequest } from '../use-request.ts';
import { useWallet } from '../wallet.ts';
import { useWords } from '../words.ts';

/** Where the credential is, whether it works from there, and where else it could be. */
export function Places({ credential }: { readonly credential: CredentialSummary }) {
  const { say } = useWords();
  return (
    <Card>
      <h2>{say('places.title')}</h2>
      <ul>
        {installTargets.map((target) => (
          <PlaceLine key={target} credential={credential} target={target} />
        ))}
      </ul>
    </Card>
  );
}

interface PlaceLineProps {
  readonly credential: CredentialSummary;
  readonly target: InstallTargetId;
}

function PlaceLine({ credential, target }: PlaceLineProps) {
  const { say } = useWords();
  const { api } = useWallet();
  const { busy, failure, send } = useRequest();
  const name = say(`target.${target}.name`);
  const place = { credentialId: credential.id, target };
  const installation = credential.installations.find((other) => other.target === target);
  return (
    <li className="place">
      <div className="place-text">
        <h3>{name}</h3>
        {installation === undefined ? (
          <p className="quiet">{say(`target.${target}.text`)}</p>
        ) : (
          <>
            <p className="quiet breakable result-location">{installation.location}</p>
            <ProofLine proof={latestProof(installation)} />
          </>
        )}
      </div>
      {installation === undefined ? (
        <Button
          size="small"
          busy={busy}
          off={credential.status !== 'active'}
          name={say('places.install.in', { place: name })}
          onPress={() => void send(() => api.credential.install(place))}
        >
          {say(busy ? 'places.installing' : 'places.install')}
        </Button>
      ) : (
        <Button
          size="small"
          busy={busy}
          name={say('places.test.in', { place: name })}
          onPress={() => void send(() => api.credential.prove(place))}
        >
          {say(busy ? 'places.testing' : 'places.test')}
        </Button>
      )}
      {failure !== null && (
        <div className="place-failure">
          <FailureMessage failure={failure} tone="warning" />
        </div>
      )}
    </li>
  );
}
