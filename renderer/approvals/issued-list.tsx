import type { ApprovalSummary } from '../../shared/models/approval.ts';
import { Facts } from '../ui/facts.tsx';
import { Disclosure } from '../ui/disclosure.tsx';
import { useWords } from '../words.ts';

/** What was issued by it. */
export function IssuedList({ request }: { readonly request: ApprovalSummary }) {
  const { say, dateTime } = useWords();
  const { certificates, document, remaining } = request;
  const isStanding = document.kind === 'standing' && request.status !== 'pending';
  if (certificates.length === 0 && !isStanding) return null;
  return (
    <>
      {isStanding && remaining !== undefined && (
        <p>{say('approval.remaining', { count: document.count, remaining })}</p>
      )}
      {certificates.length > 0 && (
        <Disclosure label={say('approval.issued', { count: certificates.length })}>
          <Facts
            facts={certificates.map(({ serial, issued, notAfter, revoked }) => [
              serial,
              revoked === undefined
                ? say('approval.issued.until', {
                    from: dateTime(issued),
                    until: dateTime(notAfter),
                  })
                : say('approval.issued.revoked', {
                    from: dateTime(issued),
                    time: dateTime(revoked),
                  }),
            ])}
          />
        </Disclosure>
      )}
    </>
  );
}
