import { useState } from 'react';
import type { Organization } from '../../shared/models/organization.ts';
import { keyPlaceWords } from '../key-place-words.ts';
import type { Place } from '../navigation.ts';
import { Button } from '../ui/button.tsx';
import { Facts, type Fact } from '../ui/facts.tsx';
import { Icon } from '../ui/icon.tsx';
import { Card, Page, PageHead } from '../ui/page.tsx';
import { useWords } from '../words.ts';
import { hostOf } from './fingerprint.ts';
import { HelpAndTerms } from './help-and-terms.tsx';
import { Logo } from './logo.tsx';
import { MoveAccountKeyDialog } from './move-account-key-dialog.tsx';
import { OwnAuthenticator } from './own-authenticator.tsx';
import { Vouching } from './vouching.tsx';
import { WaysToProve } from './ways-to-prove.tsx';
import './joined-screen.css';

interface JoinedScreenProps {
  readonly organization: Organization;
  readonly go: (place: Place) => void;
}

/** An organisation that was joined: how one proves oneself there, who it is, and whom to ask. */
export function JoinedScreen({ organization, go }: JoinedScreenProps) {
  const { say, text } = useWords();
  const { id, name, logo, description, vouchedBy, signer, rootFingerprints } = organization;
  return (
    <Page>
      <div>
        <Button tone="link" onPress={() => go({ at: 'home' })}>
          <span className="joined-back">
            <Icon name="chevron" size={18} />
          </span>
          {say('credential.back')}
        </Button>
      </div>
      <div className="joined-head">
        <Logo logo={logo} />
        <PageHead
          title={text(name)}
          lead={description === undefined ? undefined : text(description)}
        />
        <Button onPress={() => go({ at: 'choose', organizationId: id })}>{say('home.get')}</Button>
      </div>
      <WaysToProve organization={organization} />
      <OwnAuthenticator organization={organization} />
      <Known organization={organization} />
      <Vouching vouchedBy={vouchedBy} signer={signer} rootFingerprints={rootFingerprints} />
      <HelpAndTerms organization={organization} agreed />
    </Page>
  );
}

/** By what the organisation knows this wallet. */
function Known({ organization }: Pick<JoinedScreenProps, 'organization'>) {
  const words = useWords();
  const { say } = words;
  const [moving, setMoving] = useState(false);
  const { directoryUrl, invitedEmail, accountKey } = organization;
  const facts: Fact[] = [[say('organization.caHost'), hostOf(directoryUrl)]];
  if (invitedEmail !== undefined) facts.push([say('organization.invited'), invitedEmail]);
  if (accountKey !== undefined)
    facts.push([
      say('home.accountKey'),
      <div className="joined-account-key" key="account">
        <span>{keyPlaceWords(accountKey, words)}</span>
        <Button tone="link" onPress={() => setMoving(true)}>
          {say('home.accountKey.move')}
        </Button>
      </div>,
    ]);
  return (
    <Card>
      <h2>{say('organization.about')}</h2>
      <Facts facts={facts} />
      {moving && (
        <MoveAccountKeyDialog organization={organization} onClose={() => setMoving(false)} />
      )}
    </Card>
  );
}
