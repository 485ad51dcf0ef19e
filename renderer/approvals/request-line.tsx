import type { ApprovalSummary } from '../../shared/models/approval.ts';
import { useNow } from '../clock.ts';
import type { Place } from '../navigation.ts';
import { Badge, type BadgeTone } from '../ui/badge.tsx';
import { Icon } from '../ui/icon.tsx';
import { useWords, type Words } from '../words.ts';
import type { Group } from './groups.ts';
import { partyLine, titleOf } from './sentences.ts';
import { leftWords } from './span-words.ts';
import { outcomeOf } from './status-banner.tsx';
import { usageIcons } from './usage-icons.ts';
import { leadingUsage } from './usage-words.ts';

interface RequestLineProps {
  readonly request: ApprovalSummary;
  readonly group: Group;
  readonly go: (place: Place) => void;
}

/** One request in a list: who wants what, and how it stands. */
export function RequestLine({ request, group, go }: RequestLineProps) {
  const words = useWords();
  const { document, organizationId, approvalId } = request;
  return (
    <button
      type="button"
      className="approval-line"
      onClick={() => go({ at: 'approval', organizationId, approvalId })}
    >
      <Icon name={usageIcons[leadingUsage(document)]} size={24} />
      <span className="approval-line-text">
        <span className="approval-line-title breakable">
          {titleOf(document, group === 'toDecide', words)}
        </span>
        <span className="quiet small breakable">
          {words.say('approvals.line', {
            requester: partyLine(document.requestedBy, words),
            time: words.dateTime(document.requested),
          })}
        </span>
      </span>
      <StateBadge request={request} group={group} />
      <Icon name="chevron" />
    </button>
  );
}

function StateBadge({ request, group }: Pick<RequestLineProps, 'request' | 'group'>) {
  const words = useWords();
  const now = useNow(30_000);
  const [tone, state] = stateOf(request, group, { words, now });
  return <Badge tone={tone}>{state}</Badge>;
}

function stateOf(
  request: ApprovalSummary,
  group: Group,
  { words, now }: { readonly words: Words; readonly now: number },
): readonly [BadgeTone, string] {
  const { say } = words;
  const { document, decisions } = request;
  if (group === 'toDecide') {
    const span = leftWords(document.expires, now, words) ?? '';
    return ['warning', say('approvals.state.left', { span })];
  }
  if (group === 'waiting') {
    const count = decisions.filter(({ decision }) => decision === 'approve').length;
    return [
      'warning',
      say('approvals.state.waiting', { count, required: document.rule.approvals }),
    ];
  }
  const outcome = outcomeOf(request);
  const tone = outcome === 'approved' || outcome === 'spent' ? 'good' : 'danger';
  return [tone, say(`approvals.state.${outcome}`)];
}
