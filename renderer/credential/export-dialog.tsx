import { useRef, useState } from 'react';
import type { CredentialSummary } from '../../shared/models/credential.ts';
import { FailureMessage } from '../failure/failure-message.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { Checkbox } from '../ui/checkbox.tsx';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
import { useRequest } from '../use-request.ts';
import { useWallet } from '../wallet.ts';
import { useWords } from '../words.ts';
import { passphraseFault, shortestPassphrase } from './passphrase.ts';

interface ExportDialogProps {
  readonly credential: CredentialSummary;
  readonly onClose: () => void;
}

/** Key and certificate in one file (PKCS #12), under a passphrase that exists in these two fields alone. */
export function ExportDialog({ credential, onClose }: ExportDialogProps) {
  const { say } = useWords();
  const { api } = useWallet();
  const { busy, failure, send } = useRequest();
  const [fault, setFault] = useState<'short' | 'different' | undefined>();
  const [legacy, setLegacy] = useState(false);
  const first = useRef<HTMLInputElement>(null);
  const second = useRef<HTMLInputElement>(null);
  const submit = async (): Promise<void> => {
    const passphrase = first.current?.value ?? '';
    const found = passphraseFault(passphrase, second.current?.value ?? '');
    setFault(found);
    if (found !== undefined) return (found === 'short' ? first : second).current?.focus();
    const result = await send(() =>
      api.credential.export({ credentialId: credential.id, format: 'pkcs12', passphrase, legacy }),
    );
    if (result.ok && result.value.saved) onClose();
  };
  return (
    <Dialog title={say('export.title')} onClose={onClose}>
      <p>{say('export.text')}</p>
      <form
        className="dialog-content"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) void submit();
        }}
      >
        <Field
          ref={first}
          type="password"
          autoComplete="new-password"
          label={say('export.passphrase')}
          hint={say('export.passphrase.hint', { count: shortestPassphrase })}
          maxLength={256}
          error={fault === 'short' ? say('export.short', { count: shortestPassphrase }) : undefined}
        />
        <Field
          ref={second}
          type="password"
          autoComplete="new-password"
          label={say('export.repeat')}
          maxLength={256}
          error={fault === 'different' ? say('export.different') : undefined}
        />
        <ForOlderPrograms checked={legacy} onCheck={setLegacy} />
        {failure !== null && <FailureMessage failure={failure} />}
        <DialogActions>
          <Button onPress={onClose}>{say('action.cancel')}</Button>
          <Button type="submit" tone="primary" busy={busy}>
            {say('export.save')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

interface ForOlderProgramsProps {
  readonly checked: boolean;
  readonly onCheck: (checked: boolean) => void;
}

/** A way out for programs that read nothing newer, and what it costs. */
function ForOlderPrograms({ checked, onCheck }: ForOlderProgramsProps) {
  const { say } = useWords();
  return (
    <>
      <Checkbox checked={checked} onCheck={onCheck}>
        {say('export.legacy')}
      </Checkbox>
      {checked && (
        <Banner tone="warning" title={say('export.legacy.title')}>
          <p>{say('export.legacy.text')}</p>
        </Banner>
      )}
    </>
  );
}
