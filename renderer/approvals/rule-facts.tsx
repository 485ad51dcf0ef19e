import type { ApprovalDocument } from '../../shared/models/approval.ts';
import { useWords } from '../words.ts';

/** How many have to agree, and how they show that it is them. */
export function RuleFacts({ rule }: Pick<ApprovalDocument, 'rule'>) {
  const { say, list } = useWords();
  const { approvals, by, hardware } = rule;
  const ways = by.map((method) =>
    say(
      method === 'cert-01' && hardware ? 'approval.by.cert-01.hardware' : `approval.by.${method}`,
    ),
  );
  return <>{say('approval.rule', { count: approvals, ways: list(ways, 'or') })}</>;
}
