import { useDeferredValue, useMemo, useState } from 'react';
import { useNow } from '../clock.ts';
import type { Place } from '../navigation.ts';
import { SecretStoreNotice } from '../secret-store/secret-store-notice.tsx';
import { Field } from '../ui/field.tsx';
import { LongList } from '../ui/long-list.tsx';
import { Page, PageHead } from '../ui/page.tsx';
import { useWalletState } from '../wallet.ts';
import { useWords } from '../words.ts';
import { ApprovalsNote } from './approvals-note.tsx';
import { CredentialCard } from './credential-card.tsx';
import { EmptyHome } from './empty-home.tsx';
import { InterruptedNote } from './interrupted-note.tsx';
import { matching } from './matching.ts';
import { Organizations } from './organizations.tsx';
import { inOrderOfCare } from './summary.ts';
import { useSummarySentence } from './summary-sentence.ts';
import { UnfinishedList } from './unfinished-list.tsx';
import './home.css';

const minute = 60_000;
/** From so many credentials on, looking for one by eye is work. */
const worthFiltering = 9;

/** Am I fine? One sentence, then what is unfinished, then the credentials. */
export function HomeScreen({ go }: { readonly go: (place: Place) => void }) {
  const { title, lead } = useSummarySentence();
  return (
    <Page wide>
      <div className="home">
        <div className="home-main">
          <PageHead title={title} lead={lead} />
          <SecretStoreNotice />
          <InterruptedNote />
          <ApprovalsNote go={go} />
          <UnfinishedList go={go} />
          <Credentials go={go} />
        </div>
        <aside className="home-side">
          <Organizations go={go} />
        </aside>
      </div>
    </Page>
  );
}

function Credentials({ go }: { readonly go: (place: Place) => void }) {
  const words = useWords();
  const { say } = words;
  const { credentials } = useWalletState().wallet;
  const now = useNow(minute);
  const [wanted, want] = useState('');
  const filter = useDeferredValue(wanted);
  const ordered = useMemo(() => inOrderOfCare(credentials, now), [credentials, now]);
  const shown = useMemo(() => matching(ordered, filter, words.text), [ordered, filter, words]);
  if (credentials.length === 0) return <EmptyHome />;
  return (
    <section className="home-section" aria-label={say('home.credentials')}>
      <div className="home-section-head">
        <h2>{say('home.credentials')}</h2>
        {credentials.length >= worthFiltering && (
          <>
            <p className="quiet" role="status">
              {say('home.count', { shown: shown.length, count: credentials.length })}
            </p>
            <div className="home-filter">
              <Field type="search" label={say('home.filter')} value={wanted} onText={want} />
            </div>
          </>
        )}
      </div>
      <LongList
        label={say('home.credentials')}
        items={shown}
        keyOf={(credential) => credential.id}
        render={(credential) => <CredentialCard credential={credential} go={go} />}
      />
    </section>
  );
}
