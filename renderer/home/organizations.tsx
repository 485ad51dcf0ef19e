import { useState } from 'react';
import type { Organization } from '../../shared/models/organization.ts';
import type { Place } from '../navigation.ts';
import { hostOf } from '../organization/fingerprint.ts';
import { Logo } from '../organization/logo.tsx';
import { MoveAccountKeyDialog } from '../organization/move-account-key-dialog.tsx';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Card } from '../ui/page.tsx';
import { useWalletState } from '../wallet.ts';
import { keyPlaceWords } from '../key-place-words.ts';
import { useWords } from '../words.ts';
import { LeaveDialog } from './leave-dialog.tsx';

/** Who gives credentials to this wallet, and the way to get another. */
export function Organizations({ go }: { readonly go: (place: Place) => void }) {
  const { say, text } = useWords();
  const { wallet, enrollments } = useWalletState();
  const [leaving, setLeaving] = useState<Organization | null>(null);
  const [moving, setMoving] = useState<Organization | null>(null);
  const nothingYet = wallet.credentials.length === 0 && enrollments.length === 0;
  return (
    <Card>
      <h2>{say('home.organizations')}</h2>
      <ul className="home-organizations">
        {wallet.organizations.map((organization) => (
          <li className="home-organization" key={organization.id}>
            <Logo logo={organization.logo} small />
            <div>
              <h3 className="breakable">
                <Button
                  tone="link"
                  onPress={() => go({ at: 'organization', organizationId: organization.id })}
                >
                  {text(organization.name)}
                </Button>
              </h3>
              <p className="quiet small breakable">{hostOf(organization.directoryUrl)}</p>
            </div>
            <Button
              tone={nothingYet ? 'primary' : 'plain'}
              name={say('home.get.from', { organization: text(organization.name) })}
              onPress={() => go({ at: 'choose', organizationId: organization.id })}
            >
              {say('home.get')}
            </Button>
            <AccountKey organization={organization} onMove={() => setMoving(organization)} />
            <Button
              tone="link"
              name={say('home.leave.of', { organization: text(organization.name) })}
              onPress={() => setLeaving(organization)}
            >
              {say('home.leave')}
            </Button>
          </li>
        ))}
      </ul>
      <div>
        <Button tone="link" onPress={() => go({ at: 'welcome' })}>
          <Icon name="plus" size={18} />
          {say('home.add')}
        </Button>
      </div>
      {moving !== null && (
        <MoveAccountKeyDialog organization={moving} onClose={() => setMoving(null)} />
      )}
      {leaving !== null && <LeaveDialog organization={leaving} onClose={() => setLeaving(null)} />}
    </Card>
  );
}

interface AccountKeyProps {
  readonly organization: Organization;
  readonly onMove: () => void;
}

/** Where the key lives by which the organisation knows this wallet. */
function AccountKey({ organization, onMove }: AccountKeyProps) {
  const words = useWords();
  const { say, text } = words;
  const { accountKey, name } = organization;
  if (accountKey === undefined) return null;
  return (
    <div className="home-account-key small">
      <p className="quiet">{say('home.accountKey')}</p>
      <Button
        tone="link"
        name={say('home.accountKey.move.of', { organization: text(name) })}
        onPress={onMove}
      >
        {say('home.accountKey.move')}
      </Button>
      <p className="breakable">{keyPlaceWords(accountKey, words)}</p>
    </div>
  );
}
