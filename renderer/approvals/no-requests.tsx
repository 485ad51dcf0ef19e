import type { ApprovalOrganization } from '../../shared/models/approval.ts';
import { Icon } from '../ui/icon.tsx';
import { useWords } from '../words.ts';

/** Says what will stand here, and what it will ask for. */
export function NoRequests({
  organizations,
}: {
  readonly organizations: readonly ApprovalOrganization[];
}) {
  const { say } = useWords();
  const approves = organizations.some(({ roles }) => roles.includes('approver'));
  return (
    <section className="home-empty">
      <Icon name="stamp" size={32} />
      <h2>{say(approves ? 'approvals.empty.approver' : 'approvals.empty')}</h2>
      <p className="quiet">
        {say(approves ? 'approvals.empty.approver.text' : 'approvals.empty.text')}
      </p>
    </section>
  );
}
