import type { CredentialSummary } from '../../shared/models/credential.ts';
import { FailureMessage } from '../failure/failure-message.tsx';
import { LifetimePlot } from '../lifetime/lifetime-plot.tsx';
import { PhaseBadge } from '../lifetime/phase-badge.tsx';
import type { Place } from '../navigation.ts';
import { useOrganization } from '../organization/use-organization.ts';
import { purposeIcons } from '../purpose.ts';
import { SecretStoreNotice } from '../secret-store/secret-store-notice.tsx';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Card, Page, PageHead } from '../ui/page.tsx';
import { useWords } from '../words.ts';
import { Actions } from './actions.tsx';
import { CertificateDetails } from './certificate-details.tsx';
import { CredentialFacts } from './credential-facts.tsx';
import { History } from './history.tsx';
import { Networks } from './networks.tsx';
import { OtherPrograms } from './other-programs.tsx';
import { Places } from './places.tsx';
import { SignDocument } from './sign-document.tsx';
import { SigningTools } from './signing-tools.tsx';
import { useCredentialDetail } from './use-credential-detail.ts';
import { usesNow } from './uses.ts';
import './credential.css';
import './uses.css';

interface CredentialScreenProps {
  readonly credential: CredentialSummary;
  readonly go: (place: Place) => void;
}

/** What is this, where is it, does it work, and what can be done with it? */
export function CredentialScreen({ credential, go }: CredentialScreenProps) {
  const { say, text } = useWords();
  const organization = useOrganization(credential.organizationId);
  const detail = useCredentialDetail(credential);
  const help = { helpdesk: organization?.helpdesk, organizationId: credential.organizationId };
  const uses = usesNow(credential);
  const known = detail?.ok === true ? detail.value : undefined;
  return (
    <Page wide>
      <div className="credential-back">
        <Button tone="link" onPress={() => go({ at: 'home' })}>
          <Icon name="chevron" size={18} />
          {say('credential.back')}
        </Button>
      </div>
      <div className="credential-head">
        <Icon name={purposeIcons[credential.purpose]} size={32} />
        <PageHead
          title={text(credential.name)}
          lead={`${credential.subject} · ${text(credential.organizationName)}`}
        />
        <PhaseBadge credential={credential} />
      </div>
      <div className="credential">
        <div className="credential-main">
          <SecretStoreNotice />
          <Card>
            <LifetimePlot credential={credential} />
          </Card>
          {uses.includes('signing-documents') && <SignDocument credential={credential} />}
          {uses.includes('signing-programs') && <SigningTools credential={credential} />}
          <Places credential={credential} help={help} />
          <Networks credential={credential} />
          <OtherPrograms credential={credential} />
          {detail?.ok === false && (
            <FailureMessage failure={detail.failure} helpdesk={organization?.helpdesk} />
          )}
          {known !== undefined && <History history={known.history} />}
          {known !== undefined && <CertificateDetails chain={known.chain} />}
        </div>
        <div className="credential-side">
          <CredentialFacts credential={credential} issuer={known?.chain[0]?.issuer} />
          <Actions credential={credential} joined={organization !== undefined} go={go} />
        </div>
      </div>
    </Page>
  );
}
