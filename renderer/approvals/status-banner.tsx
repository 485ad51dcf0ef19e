import type { ApprovalRequest, ApprovalSummary } from '../../shared/models/approval.ts';
import type { Place } from '../navigation.ts';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { useWalletState } from '../wallet.ts';
import { useWords, type Words } from '../words.ts';
import { Quote } from './quote.tsx';
import { partyText } from './sentences.ts';

/** What a request is to the person at this moment. */
export type Standing = 'to-decide' | 'own' | 'decided-by-me' | 'not-mine' | 'over';

export function standingOf(request: ApprovalSummary, now: number): Standing {
  const { status, document, mayDecide, roles } = request;
  if (status !== 'pending' || Date.parse(document.expires) <= now) return 'over';
  if (mayDecide) return 'to-decide';
  if (roles.includes('requester')) return 'own';
  // An approver who may not decide an open request of somebody else has decided it (docs/approvals.md §4), here or elsewhere.
  return roles.includes('approver') ? 'decided-by-me' : 'not-mine';
}

interface StatusBannerProps {
  readonly request: ApprovalRequest;
  readonly standing: Standing;
  readonly go: (place: Place) => void;
}

/** Why there is nothing to approve here, or what became of it. */
export function StatusBanner({ request, standing, go }: StatusBannerProps) {
  const words = useWords();
  const { say } = words;
  if (standing === 'to-decide') return null;
  if (standing === 'over') return <Outcome request={request} go={go} />;
  return (
    <Banner
      tone="note"
      title={say(`approval.standing.${standing}`)}
      actions={<ReceiptLink request={request} go={go} />}
    >
      <p>{say(`approval.standing.${standing}.text`)}</p>
    </Banner>
  );
}

/** What became of a request, in a word; a pending one is here only when its time is over. */
export const outcomeOf = ({ status }: Pick<ApprovalSummary, 'status'>) =>
  status === 'pending' ? ('expired' as const) : status;

function Outcome({ request, go }: Pick<StatusBannerProps, 'request' | 'go'>) {
  const words = useWords();
  const outcome = outcomeOf(request);
  const { withdrawn } = request;
  const isGood = outcome === 'approved' || outcome === 'spent';
  return (
    <Banner
      tone={isGood ? 'note' : 'warning'}
      icon={isGood ? 'check' : 'cross'}
      title={words.say(`approval.outcome.${outcome}`)}
      actions={<ReceiptLink request={request} go={go} />}
    >
      <p>{words.say(`approval.outcome.${outcome}.text`)}</p>
      {withdrawn !== undefined && <Withdrawn withdrawn={withdrawn} words={words} />}
    </Banner>
  );
}

function Withdrawn({
  withdrawn,
  words,
}: {
  readonly withdrawn: NonNullable<ApprovalSummary['withdrawn']>;
  readonly words: Words;
}) {
  const { by, at, reason } = withdrawn;
  return (
    <>
      <p>
        {words.say('approval.withdrawnBy', {
          party: partyText(by, words),
          time: words.dateTime(at),
        })}
      </p>
      {reason !== '' && <Quote text={reason} />}
    </>
  );
}

/** To the person's own receipt, where there is one. */
function ReceiptLink({ request, go }: Pick<StatusBannerProps, 'request' | 'go'>) {
  const { say } = useWords();
  const { receipts } = useWalletState().approvals;
  const receipt = receipts.find(
    ({ receiptId, isOwn }) =>
      isOwn && request.decisions.some((decision) => decision.receiptId === receiptId),
  );
  if (receipt === undefined) return null;
  return (
    <Button size="small" onPress={() => go({ at: 'receipt', receipt })}>
      {say('approval.receipt.show')}
    </Button>
  );
}
