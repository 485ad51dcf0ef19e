import type { ReactNode } from 'react';
import type { PreviewState } from '../../shared/models/organization.ts';
import { FailureMessage } from '../failure/failure-message.tsx';
import { FlowSteps } from '../flow-steps.tsx';
import type { Place } from '../navigation.ts';
import { Button } from '../ui/button.tsx';
import { ActionBar, Page, PageHead } from '../ui/page.tsx';
import { WaitingLine } from '../ui/waiting-line.tsx';
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

interface WithoutOrganizationProps {
  readonly title: string;
  readonly lead?: string;
  readonly leave: string;
  readonly children: ReactNode;
}

function WithoutOrganization({ title, lead, leave, children }: WithoutOrganizationProps) {
  const { api } = useWallet();
  return (
    <Page>
      <FlowSteps current="organization" />
      <PageHead title={title} lead={lead} />
      {children}
      <ActionBar>
        <Button onPress={() => void api.organization.dismiss({})}>{leave}</Button>
      </ActionBar>
    </Page>
  );
}
