import { use, useState } from 'react';
import type { ApprovalOrganization } from '../../shared/models/approval.ts';
import { ClockContext } from '../clock.ts';
import { FailureMessage } from '../failure/failure-message.tsx';
import type { Place } from '../navigation.ts';
import { useOrganization } from '../organization/use-organization.ts';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { ActionBar, Card, Page, PageHead } from '../ui/page.tsx';
import { useRequest } from '../use-request.ts';
import { useWallet, useWalletState } from '../wallet.ts';
import { useWords } from '../words.ts';
import {
  firstDraft,
  mayPropose,
  readProposal,
  type ProposalDraft,
  type ProposalFault,
} from './proposal.ts';
import { ProposalFields } from './proposal-fields.tsx';
import { ProposalMeaning } from './proposal-meaning.tsx';
import './approvals.css';

/** May somebody have certificates without asking each time? What that would mean, before it is proposed. */
export function ProposeScreen({ go }: { readonly go: (place: Place) => void }) {
  const { say } = useWords();
  const organizations = useWalletState().approvals.organizations.filter(mayPropose);
  const [first] = organizations;
  return (
    <Page>
      <PageHead title={say('propose.title')} lead={say('propose.lead')} />
      {first === undefined ? (
        <>
          <Banner tone="note" title={say('propose.nobody')}>
            <p>{say('propose.nobody.text')}</p>
          </Banner>
          <ActionBar>
            <Button onPress={() => go({ at: 'approvals' })}>{say('approvals.back')}</Button>
          </ActionBar>
        </>
      ) : (
        <ProposalForm organizations={organizations} first={first} go={go} />
      )}
    </Page>
  );
}

interface ProposalFormProps {
  readonly organizations: readonly ApprovalOrganization[];
  readonly first: ApprovalOrganization;
  readonly go: (place: Place) => void;
}

function ProposalForm({ organizations, first, go }: ProposalFormProps) {
  const { say } = useWords();
  const { api } = useWallet();
  const clock = use(ClockContext);
  const request = useRequest();
  const [draft, setDraft] = useState<ProposalDraft>(() => firstDraft(first, clock()));
  const [faults, setFaults] = useState<readonly ProposalFault[]>([]);
  const { organizationId } = draft.organization;
  const organization = useOrganization(organizationId);
  const propose = async (): Promise<void> => {
    const read = readProposal(draft, clock());
    setFaults('faults' in read ? read.faults : []);
    if ('faults' in read || request.busy) return;
    const proposed = await request.send(() => api.approval.propose(read.proposal));
    if (proposed.ok) go({ at: 'approval', organizationId, approvalId: proposed.value.approvalId });
  };
  return (
    <form
      className="propose-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void propose();
      }}
    >
      <Card>
        <ProposalFields
          organizations={organizations}
          draft={draft}
          faults={faults}
          onChange={setDraft}
        />
      </Card>
      <ProposalMeaning draft={draft} />
      {request.failure !== null && (
        <FailureMessage
          failure={request.failure}
          helpdesk={organization?.helpdesk}
          organizationId={organizationId}
        />
      )}
      <ActionBar>
        <Button type="submit" tone="primary" busy={request.busy}>
          {say('propose.submit')}
        </Button>
        <Button onPress={() => go({ at: 'approvals' })}>{say('action.cancel')}</Button>
      </ActionBar>
    </form>
  );
}
