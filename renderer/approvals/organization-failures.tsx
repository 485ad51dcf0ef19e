import type { ApprovalsView } from '../../shared/models/approval.ts';
import { FailureMessage } from '../failure/failure-message.tsx';
import { useWalletState } from '../wallet.ts';
import { useWords } from '../words.ts';

/** Organisations that could not be asked: what stands here of them is as old as the last answer. */
export function OrganizationFailures({ failures }: Pick<ApprovalsView, 'failures'>) {
  const { say, text } = useWords();
  const { organizations } = useWalletState().wallet;
  return failures.map(({ organizationId, failure }) => {
    const organization = organizations.find(({ id }) => id === organizationId);
    const name = organization === undefined ? organizationId : text(organization.name);
    return (
      <FailureMessage
        key={organizationId}
        failure={failure}
        tone="warning"
        announced={false}
        helpdesk={organization?.helpdesk}
        organizationId={organizationId}
        facts={[[say('approvals.failure.organization'), name]]}
      />
    );
  });
}
