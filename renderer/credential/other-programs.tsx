import type { CredentialSummary } from '../../shared/models/credential.ts';
import { Card } from '../ui/page.tsx';
import { BrowserPolicies } from './browser-policies.tsx';
import { Configurations } from './configurations.tsx';
import { usesNow } from './uses.ts';

/** What an administrator or a practised person may want, out of the way of all others. */
export function OtherPrograms({ credential }: { readonly credential: CredentialSummary }) {
  const uses = usesNow(credential);
  const forBrowsers = uses.includes('browsers');
  const forPrograms = uses.includes('programs');
  if (!forBrowsers && !forPrograms) return null;
  return (
    <Card>
      <div>
        {forBrowsers && <BrowserPolicies credential={credential} />}
        {forPrograms && <Configurations credential={credential} />}
      </div>
    </Card>
  );
}
