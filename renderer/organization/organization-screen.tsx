import type { ReactNode } from 'react';
import type { PreviewState } from '../../shared/models/organization.ts';
import { FailureMessage } from '../failure/failure-message.tsx';
import { FlowSteps } from '../flow-steps.tsx';
import type { Place } from '../navigation.ts';
import { Button } from '../ui/button.tsx';
import { ActionBar, Page, PageHead } from '../ui/page.tsx';
import { WaitingLine } from '../ui/waiting-line.tsx';
import { useRequest } from '../use-request.ts';
import { useWallet } from '../wallet.ts';
import { useWords } from '../words.ts';
import { PreviewView } from './preview-view.tsx';

interface OrganizationScreenProps {
  readonly preview: PreviewState;
  /** Where the person was when the invitation was opened. */
  readonly place: Place;
  readonly go: (place: Place) => void;
}

/** Whom am I dealing with? Shown before anything of an invitation is used. */
export function OrganizationScreen({ preview, place, go }: OrganizationScreenProps) {
  const { say } = useWords();
  switch (preview.status) {
    case 'asking':
      return <Asking preview={preview} />;
    case 'loading':
      return (
        <WithoutOrganization
          title={say('organization.loading.title')}
          lead={say('organization.loading.text', { host: preview.host })}
          leave={say('action.cancel')}
        >
          <WaitingLine />
        </WithoutOrganization>
      );
    case 'failed':
      return (
        <WithoutOrganization title={say('organization.failed.title')} leave={say('action.close')}>
          <FailureMessage failure={preview.failure} />
        </WithoutOrganization>
      );
    case 'ready':
      return <PreviewView preview={preview.preview} place={place} go={go} />;
  }
}

/** Something came from outside: it leads nowhere before the person has agreed. */
function Asking({ preview }: { readonly preview: Extract<PreviewState, { status: 'asking' }> }) {
  const { say } = useWords();
  const { api } = useWallet();
  const { busy, failure, send } = useRequest();
  const { kind, from } = preview;
  return (
    <WithoutOrganization
      title={say('organization.asking.title')}
      lead={say(`organization.asking.${kind}`)}
      leave={say('organization.notNow')}
      action={
        <Button
          tone="primary"
          busy={busy}
          onPress={() => void send(() => api.organization.openAsked({}))}
        >
          {say('organization.asking.open')}
        </Button>
      }
    >
      <p className="card organization-domain">
        <bdi>{from}</bdi>
      </p>
      {failure !== null && <FailureMessage failure={failure} />}
    </WithoutOrganization>
  );
}

interface WithoutOrganizationProps {
  readonly title: string;
  readonly lead?: string;
  readonly leave: string;
  readonly action?: ReactNode;
  readonly children: ReactNode;
}

function WithoutOrganization(props: WithoutOrganizationProps) {
  const { title, lead, leave, action, children } = props;
  const { api } = useWallet();
  return (
    <Page>
      <FlowSteps current="organization" />
      <PageHead title={title} lead={lead} />
      {children}
      <ActionBar>
        {action}
        <Button onPress={() => void api.organization.dismiss({})}>{leave}</Button>
      </ActionBar>
    </Page>
  );
}
