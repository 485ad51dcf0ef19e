import { FailureMessage } from '../failure/failure-message.tsx';
import { FlowSteps } from '../flow-steps.tsx';
import type { Place, Underway } from '../navigation.ts';
import { useOrganization } from '../organization/use-organization.ts';
import { Banner } from '../ui/banner.tsx';
import { Card, Page, PageHead } from '../ui/page.tsx';
import { useWords } from '../words.ts';
import { ProgressActions } from './progress-actions.tsx';
import { TimelineList } from './timeline-list.tsx';
import { isAfterProof } from './timeline.ts';

interface ProgressScreenProps {
  readonly enrollment: Underway | null;
  readonly go: (place: Place) => void;
}

/** What is happening, and what happened when it stopped. */
export function ProgressScreen({ enrollment, go }: ProgressScreenProps) {
  const { say, text } = useWords();
  if (enrollment === null) {
    return (
      <Page>
        <FlowSteps current="proof" />
        <PageHead title={say('progress.title.working')} />
        <Card>
          <TimelineList timeline={[{ step: 'preflight', status: 'active' }]} running />
        </Card>
      </Page>
    );
  }
  const ahead = 'at' in enrollment && isAfterProof(enrollment.at);
  return (
    <Page>
      <FlowSteps current={ahead ? 'delivery' : 'proof'} />
      <PageHead
        key={enrollment.step}
        title={say(`progress.title.${enrollment.step}`)}
        lead={say('progress.lead', {
          credential: text(enrollment.name),
          subject: enrollment.subject,
          host: enrollment.caHost,
        })}
      />
      <Explanation enrollment={enrollment} />
      <Card>
        <TimelineList
          timeline={enrollment.timeline}
          running={enrollment.step === 'working'}
          keyType={enrollment.keyType}
          keyPlace={enrollment.keyPlace?.place}
        />
      </Card>
      <ProgressActions enrollment={enrollment} go={go} />
    </Page>
  );
}

function Explanation({ enrollment }: { readonly enrollment: Underway }) {
  const { say } = useWords();
  const organization = useOrganization(enrollment.organizationId);
  if ('failure' in enrollment) {
    return (
      <FailureMessage
        failure={enrollment.failure}
        helpdesk={organization?.helpdesk}
        organizationId={enrollment.organizationId}
        tone={enrollment.step === 'failed' ? 'danger' : 'warning'}
      />
    );
  }
  if (enrollment.step === 'interrupted')
    return <Banner tone="note" title={say('progress.interrupted.text')} />;
  if (enrollment.step === 'cancelled')
    return <Banner tone="note" title={say(cancelledWords(enrollment))} />;
  return null;
}

/** A key on a token cannot be taken back while the token is away or locked. */
function cancelledWords({ keyPlace }: Underway) {
  const onToken = keyPlace?.place === 'token' || keyPlace?.place === 'tpm';
  return onToken ? 'progress.cancelled.token' : 'progress.cancelled.text';
}
