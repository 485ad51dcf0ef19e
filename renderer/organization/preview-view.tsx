import { useState } from 'react';
import type { OrganizationPreview } from '../../shared/models/organization.ts';
import { FailureMessage } from '../failure/failure-message.tsx';
import { FlowSteps } from '../flow-steps.tsx';
import type { Place } from '../navigation.ts';
import { Button } from '../ui/button.tsx';
import { Choice } from '../ui/choice.tsx';
import { ActionBar, Card, Page, PageHead } from '../ui/page.tsx';
import { useRequest } from '../use-request.ts';
import { useWallet } from '../wallet.ts';
import { useWords } from '../words.ts';
import { hostOf } from './fingerprint.ts';
import { HelpAndTerms } from './help-and-terms.tsx';
import { Logo } from './logo.tsx';
import { Vouching } from './vouching.tsx';
import { WhatHappens } from './what-happens.tsx';

interface PreviewViewProps {
  readonly preview: OrganizationPreview;
  readonly place: Place;
  readonly go: (place: Place) => void;
}

export function PreviewView({ preview, place, go }: PreviewViewProps) {
  const { say } = useWords();
  const { api } = useWallet();
  const { busy, failure, send } = useRequest();
  const { organization, vouchedBy } = preview;
  const toCompare = vouchedBy === null;
  const [kept, keep] = useState<InvitationChoice>();
  const undecided = preview.replacesInvitation && kept === undefined;
  const accept = async (): Promise<void> => {
    const { previewId } = preview;
    const invitation = kept === 'earlier' ? undefined : preview.invitation;
    // Main takes the preview away as it accepts: where to go then has to be known before.
    const next = invitation === undefined ? {} : { invitation };
    go({ at: 'choose', organizationId: organization.id, ...next });
    const accepted = await send(() =>
      api.organization.accept({
        previewId,
        wordsMatch: toCompare,
        replaceInvitation: kept === 'this',
      }),
    );
    if (!accepted.ok) go(place);
    else go({ at: 'choose', organizationId: accepted.value.organizationId, ...next });
  };
  return (
    <Page>
      <FlowSteps current="organization" />
      <PageHead title={say('organization.title')} lead={say('organization.lead')} />
      <Identity organization={organization} />
      <Vouching
        vouchedBy={vouchedBy}
        signer={organization.signer}
        rootFingerprints={organization.rootFingerprints}
      />
      <WhatHappens preview={preview} />
      {preview.replacesInvitation && <WhichInvitation kept={kept} onKeep={keep} />}
      <HelpAndTerms organization={organization} />
      {/* Without its help desk: nobody has vouched for these contacts yet. */}
      {failure !== null && <FailureMessage failure={failure} />}
      <ActionBar>
        <Button tone="primary" busy={busy} off={undecided} onPress={() => void accept()}>
          {say(toCompare ? 'organization.wordsMatch' : 'action.continue')}
        </Button>
        <Button off={busy} onPress={() => void api.organization.dismiss({})}>
          {say(toCompare ? 'organization.wordsDiffer' : 'organization.notNow')}
        </Button>
        {preview.alreadyJoined && <p className="quiet">{say('organization.alreadyJoined')}</p>}
      </ActionBar>
    </Page>
  );
}

type InvitationChoice = 'this' | 'earlier';

interface WhichInvitationProps {
  readonly kept: InvitationChoice | undefined;
  readonly onKeep: (kept: InvitationChoice) => void;
}

/** Each invitation makes an account once; the person says which of two goes on. Nothing is chosen beforehand. */
function WhichInvitation({ kept, onKeep }: WhichInvitationProps) {
  const { say } = useWords();
  return (
    <Card>
      <Choice
        legend={say('organization.replace.question')}
        value={kept}
        options={[
          {
            value: 'this',
            name: say('organization.replace.this'),
            rest: say('organization.replace.this.rest'),
          },
          {
            value: 'earlier',
            name: say('organization.replace.earlier'),
            rest: say('organization.replace.earlier.rest'),
          },
        ]}
        onChoose={onKeep}
      />
    </Card>
  );
}

function Identity({ organization }: Pick<OrganizationPreview, 'organization'>) {
  const { say, text } = useWords();
  const { name, description, logo, directoryUrl } = organization;
  return (
    <Card>
      <div className="organization-name">
        <Logo logo={logo} />
        <div>
          <h2 className="breakable">{text(name)}</h2>
          {description !== undefined && <p className="quiet breakable">{text(description)}</p>}
          <p className="breakable">
            <span className="quiet">{say('organization.caHost')} </span>
            {hostOf(directoryUrl)}
          </p>
        </div>
      </div>
    </Card>
  );
}
