import { useMemo, useState } from 'react';
import type { ApprovalRequest } from '../../shared/models/approval.ts';
import type { Organization } from '../../shared/models/organization.ts';
import { useNow } from '../clock.ts';
import { FailureMessage } from '../failure/failure-message.tsx';
import type { Place } from '../navigation.ts';
import { PrimaryPlace } from '../prove/primary-action.tsx';
import { Banner } from '../ui/banner.tsx';
import { ActionBar, Page, PageHead } from '../ui/page.tsx';
import { useWords } from '../words.ts';
import { Decision } from './decision.tsx';
import { plainRows } from './document-rows.tsx';
import { DocumentView, partsOf } from './document-view.tsx';
import { NamesWarning } from './names-warning.tsx';
import { PartContext } from './part.tsx';
import { ReadingStatus, readingStatusId } from './reading-status.tsx';
import { RequestActions } from './request-actions.tsx';
import { besideDocument } from './beside-document.tsx';
import { sentenceOf, titleOf } from './sentences.ts';
import { StatusBanner, standingOf } from './status-banner.tsx';
import { useReading, type ReadingProgress } from './use-reading.ts';
import type { RequestPage } from './use-request-page.ts';

interface RequestViewProps {
  readonly page: RequestPage;
  readonly request: ApprovalRequest;
  readonly organization: Organization | undefined;
  readonly go: (place: Place) => void;
}

/** A request to be read from top to bottom, and then decided. */
export function RequestView(props: RequestViewProps) {
  const { page, request, organization, go } = props;
  const words = useWords();
  const [place, setPlace] = useState<HTMLElement | null>(null);
  const { document, digest } = request;
  const parts = useMemo(() => partsOf(document, plainRows(document, words)), [document, words]);
  const reading = useReading(`${digest} ${String(page.rereads)}`, parts);
  const standing = standingOf(request, useNow(30_000));
  const mayDecide = standing === 'to-decide';
  return (
    <Page>
      <PageHead
        title={titleOf(document, mayDecide, words)}
        lead={sentenceOf(document, 'asked', words)}
      />
      <Warnings {...props} />
      <StatusBanner request={request} standing={standing} go={go} />
      <PartContext value={mayDecide ? reading.observer : null}>
        <DocumentView
          document={document}
          digest={digest}
          beside={besideDocument({
            ...{ request, organization, page, go },
            isOpen: standing !== 'over',
          })}
        />
      </PartContext>
      {mayDecide && (
        <PrimaryPlace value={place}>
          <Decision
            request={request}
            organization={organization}
            page={page}
            unread={unreadOf(reading)}
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

function unreadOf({ left, showNext }: ReadingProgress) {
  return left.length === 0 ? undefined : { describedBy: readingStatusId, show: showNext };
}

/** What is wrong with what stands here, before it is read. */
function Warnings({ page, request, organization }: RequestViewProps) {
  const { say } = useWords();
  return (
    <>
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
      <NamesWarning document={request.document} />
    </>
  );
}
