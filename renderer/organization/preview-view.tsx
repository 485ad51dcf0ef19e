import type { OrganizationPreview } from '../../shared/models/organization.ts';
import { FailureMessage } from '../failure/failure-message.tsx';
import { FlowSteps } from '../flow-steps.tsx';
import type { Place } from '../navigation.ts';
import { Button } from '../ui/button.tsx';
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
  const accept = async (): Promise<void> => {
    const { previewId, invitation } = preview;
    // Main takes the preview away as it accepts: where to go then has to be known before.
    const next = invitation === undefined ? {} : { invitation };
    go({ at: 'choose', organizationId: organization.id, ...next });
    const accepted = await send(() =>
      api.organization.accept({ previewId, wordsMatch: toCompare }),
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
      <HelpAndTerms organization={organization} />
      {/* Without its help desk: nobody has vouched for these contacts yet. */}
      {failure !== null && <FailureMessage failure={failure} />}
      <ActionBar>
        <Button tone="primary" busy={busy} onPress={() => void accept()}>
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
