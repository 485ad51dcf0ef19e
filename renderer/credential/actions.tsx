import { useState } from 'react';
import type { CredentialSummary } from '../../shared/models/credential.ts';
import type { Place } from '../navigation.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Card } from '../ui/page.tsx';
import { useWords } from '../words.ts';
import { ExportDialog } from './export-dialog.tsx';
import { RemoveDialog } from './remove-dialog.tsx';
import { RevokeDialog } from './revoke-dialog.tsx';
import { SaveDialog } from './save-dialog.tsx';

interface ActionsProps {
  readonly credential: CredentialSummary;
  /** Its organisation is still known, so that another can be had from it. */
  readonly joined: boolean;
  readonly go: (place: Place) => void;
}

type Question = 'save' | 'export' | 'revoke' | 'remove';

export function Actions({ credential, joined, go }: ActionsProps) {
  const { say } = useWords();
  const [question, ask] = useState<Question | null>(null);
  const [saved, setSaved] = useState(false);
  const { organizationId, offerId, status, key } = credential;
  const close = (): void => ask(null);
  return (
    <Card>
      <h2>{say('actions.title')}</h2>
      <div className="actions-column">
        {joined && (
          <Button
            onPress={() =>
              go({ at: 'choose', organizationId, invitation: { offerId, bindsAccount: false } })
            }
          >
            <Icon name="plus" />
            {say('actions.again')}
          </Button>
        )}
        <div className="actions-column-save">
          <Button
            onPress={() => {
              setSaved(false);
              ask('save');
            }}
          >
            <Icon name="download" />
            {say('actions.save')}
          </Button>
          <p className="small quiet" role="status">
            {saved && say('actions.saved')}
          </p>
        </div>
        {key.exportable && (
          <Button onPress={() => ask('export')}>
            <Icon name="key" />
            {say('actions.export')}
          </Button>
        )}
        {status === 'active' && (
          <Button onPress={() => ask('revoke')}>
            <Icon name="cross" />
            {say('actions.revoke')}
          </Button>
        )}
        <Button onPress={() => ask('remove')}>
          <Icon name="warning" />
          {say('actions.remove')}
        </Button>
      </div>
      {question === 'save' && (
        <SaveDialog credential={credential} onSaved={() => setSaved(true)} onClose={close} />
      )}
      {question === 'export' && <ExportDialog credential={credential} onClose={close} />}
      {question === 'revoke' && <RevokeDialog credential={credential} onClose={close} />}
      {question === 'remove' && <RemoveDialog credential={credential} onClose={close} />}
    </Card>
  );
}
