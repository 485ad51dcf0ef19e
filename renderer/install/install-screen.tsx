import { FlowSteps } from '../flow-steps.tsx';
import type { Installing, Place } from '../navigation.ts';
import { useOrganization } from '../organization/use-organization.ts';
import { useDismissal } from '../progress/use-dismissal.ts';
import { Button } from '../ui/button.tsx';
import { ActionBar, Card, Page, PageHead } from '../ui/page.tsx';
import { useWalletState } from '../wallet.ts';
import { useWords } from '../words.ts';
import { InstallResultLine } from './install-result.tsx';
import { hasOlderAt, outcomeOf, troubleFirst } from './outcome.ts';
import './install.css';

interface InstallScreenProps {
  readonly enrollment: Installing;
  readonly go: (place: Place) => void;
}

/** Does it work? Each place with its result; one that failed is a note beside a success. */
export function InstallScreen({ enrollment, go }: InstallScreenProps) {
  const { say, text } = useWords();
  const dismiss = useDismissal();
  const { credentialId, enrollmentId, results, step } = enrollment;
  const { credentials } = useWalletState().wallet;
  const { organizationId } = enrollment;
  const helpdesk = useOrganization(organizationId)?.helpdesk;
  const outcome = outcomeOf(step, results);
  const leave = async (next: Place): Promise<void> => {
    go(next);
    await dismiss(enrollmentId);
  };
  return (
    <Page>
      <FlowSteps current={step === 'done' ? 'arrived' : 'delivery'} />
      <PageHead
        key={outcome}
        title={say(`install.title.${outcome}`)}
        lead={say(`install.lead.${outcome}`, {
          credential: text(enrollment.name),
          subject: enrollment.subject,
        })}
      />
      {results.length > 0 && (
        <Card>
          <h2>{say('install.places')}</h2>
          <ul className="result-list">
            {(step === 'done' ? troubleFirst(results) : results).map((result) => (
              <InstallResultLine
                key={result.target}
                result={result}
                help={{ helpdesk, organizationId }}
                hasOlder={hasOlderAt(result.target, credentialId, credentials)}
              />
            ))}
          </ul>
        </Card>
      )}
      {step === 'done' && (
        <ActionBar>
          <Button tone="primary" onPress={() => void leave({ at: 'home' })}>
            {say('install.done')}
          </Button>
          <Button onPress={() => void leave({ at: 'credential', credentialId })}>
            {say('install.look')}
          </Button>
        </ActionBar>
      )}
    </Page>
  );
}
