import type { OrganizationPreview } from '../../shared/models/organization.ts';
import { HelpdeskLines } from '../failure/helpdesk-lines.tsx';
import { Button } from '../ui/button.tsx';
import { Facts, type Fact } from '../ui/facts.tsx';
import { Icon } from '../ui/icon.tsx';
import { Card } from '../ui/page.tsx';
import { useRequest } from '../use-request.ts';
import { useWallet } from '../wallet.ts';
import { useWords } from '../words.ts';
import { hostOf } from './fingerprint.ts';

interface HelpAndTermsProps extends Pick<OrganizationPreview, 'organization'> {
  /** The terms were agreed to before. */
  readonly agreed?: boolean;
}

/** Whom to ask, and what one agrees to. */
export function HelpAndTerms({ organization, agreed = false }: HelpAndTermsProps) {
  const { say } = useWords();
  const { id, helpdesk, terms } = organization;
  const facts: Fact[] = [];
  if (helpdesk !== undefined)
    facts.push([
      say('organization.helpdesk'),
      <HelpdeskLines key="helpdesk" helpdesk={helpdesk} organizationId={id} />,
    ]);
  if (terms !== undefined)
    facts.push([
      say('organization.terms'),
      <TermsLink key="terms" organizationId={id} terms={terms} />,
    ]);
  if (facts.length === 0) return null;
  return (
    <Card>
      <h2>{say('organization.helpAndTerms')}</h2>
      <Facts facts={facts} />
      {terms !== undefined && !agreed && <p className="quiet">{say('organization.terms.agree')}</p>}
    </Card>
  );
}

interface TermsLinkProps {
  readonly organizationId: string;
  readonly terms: string;
}

function TermsLink({ organizationId, terms }: TermsLinkProps) {
  const { say } = useWords();
  const { api } = useWallet();
  const { send } = useRequest();
  return (
    <Button
      tone="link"
      onPress={() => void send(() => api.organization.openPage({ organizationId, page: 'terms' }))}
    >
      {say('organization.terms.open', { host: hostOf(terms) })}
      <Icon name="external" size={16} />
    </Button>
  );
}
