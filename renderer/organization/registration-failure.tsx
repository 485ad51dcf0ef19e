import type { Failure } from '../../shared/failure.ts';
import type { Organization } from '../../shared/models/organization.ts';
import { FailureMessage } from '../failure/failure-message.tsx';
import { HelpdeskLines } from '../failure/helpdesk-lines.tsx';
import { Banner } from '../ui/banner.tsx';
import { useWords } from '../words.ts';
import { hostOf } from './fingerprint.ts';
import { wantsAnotherProof } from './registered-ways.ts';

interface RegistrationFailureProps {
  readonly failure: Failure;
  readonly organization: Organization;
}

/** What went wrong as something was registered; that another proof is wanted first is no fault of anybody. */
export function RegistrationFailure({ failure, organization }: RegistrationFailureProps) {
  const { say } = useWords();
  const { id, helpdesk, directoryUrl } = organization;
  if (!wantsAnotherProof(failure) || failure.code !== 'acme-problem')
    return <FailureMessage failure={failure} helpdesk={helpdesk} organizationId={id} />;
  return (
    <Banner tone="note" title={say('ways.first')} announced>
      <p className="breakable">{say('ways.first.text', { host: hostOf(directoryUrl) })}</p>
      {failure.problem.detail !== '' && (
        <blockquote className="failure-said breakable">
          <bdi>{failure.problem.detail}</bdi>
        </blockquote>
      )}
      <p>{say('ways.first.next')}</p>
      {helpdesk !== undefined && <HelpdeskLines helpdesk={helpdesk} organizationId={id} />}
    </Banner>
  );
}
