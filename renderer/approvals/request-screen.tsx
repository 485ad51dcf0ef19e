import { FailureMessage } from '../failure/failure-message.tsx';
import type { Place } from '../navigation.ts';
import { useOrganization } from '../organization/use-organization.ts';
import { Button } from '../ui/button.tsx';
import { ActionBar, Page, PageHead } from '../ui/page.tsx';
import { WaitingLine } from '../ui/waiting-line.tsx';
import { useWords } from '../words.ts';
import { RequestView } from './request-view.tsx';
import { useRequestPage } from './use-request-page.ts';
import './approvals.css';

interface RequestScreenProps {
  readonly organizationId: string;
  readonly approvalId: string;
  readonly go: (place: Place) => void;
}

/** What am I asked to agree to? One request, as the CA has it now. */
export function RequestScreen({ organizationId, approvalId, go }: RequestScreenProps) {
  const { say } = useWords();
  const page = useRequestPage(organizationId, approvalId);
  const organization = useOrganization(organizationId);
  const { request, failure, reopen } = page;
  if (request !== undefined)
    return <RequestView page={page} request={request} organization={organization} go={go} />;
  return (
    <Page>
      <PageHead
        title={say(failure === undefined ? 'approval.opening' : 'approval.notOpened')}
        lead={failure === undefined ? say('approval.opening.text') : undefined}
      />
      {failure === undefined ? (
        <WaitingLine />
      ) : (
        <FailureMessage
          failure={failure}
          helpdesk={organization?.helpdesk}
          organizationId={organizationId}
        />
      )}
      <ActionBar>
        {failure !== undefined && (
          <Button tone="primary" onPress={() => void reopen()}>
            {say('action.tryAgain')}
          </Button>
        )}
        <Button onPress={() => go({ at: 'approvals' })}>{say('approvals.back')}</Button>
      </ActionBar>
    </Page>
  );
}
