import { useMemo, useState } from 'react';
import type { CredentialSummary } from '../../shared/models/credential.ts';
import type { ConfigurationText } from '../../shared/models/signing.ts';
import { FailureMessage } from '../failure/failure-message.tsx';
import { Button } from '../ui/button.tsx';
import { Copyable } from '../copy/copyable.tsx';
import { Disclosure } from '../ui/disclosure.tsx';
import { Icon } from '../ui/icon.tsx';
import { useAnswer } from '../use-answer.ts';
import { useRequest } from '../use-request.ts';
import { useWallet } from '../wallet.ts';
import { useWords } from '../words.ts';
import { Answered } from './answered.tsx';
import { programNames } from './program-names.ts';

/** What goes into the settings of programs that the wallet leaves alone. */
export function Configurations({ credential }: { readonly credential: CredentialSummary }) {
  const { say } = useWords();
  const { api } = useWallet();
  const [wanted, want] = useState(false);
  const { id: credentialId } = credential;
  const ask = useMemo(
    () => (wanted ? () => api.credential.configurations({ credentialId }) : undefined),
    [api, credentialId, wanted],
  );
  const answer = useAnswer(ask);
  return (
    <Disclosure look="row" label={say('programs.title')} onOpen={() => want(true)}>
      <Answered answer={answer}>
        {(texts) =>
          texts.length === 0 ? (
            <p className="quiet">{say('programs.none')}</p>
          ) : (
            <div className="use">
              <p>{say('programs.text')}</p>
              {texts.map((each) => (
                <Configuration key={each.program} text={each} credentialId={credentialId} />
              ))}
            </div>
          )
        }
      </Answered>
    </Disclosure>
  );
}

interface ConfigurationProps {
  readonly text: ConfigurationText;
  readonly credentialId: string;
}

function Configuration({ text, credentialId }: ConfigurationProps) {
  const { say } = useWords();
  const { api } = useWallet();
  const { busy, failure, send } = useRequest();
  const [saved, setSaved] = useState(false);
  const program = programNames[text.program];
  const save = async (): Promise<void> => {
    setSaved(false);
    const result = await send(() =>
      api.credential.saveConfiguration({ credentialId, program: text.program }),
    );
    setSaved(result.ok && result.value.saved);
  };
  return (
    <Disclosure look="row" label={program}>
      <div className="use">
        <Copyable
          label={say('programs.content', { program })}
          text={text.text}
          copyName={say('programs.copy', { program })}
        />
        <div className="use-buttons">
          <Button
            size="small"
            busy={busy}
            name={say('programs.save.of', { program })}
            onPress={() => void save()}
          >
            <Icon name="download" size={18} />
            {say('programs.save')}
          </Button>
          <p className="quiet small breakable">
            <bdi dir="ltr">{text.fileName}</bdi>
          </p>
          <p role="status" className="small">
            {saved && say('actions.saved')}
          </p>
        </div>
        {failure !== null && <FailureMessage failure={failure} />}
      </div>
    </Disclosure>
  );
}
