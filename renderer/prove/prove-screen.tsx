import { useState } from 'react';
import { FlowSteps } from '../flow-steps.tsx';
import { useOrganization } from '../organization/use-organization.ts';
import type { Place, Proving } from '../navigation.ts';
import { Button } from '../ui/button.tsx';
import { ActionBar, Page, PageHead } from '../ui/page.tsx';
import { useRequest } from '../use-request.ts';
import { useWallet } from '../wallet.ts';
import { useWords } from '../words.ts';
import { AuthorizationCard } from './authorization-card.tsx';
import { CaaNote } from './caa-note.tsx';
import { PrimaryPlace } from './primary-action.tsx';
import { waitsForOthers } from './waits-for-others.ts';
import { waysOf } from './ways.ts';
import './prove.css';

interface ProveScreenProps {
  readonly enrollment: Proving;
  readonly go: (place: Place) => void;
}

/** Is it really me? One card for each thing that has to be shown. */
export function ProveScreen({ enrollment, go }: ProveScreenProps) {
  const { say, dateTime } = useWords();
  const { api } = useWallet();
  const cancel = useRequest();
  const [place, setPlace] = useState<HTMLElement | null>(null);
  const organization = useOrganization(enrollment.organizationId);
  const { authorizations, enrollmentId, expiresAt } = enrollment;
  // The first that is open asks for the code; its field takes the focus in place of the heading.
  const open = authorizations.find(
    ({ status, approval }) => status === 'pending' && approval === undefined,
  );
  const othersDecide = waitsForOthers(enrollment);
  const first = open === undefined ? undefined : waysOf(open).first;
  const asksForCode = first?.kind === 'code' && first.status !== 'processing';
  return (
    <Page>
      <FlowSteps current="proof" />
      <ProveHead enrollment={enrollment} focused={!asksForCode} />
      {enrollment.caa !== undefined && <CaaNote caa={enrollment.caa} host={enrollment.caHost} />}
      <PrimaryPlace value={place}>
        <ul className="checklist">
          {authorizations.map((authorization) => (
            <AuthorizationCard
              key={authorization.authorizationId}
              enrollment={enrollment}
              authorization={authorization}
              active={authorization === open}
              helpdesk={organization?.helpdesk}
              go={go}
            />
          ))}
        </ul>
      </PrimaryPlace>
      {expiresAt !== undefined && !othersDecide && (
        <p className="quiet small">{say('prove.expires', { time: dateTime(expiresAt) })}</p>
      )}
      <ActionBar>
        <div className="proof-actions" ref={setPlace} />
        <Button tone="quiet" size="small" onPress={() => go({ at: 'home' })}>
          {say(othersDecide ? 'waiting.later' : 'prove.later')}
        </Button>
        <div className="prove-cancel">
          <Button
            tone="quiet"
            size="small"
            busy={cancel.busy}
            onPress={() => void cancel.send(() => api.enrollment.cancel({ enrollmentId }))}
          >
            {say('progress.cancel')}
          </Button>
        </div>
      </ActionBar>
    </Page>
  );
}

interface ProveHeadProps {
  readonly enrollment: Proving;
  readonly focused: boolean;
}

function ProveHead({ enrollment, focused }: ProveHeadProps) {
  const { say, text } = useWords();
  const organization = useOrganization(enrollment.organizationId);
  const isAboutDomains = enrollment.authorizations.every(
    ({ identifier }) => identifier.type === 'dns',
  );
  const othersDecide = waitsForOthers(enrollment);
  const title = isAboutDomains ? 'prove.title.domain' : 'prove.title';
  return (
    <PageHead
      title={say(othersDecide ? 'waiting.screen' : title)}
      lead={say(othersDecide ? 'waiting.screen.lead' : 'prove.lead', {
        organization: organization === undefined ? enrollment.caHost : text(organization.name),
        credential: text(enrollment.name),
      })}
      focused={focused}
    />
  );
}
