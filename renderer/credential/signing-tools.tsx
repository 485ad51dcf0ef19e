import { useMemo } from 'react';
import type { CredentialSummary } from '../../shared/models/credential.ts';
import type { SigningToolView } from '../../shared/models/signing.ts';
import { Copyable } from '../copy/copyable.tsx';
import { Disclosure } from '../ui/disclosure.tsx';
import { Card } from '../ui/page.tsx';
import { useAnswer } from '../use-answer.ts';
import { useWallet } from '../wallet.ts';
import { useWords } from '../words.ts';
import { Answered } from './answered.tsx';
import { usableFirst } from './tool-order.ts';

/** How programs that sign use this credential, to be typed in a terminal. */
export function SigningTools({ credential }: { readonly credential: CredentialSummary }) {
  const { say } = useWords();
  const { api } = useWallet();
  const { id: credentialId } = credential;
  const ask = useMemo(
    () => () => api.credential.signingTools({ credentialId }),
    [api, credentialId],
  );
  return (
    <Card>
      <h2>{say('sign.title')}</h2>
      <Answered answer={useAnswer(ask)}>
        {(tools) => <Tools tools={tools} credential={credential} />}
      </Answered>
    </Card>
  );
}

interface ToolsProps {
  readonly tools: readonly SigningToolView[];
  readonly credential: CredentialSummary;
}

function Tools({ tools, credential }: ToolsProps) {
  const { say } = useWords();
  const { usable, unusable } = usableFirst(tools);
  return (
    <div className="use">
      {usable.length === 0 ? (
        <p className="quiet">{say('sign.none')}</p>
      ) : (
        <p className="quiet">{say('sign.text')}</p>
      )}
      {usable.length > 0 && (
        <ul className="tools">
          {usable.map((tool) => (
            <Tool key={tool.tool} view={tool} />
          ))}
        </ul>
      )}
      {unusable.length > 0 && (
        <Disclosure label={say('sign.unusable', { count: unusable.length })}>
          <ul className="use">
            {unusable.map(({ tool, obstacle }) => (
              <li key={tool}>
                <strong>{tool}</strong>
                <p className="quiet">
                  {say(`sign.obstacle.${obstacle}`, { type: credential.key.type })}
                </p>
              </li>
            ))}
          </ul>
        </Disclosure>
      )}
    </div>
  );
}

function Tool({ view }: { readonly view: SigningToolView }) {
  const { say } = useWords();
  const { tool, isInstalled, command, ownCommand } = view;
  return (
    <li>
      <Disclosure look="row" label={`${tool} · ${say(`sign.tool.${tool}`)}`}>
        <div className="use">
          {!isInstalled && <p>{say('sign.missing', { tool })}</p>}
          {ownCommand !== undefined && (
            <Copyable
              label={say('sign.own')}
              text={ownCommand}
              copyName={say('sign.own.copy', { program: tool })}
            />
          )}
          <Copyable
            label={say('sign.command', { tool })}
            text={command}
            copyName={say('copy.command', { program: tool })}
          />
        </div>
      </Disclosure>
    </li>
  );
}
