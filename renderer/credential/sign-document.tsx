import { useState } from 'react';
import type { CredentialSummary } from '../../shared/models/credential.ts';
import type { SignedDocument } from '../../shared/models/signing.ts';
import { FailureMessage } from '../failure/failure-message.tsx';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Card } from '../ui/page.tsx';
import { useRequest } from '../use-request.ts';
import { useWallet } from '../wallet.ts';
import { useWords } from '../words.ts';

/** Signs a PDF; which one, and where its copy goes, the system's own dialogs ask. */
export function SignDocument({ credential }: { readonly credential: CredentialSummary }) {
  const { say } = useWords();
  const { api } = useWallet();
  const { busy, failure, send } = useRequest();
  const [signed, setSigned] = useState<SignedDocument | null>(null);
  const sign = async (): Promise<void> => {
    setSigned(null);
    const answer = await send(() => api.credential.signDocument({ credentialId: credential.id }));
    if (answer.ok) setSigned(answer.value);
  };
  return (
    <Card>
      <h2>{say('documents.title')}</h2>
      <p className="quiet">{say('documents.text')}</p>
      <div className="use-buttons">
        <Button tone="primary" busy={busy} onPress={() => void sign()}>
          <Icon name="document" />
          {say(busy ? 'documents.busy' : 'documents.sign')}
        </Button>
      </div>
      <div role="status">{signed !== null && <Signed document={signed} />}</div>
      {failure !== null && <FailureMessage failure={failure} />}
    </Card>
  );
}

function Signed({ document }: { readonly document: SignedDocument }) {
  const { say, dateTime } = useWords();
  const { path, timestampedAt, timestampedBy } = document;
  const time = timestampedAt === undefined ? undefined : dateTime(timestampedAt);
  return (
    <div className="signed">
      <Icon name="check" size={22} />
      <div className="place-text">
        <h3>{say('documents.done')}</h3>
        <p className="breakable result-location">
          <bdi dir="ltr">{path}</bdi>
        </p>
        <p className="quiet breakable">
          {time === undefined
            ? say('documents.untimestamped')
            : timestampedBy === undefined
              ? say('documents.timestamped.unnamed', { time })
              : say('documents.timestamped', { authority: timestampedBy, time })}
        </p>
      </div>
    </div>
  );
}
