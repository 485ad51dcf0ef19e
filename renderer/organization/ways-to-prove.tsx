import { useState } from 'react';
import type { Organization, RegisteredCredentials } from '../../shared/models/organization.ts';
import { FailureMessage } from '../failure/failure-message.tsx';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/page.tsx';
import { WaitingLine } from '../ui/waiting-line.tsx';
import { useWords } from '../words.ts';
import { hostOf } from './fingerprint.ts';
import { ForgetWayDialog } from './forget-way-dialog.tsx';
import { RegisterKeyDialog } from './register-key-dialog.tsx';
import { RegisterPasskeyDialog } from './register-passkey-dialog.tsx';
import { RegisteredList } from './registered-list.tsx';
import { registeredWays, type RegisteredWay } from './registered-ways.ts';
import { useRegistered } from './use-registered.ts';

/** Passkeys and key pairs by which the organisation knows this person. */
export function WaysToProve({ organization }: { readonly organization: Organization }) {
  const { say } = useWords();
  const { answer, askAgain } = useRegistered(organization.id);
  const host = hostOf(organization.directoryUrl);
  return (
    <Card>
      <h2>{say('ways.title')}</h2>
      <p className="quiet breakable">{say('ways.lead', { host })}</p>
      {answer === undefined && (
        <div role="status" className="ways-waiting">
          <p className="quiet small">{say('ways.loading', { host })}</p>
          <WaitingLine />
        </div>
      )}
      {answer?.ok === false && (
        <FailureMessage
          failure={answer.failure}
          helpdesk={organization.helpdesk}
          organizationId={organization.id}
          tone="warning"
          actions={<Button onPress={askAgain}>{say('ways.again')}</Button>}
        />
      )}
      {answer?.ok === true && (
        <Registered organization={organization} registered={answer.value} onChanged={askAgain} />
      )}
    </Card>
  );
}

interface RegisteredProps {
  readonly organization: Organization;
  readonly registered: RegisteredCredentials;
  readonly onChanged: () => void;
}

type Asking =
  | { readonly for: 'passkey' }
  | { readonly for: 'key' }
  | { readonly for: 'forget'; readonly way: RegisteredWay };

function Registered({ organization, registered, onChanged }: RegisteredProps) {
  const words = useWords();
  const { say } = words;
  const [asking, ask] = useState<Asking | null>(null);
  const ways = registeredWays(registered, words);
  const host = hostOf(organization.directoryUrl);
  const close = (): void => ask(null);
  const done = (): void => {
    close();
    onChanged();
  };
  const dialog = { organization, onClose: close, onDone: done };
  return (
    <>
      {ways.length === 0 ? (
        registered.canRegister && <p>{say('ways.none')}</p>
      ) : (
        <RegisteredList ways={ways} onForget={(way) => ask({ for: 'forget', way })} />
      )}
      {registered.canRegister ? (
        <div className="ways-actions">
          <Button onPress={() => ask({ for: 'passkey' })}>{say('ways.passkey.add')}</Button>
          <Button onPress={() => ask({ for: 'key' })}>{say('ways.key.add')}</Button>
        </div>
      ) : (
        <Closed host={host} isOffered={registered.matchingCode !== undefined} />
      )}
      {asking?.for === 'passkey' && (
        <RegisterPasskeyDialog {...dialog} matchingCode={registered.matchingCode} />
      )}
      {asking?.for === 'key' && <RegisterKeyDialog {...dialog} />}
      {asking?.for === 'forget' && <ForgetWayDialog {...dialog} way={asking.way} />}
    </>
  );
}

interface ClosedProps {
  readonly host: string;
  /** Something else has to be shown first; otherwise nothing can ever be registered there. */
  readonly isOffered: boolean;
}

function Closed({ host, isOffered }: ClosedProps) {
  const { say } = useWords();
  return (
    <div className="ways-closed">
      {isOffered && <h3>{say('ways.closed')}</h3>}
      <p className="breakable">
        {say(isOffered ? 'ways.closed.text' : 'ways.closed.never', { host })}
      </p>
      {isOffered && <p className="quiet">{say('ways.first.next')}</p>}
    </div>
  );
}
