import type { ApprovalDocument, ApprovalRequester } from '../../shared/models/approval.ts';
import { domainReading, nameMarks } from '../names/name-marks.ts';
import { Banner } from '../ui/banner.tsx';
import { useWords } from '../words.ts';

/** Said above everything else: the heading has such a name as well, and no room for what is to be said of it. */
export function NamesWarning({ document }: { readonly document: ApprovalDocument }) {
  const { say } = useWords();
  if (!hasMarkedNames(document)) return null;
  return (
    <Banner tone="warning" title={say('name.warning')}>
      <p>{say('name.warning.text')}</p>
    </Banner>
  );
}

/** A name by which somebody or something is recognised may be mistaken for another. */
export function hasMarkedNames(document: ApprovalDocument): boolean {
  const parties: readonly ApprovalRequester[] =
    document.kind === 'order'
      ? [document.requestedBy]
      : [document.requestedBy, document.proposedBy];
  return (
    nameMarks(document.organization).length > 0 ||
    parties.some(isMarked) ||
    document.identifiers.some(({ value }) => domainReading(value).marks.length > 0)
  );
}

function isMarked(party: ApprovalRequester): boolean {
  if ('service' in party) return nameMarks(party.service).length > 0;
  const at = party.email.lastIndexOf('@');
  return (
    nameMarks(party.name).length > 0 ||
    nameMarks(party.email.slice(0, at)).length > 0 ||
    domainReading(party.email.slice(at + 1)).marks.length > 0
  );
}
