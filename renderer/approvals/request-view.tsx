import { useMemo, useState } from 'react';
import type { ApprovalRequest } from '../../shared/models/approval.ts';
import type { Organization } from '../../shared/models/organization.ts';
import { useNow } from '../clock.ts';
import { FailureMessage } from '../failure/failure-message.tsx';
import type { Place } from '../navigation.ts';
import { PrimaryPlace } from '../prove/primary-action.tsx';
import { Banner } from '../ui/banner.tsx';
import { ActionBar, Page, PageHead } from '../ui/page.tsx';
import { useWallet } from '../wallet.ts';
import { useWords } from '../words.ts';
import { Messages, MessageForm } from './conversation.tsx';
import { Decision } from './decision.tsx';
import { plainRows } from './document-rows.tsx';
import { DocumentView, partsOf } from './document-view.tsx';
import { IssuedList } from './issued-list.tsx';
import { PartContext } from './part.tsx';
import { ReadingStatus, readingStatusId } from './reading-status.tsx';
import { RequestActions } from './request-actions.tsx';
import { sentenceOf, titleOf } from './sentences.ts';
import { StatusBanner, standingOf } from './status-banner.tsx';
import { leftWords } from './span-words.ts';
import { useReading } from './use-reading.ts';
import type { RequestPage } from './use-request-page.ts';
import { WhoDecides } from './who-decides.tsx';

interface RequestViewProps {
  readonly page: RequestPage;
  readonly request: ApprovalRequest;
  readonly organization: Organization | undefined;
  readonly go: (place: Place) => void;
}

/** A request to be read from top to bottom, and then decided. */
export function RequestView({ page, request, organization, go }: RequestViewProps) {
  const words = useWords();
  const { say } = words;
  const now = useNow(30_000);
  const [place, setPlace] = useState<HTMLElement | null>(null);
  const { document, digest } = request;
  const parts = useMemo(() => partsOf(document, plainRows(document, words)), [document, words]);
  const reading = useReading(digest, parts);
  const standing = standingOf(request, now);
  const mayDecide = standing === 'to-decide';
  const left = leftWords(document.expires, now, words);
  return (
    <Page>
      <PageHead
        title={titleOf(document, mayDecide, words)}
        lead={sentenceOf(document, 'asked', words)}
      />
      {page.changed && (
        <Banner tone="danger" title={say('approval.changed')} announced>
          <p>{say('approval.changed.text')}</p>
        </Banner>
      )}
      {page.failure !== undefined && (
        <FailureMessage
          failure={page.failure}
          tone="warning"
          helpdesk={organization?.helpdesk}
          organizationId={request.organizationId}
        />
      )}
      <StatusBanner request={request} standing={standing} go={go} />
      <PartContext value={mayDecide ? reading.observer : null}>
        <DocumentView
          document={document}
          digest={digest}
          beside={{
            why: <Questions request={request} onSent={page.reopen} />,
            deciding: (
              <>
                {standing !== 'over' && left !== undefined && (
                  <p className="quiet">{say('approval.left', { span: left })}</p>
                )}
                <WhoDecides
                  {...request}
                  isOpen={standing !== 'over' && request.status === 'pending'}
                  required={document.rule.approvals}
                />
                <IssuedList request={request} />
              </>
            ),
          }}
        />
      </PartContext>
      {mayDecide && (
        <PrimaryPlace value={place}>
          <Decision
            request={request}
            organization={organization}
            page={page}
            unread={
              reading.left.length === 0
                ? undefined
                : { describedBy: readingStatusId, show: reading.showNext }
            }
            go={go}
          />
        </PrimaryPlace>
      )}
      <ActionBar>
        {mayDecide && <ReadingStatus left={reading.left} onShow={reading.showNext} />}
        <div className="proof-actions" ref={setPlace} />
        <RequestActions request={request} mayDecide={mayDecide} page={page} go={go} />
      </ActionBar>
    </Page>
  );
}

/** What was asked and answered, and a way to ask more while somebody can still be swayed by it. */
function Questions({
  request,
  onSent,
}: {
  readonly request: ApprovalRequest;
  readonly onSent: () => Promise<void>;
}) {
  const { say } = useWords();
  const { api } = useWallet();
  const { organizationId, approvalId, messages, roles, status } = request;
  const mayAsk = status === 'pending' && roles.some((role) => role !== 'auditor');
  const own = roles.includes('requester') ? 'answer' : 'ask';
  return (
    <>
      <Messages messages={messages} />
      {mayAsk && (
        <MessageForm
          label={say(`approval.${own}`)}
          hint={say(`approval.${own}.hint`)}
          action={say(`approval.${own}.action`)}
          send={(text) => api.approval.message({ organizationId, approvalId, text })}
          onSent={() => void onSent()}
        />
      )}
    </>
  );
}
