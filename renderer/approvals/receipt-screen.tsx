import { useState } from 'react';
import type { ApprovalReceipt } from '../../shared/models/approval.ts';
import { isolated } from '../bidi.ts';
import { FailureMessage } from '../failure/failure-message.tsx';
import type { Place } from '../navigation.ts';
import { Party } from '../names/name.tsx';
import { useOrganization } from '../organization/use-organization.ts';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { Facts } from '../ui/facts.tsx';
import { ActionBar, Card, Page, PageHead } from '../ui/page.tsx';
import { VerdictList } from '../ui/verdict-list.tsx';
import { useRequest } from '../use-request.ts';
import { useWallet } from '../wallet.ts';
import { useWords } from '../words.ts';
import { DocumentView } from './document-view.tsx';
import { Quote } from './quote.tsx';
import { sentenceOf } from './sentences.ts';
import './approvals.css';

interface ReceiptScreenProps {
  readonly receipt: ApprovalReceipt;
  readonly go: (place: Place) => void;
}

/** What did I sign, or somebody else? One sentence, what was checked, and the same document field by field. */
export function ReceiptScreen({ receipt, go }: ReceiptScreenProps) {
  const words = useWords();
  const { say } = words;
  const { api } = useWallet();
  const saving = useRequest();
  const [saved, setSaved] = useState(false);
  const { receiptId, organizationId, approvalId, document, digest, decision, isOwn, by } = receipt;
  const organization = useOrganization(organizationId);
  const save = async (): Promise<void> => {
    const answer = await saving.send(() => api.approval.saveReceipt({ receiptId }));
    setSaved(answer.ok && answer.value.saved);
  };
  return (
    <Page>
      <PageHead
        title={
          isOwn
            ? say(`receipt.title.${decision}`)
            : say(`receipt.title.${decision}.other`, { name: isolated(by.name) })
        }
        lead={sentenceOf(document, isOwn ? decision : 'asked', words)}
      />
      <Checks receipt={receipt} />
      {saving.failure !== null && (
        <FailureMessage
          failure={saving.failure}
          helpdesk={organization?.helpdesk}
          organizationId={organizationId}
        />
      )}
      <DocumentView document={document} digest={digest} />
      <ActionBar>
        <Button tone="primary" busy={saving.busy} onPress={() => void save()}>
          {say('receipt.save')}
        </Button>
        <span className={saved ? 'quiet small' : 'visually-hidden'} role="status">
          {saved && say('receipt.saved')}
        </span>
        <Button onPress={() => go({ at: 'approval', organizationId, approvalId })}>
          {say('receipt.request')}
        </Button>
        <div className="approval-back">
          <Button tone="quiet" size="small" onPress={() => go({ at: 'approvals' })}>
            {say('approvals.back')}
          </Button>
        </div>
      </ActionBar>
    </Page>
  );
}

/** What the wallet has found the receipt to be. */
function Checks({ receipt }: { readonly receipt: ApprovalReceipt }) {
  const { say, dateTime, number } = useWords();
  const { checks, by, at, method, sequence, reason } = receipt;
  const holds = checks.length > 0 && checks.every(({ passed }) => passed);
  return (
    <Card>
      <h2>{say('receipt.checks')}</h2>
      {!holds && (
        <Banner tone="danger" title={say('receipt.broken')}>
          <p>{say('receipt.broken.text')}</p>
        </Banner>
      )}
      <VerdictList
        verdicts={checks.map(({ check, passed }) => ({
          id: check,
          status: passed ? 'pass' : 'fail',
          text: say(`receipt.check.${check}.${passed ? 'passed' : 'failed'}`),
        }))}
        words={{
          pass: say('receipt.passed'),
          note: say('receipt.passed'),
          fail: say('receipt.failed'),
        }}
      />
      <Facts
        facts={[
          [say('receipt.by'), <Party key="by" party={by} />],
          [say('receipt.at'), dateTime(at)],
          [say('receipt.method'), say(`receipt.method.${method}`)],
          ...(reason === undefined
            ? []
            : [[say('receipt.reason'), <Quote key="reason" text={reason} />] as const]),
          [say('receipt.sequence'), say('receipt.sequence.number', { number: number(sequence) })],
        ]}
      />
      <p className="quiet small">{say('receipt.anyone')}</p>
    </Card>
  );
}
