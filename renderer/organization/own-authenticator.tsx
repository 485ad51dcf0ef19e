import { useState } from 'react';
import type { Organization } from '../../shared/models/organization.ts';
import { FailureMessage } from '../failure/failure-message.tsx';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Card } from '../ui/page.tsx';
import { useRequest } from '../use-request.ts';
import { useWallet } from '../wallet.ts';
import { useWords } from '../words.ts';
import { KeepAuthenticatorDialog } from './keep-authenticator-dialog.tsx';
import { NoSecondFactor } from './no-second-factor.tsx';

/**
 * One-time codes that the wallet makes itself; not even mentioned where the managed policy does not allow it, unless a
 * secret is still kept from when it did.
 */
export function OwnAuthenticator({ organization }: { readonly organization: Organization }) {
  const { say } = useWords();
  const { api } = useWallet();
  const { busy, failure, send } = useRequest();
  const [asking, ask] = useState(false);
  const { id: organizationId, ownAuthenticator } = organization;
  if (ownAuthenticator === undefined) return null;
  const isKept = ownAuthenticator !== 'possible';
  const isUsed = ownAuthenticator !== 'unused';
  const forget = (): void => {
    void send(() => api.organization.forgetAuthenticator({ organizationId }));
  };
  return (
    <Card>
      <h2>{say('ownCodes.title')}</h2>
      <p className="quiet">{say(isUsed ? 'ownCodes.text' : 'ownCodes.unused')}</p>
      {isUsed && <NoSecondFactor />}
      {isKept && isUsed && (
        <p className="own-codes-kept">
          <Icon name="check" />
          {say('ownCodes.kept')}
        </p>
      )}
      {failure !== null && <FailureMessage failure={failure} />}
      <div className="ways-actions">
        {isUsed && (
          <Button onPress={() => ask(true)}>
            {say(isKept ? 'ownCodes.replace' : 'ownCodes.set')}
          </Button>
        )}
        {isKept && (
          <Button busy={busy} onPress={forget}>
            {say(busy ? 'ownCodes.forget.busy' : 'ownCodes.forget')}
          </Button>
        )}
      </div>
      {asking && (
        <KeepAuthenticatorDialog organizationId={organizationId} onClose={() => ask(false)} />
      )}
    </Card>
  );
}
