import { FailureMessage } from '../failure/failure-message.tsx';
import { isUnused, type Place } from '../navigation.ts';
import { Button } from '../ui/button.tsx';
import { Icon, type IconName } from '../ui/icon.tsx';
import { ActionBar, Card, Page, PageHead } from '../ui/page.tsx';
import { useRequest } from '../use-request.ts';
import { useWallet, useWalletState } from '../wallet.ts';
import { useWords, type MessageId } from '../words.ts';
import { LinkForm } from './link-form.tsx';
import './welcome.css';

/** Where one starts: with an invitation as a link or a file, or with the Local CA. */
export function WelcomeScreen({ go }: { readonly go: (place: Place) => void }) {
  const { say } = useWords();
  const { api } = useWallet();
  const state = useWalletState();
  const { busy, failure, send } = useRequest();
  return (
    <Page wide>
      <div className="welcome">
        <div className="welcome-start">
          <PageHead title={say('welcome.title')} lead={say('welcome.lead')} />
          <Card>
            <LinkForm
              about="welcome.link"
              placeholder="countersign://join?from=…"
              busy={busy}
              onLink={(link) => void send(() => api.organization.openLink({ link }))}
            />
            {failure !== null && <FailureMessage failure={failure} />}
            <p className="welcome-or">{say('welcome.or')}</p>
            <div className="welcome-file">
              <Button off={busy} onPress={() => void send(() => api.organization.chooseFile({}))}>
                <Icon name="file" />
                {say('welcome.file')}
              </Button>
              <p className="quiet small">{say('welcome.drop')}</p>
            </div>
          </Card>
          {state.wallet.localCaOffered && (
            <LocalCaOffer
              busy={busy}
              onTry={() => void send(() => api.organization.openLocalCa({}))}
            />
          )}
        </div>
        <WhatHappens />
      </div>
      {!isUnused(state) && (
        <ActionBar>
          <Button onPress={() => go({ at: 'home' })}>{say('action.back')}</Button>
        </ActionBar>
      )}
    </Page>
  );
}

function LocalCaOffer({ busy, onTry }: { readonly busy: boolean; readonly onTry: () => void }) {
  const { say } = useWords();
  return (
    <section className="welcome-local">
      <div>
        <h2>{say('welcome.local.title')}</h2>
        <p className="quiet">{say('welcome.local.text')}</p>
      </div>
      <Button off={busy} onPress={onTry}>
        {say('welcome.local.action')}
      </Button>
    </section>
  );
}

const promises: readonly (readonly [IconName, MessageId, MessageId])[] = [
  ['building', 'welcome.step.look.title', 'welcome.step.look.text'],
  ['shield', 'welcome.step.prove.title', 'welcome.step.prove.text'],
  ['key', 'welcome.step.key.title', 'welcome.step.key.text'],
];

function WhatHappens() {
  const { say } = useWords();
  return (
    <ol className="welcome-steps" aria-label={say('welcome.steps')}>
      {promises.map(([icon, title, text]) => (
        <li key={title}>
          <Icon name={icon} size={24} />
          <div>
            <h2>{say(title)}</h2>
            <p className="quiet">{say(text)}</p>
          </div>
        </li>
      ))}
    </ol>
  );
}
