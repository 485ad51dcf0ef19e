import type { ApprovalReceipt } from '../../shared/models/approval.ts';
import type { Place } from '../navigation.ts';
import { Badge } from '../ui/badge.tsx';
import { Icon } from '../ui/icon.tsx';
import { isolated } from '../bidi.ts';
import { useWords } from '../words.ts';
import { titleOf } from './sentences.ts';

interface ReceiptLineProps {
  readonly receipt: ApprovalReceipt;
  readonly go: (place: Place) => void;
}

/** What was decided by whom, and that there is proof of it. */
export function ReceiptLine({ receipt, go }: ReceiptLineProps) {
  const words = useWords();
  const { say, dateTime } = words;
  const { decision, document, at, by, isOwn, checks } = receipt;
  const time = dateTime(at);
  const holds = checks.length > 0 && checks.every(({ passed }) => passed);
  return (
    <button type="button" className="approval-line" onClick={() => go({ at: 'receipt', receipt })}>
      <Icon name={decision === 'approve' ? 'stamp' : 'cross'} size={24} />
      <span className="approval-line-text">
        <span className="approval-line-title breakable">{titleOf(document, false, words)}</span>
        <span className="quiet small">
          {isOwn
            ? say(`receipts.line.${decision}`, { time })
            : say(`receipts.line.${decision}.other`, { name: isolated(by.name), time })}
        </span>
      </span>
      <Badge tone={holds ? 'good' : 'danger'}>
        {say(holds ? 'receipts.holds' : 'receipts.broken')}
      </Badge>
      <Icon name="chevron" />
    </button>
  );
}
