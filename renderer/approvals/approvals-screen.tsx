import { useEffect, useMemo } from 'react';
import type { ApprovalsView, ApprovalSummary } from '../../shared/models/approval.ts';
import { useNow } from '../clock.ts';
import { FailureMessage } from '../failure/failure-message.tsx';
import type { Place } from '../navigation.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { LongList } from '../ui/long-list.tsx';
import { Page, PageHead } from '../ui/page.tsx';
import { WaitingLine } from '../ui/waiting-line.tsx';
import { useRequest } from '../use-request.ts';
import { useWallet, useWalletState } from '../wallet.ts';
import { useWords } from '../words.ts';
import { LinkForm } from '../welcome/link-form.tsx';
import { grouped, type Group } from './groups.ts';
import { NoRequests } from './no-requests.tsx';
import { OrganizationFailures } from './organization-failures.tsx';
import { mayPropose } from './proposal.ts';
import { ReceiptLine } from './receipt-line.tsx';
import { RequestLine } from './request-line.tsx';
import { StandingLine } from './standing-line.tsx';
import './approvals.css';

/** What waits for me, what do I wait for, and what have I agreed to? */
export function ApprovalsScreen({ go }: { readonly go: (place: Place) => void }) {
  const { say } = useWords();
  const { approvals } = useWalletState();
  const now = useNow(30_000);
  const groups = useMemo(() => grouped(approvals.requests, now), [approvals.requests, now]);
  const count = groups.toDecide.length;
  const isEmpty = approvals.requests.length === 0 && approvals.receipts.length === 0;
  return (
    <Page>
      <div className="approvals-head">
        <PageHead title={titleOf(approvals, count, say)} lead={say('approvals.lead')} />
        <Refresh approvals={approvals} />
      </div>
      <LinkFailure approvals={approvals} />
      <OrganizationFailures failures={approvals.failures} />
      {approvals.status === 'unknown' && <WaitingLine />}
      {isEmpty && approvals.status !== 'unknown' && (
        <NoRequests organizations={approvals.organizations} />
      )}
      <Requests group="toDecide" requests={groups.toDecide} go={go} />
      <Requests group="waiting" requests={groups.waiting} go={go} />
      <StandingSection approvals={approvals} standing={groups.standing} go={go} />
      <Requests group="decided" requests={groups.decided} go={go} />
      <Receipts approvals={approvals} go={go} />
      <PastedLink />
    </Page>
  );
}

function titleOf(
  { status }: ApprovalsView,
  count: number,
  say: ReturnType<typeof useWords>['say'],
): string {
  if (count > 0) return say('approvals.title.some', { count });
  return say(status === 'unknown' ? 'approvals.title.looking' : 'approvals.title.none');
}

interface RequestsProps {
  readonly group: Exclude<Group, 'standing'>;
  readonly requests: readonly ApprovalSummary[];
  readonly go: (place: Place) => void;
}

function Requests({ group, requests, go }: RequestsProps) {
  const { say } = useWords();
  if (requests.length === 0) return null;
  return (
    <section className="approvals-section" aria-label={say(`approvals.${group}`)}>
      <h2>{say(`approvals.${group}`)}</h2>
      <LongList
        label={say(`approvals.${group}`)}
        items={requests}
        keyOf={({ organizationId, approvalId }) => `${organizationId} ${approvalId}`}
        render={(request) => <RequestLine request={request} group={group} go={go} />}
      />
    </section>
  );
}

interface StandingSectionProps {
  readonly approvals: ApprovalsView;
  readonly standing: readonly ApprovalSummary[];
  readonly go: (place: Place) => void;
}

/** What is approved ahead of time, for approvers also before there is any. */
function StandingSection({ approvals, standing, go }: StandingSectionProps) {
  const { say } = useWords();
  const proposes = approvals.organizations.some(mayPropose);
  if (standing.length === 0 && !proposes) return null;
  return (
    <section className="approvals-section" aria-label={say('approvals.standing')}>
      <div className="approvals-section-head">
        <h2>{say('approvals.standing')}</h2>
        {proposes && (
          <Button size="small" onPress={() => go({ at: 'propose' })}>
            <Icon name="plus" size={16} />
            {say('standing.propose')}
          </Button>
        )}
      </div>
      <p className="quiet">{say('approvals.standing.text')}</p>
      <LongList
        label={say('approvals.standing')}
        items={standing}
        keyOf={({ organizationId, approvalId }) => `${organizationId} ${approvalId}`}
        render={(request) => <StandingLine request={request} go={go} />}
      />
    </section>
  );
}

function Receipts({ approvals, go }: Omit<StandingSectionProps, 'standing'>) {
  const { say } = useWords();
  if (approvals.receipts.length === 0) return null;
  return (
    <section className="approvals-section" aria-label={say('approvals.receipts')}>
      <h2>{say('approvals.receipts')}</h2>
      <p className="quiet">{say('approvals.receipts.text')}</p>
      <LongList
        label={say('approvals.receipts')}
        items={approvals.receipts}
        keyOf={({ receiptId }) => receiptId}
        render={(receipt) => <ReceiptLine receipt={receipt} go={go} />}
      />
    </section>
  );
}

function Refresh({ approvals }: { readonly approvals: ApprovalsView }) {
  const { say } = useWords();
  const { api } = useWallet();
  const { busy, failure, send } = useRequest();
  const looking = busy || approvals.status === 'unknown';
  const hasUnopened = approvals.unopened.length > 0;
  useEffect(() => {
    // Whoever comes here wants to know: from now on these organisations are told who looks.
    if (hasUnopened) void api.approval.refresh({});
  }, [api, hasUnopened]);
  return (
    <div className="approvals-refresh">
      <Button busy={looking} onPress={() => void send(() => api.approval.refresh({}))}>
        <Icon name="again" />
        {say(looking ? 'approvals.refresh.busy' : 'approvals.refresh')}
      </Button>
      {failure !== null && <FailureMessage failure={failure} tone="warning" />}
    </div>
  );
}

/** For links that no other program hands over. */
function PastedLink() {
  const { say } = useWords();
  const { api } = useWallet();
  const { busy, failure, send } = useRequest();
  return (
    <section className="approvals-section" aria-label={say('approvals.link')}>
      <LinkForm
        about="approvals.link"
        placeholder="countersign://approve?from=…"
        busy={busy}
        onLink={(link) => void send(() => api.organization.openLink({ link }))}
      />
      {failure !== null && <FailureMessage failure={failure} tone="warning" />}
    </section>
  );
}

/** Why the last link led nowhere, until the person has read it. */
function LinkFailure({ approvals }: { readonly approvals: ApprovalsView }) {
  const { say } = useWords();
  const { api } = useWallet();
  const { busy, send } = useRequest();
  if (approvals.linkFailure === null) return null;
  return (
    <FailureMessage
      failure={approvals.linkFailure}
      tone="warning"
      actions={
        <Button
          size="small"
          busy={busy}
          onPress={() => void send(() => api.approval.dismissAsked({}))}
        >
          {say('interrupted.dismiss')}
        </Button>
      }
    />
  );
}
