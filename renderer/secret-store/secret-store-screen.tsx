import { Page, PageHead } from '../ui/page.tsx';
import { useWords } from '../words.ts';
import { SecretStoreNotice } from './secret-store-notice.tsx';

/** In place of what cannot be done without a secret store. */
export function SecretStoreScreen() {
  const { say } = useWords();
  return (
    <Page>
      <PageHead title={say('secretStore.title')} lead={say('secretStore.lead')} />
      <SecretStoreNotice />
    </Page>
  );
}
