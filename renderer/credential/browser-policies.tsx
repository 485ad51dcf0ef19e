import { useMemo, useState } from 'react';
import type { BrowserPolicyView } from '../../shared/models/browser-policy.ts';
import type { CredentialSummary } from '../../shared/models/credential.ts';
import { Button } from '../ui/button.tsx';
import { Copyable } from '../copy/copyable.tsx';
import { Disclosure } from '../ui/disclosure.tsx';
import { useAnswer } from '../use-answer.ts';
import { useWallet } from '../wallet.ts';
import { useWords } from '../words.ts';
import { Answered } from './answered.tsx';
import { BrowserPolicyDialog, type PolicyChange } from './browser-policy-dialog.tsx';
import { browserNames } from './program-names.ts';
import { Sites } from './sites.tsx';

/** Browsers here, whether each shows the credential without a question, and what it takes. */
export function BrowserPolicies({ credential }: { readonly credential: CredentialSummary }) {
  const { say } = useWords();
  const { api } = useWallet();
  const [round, setRound] = useState(0);
  const { id: credentialId } = credential;
  const ask = useMemo(
    () => (round === 0 ? undefined : () => api.credential.browserPolicies({ credentialId })),
    [api, credentialId, round],
  );
  const answer = useAnswer(ask);
  const again = (): void => setRound((before) => before + 1);
  return (
    <Disclosure look="row" label={say('browsers.title')} onOpen={again}>
      <Answered answer={answer}>
        {(policies) => <Policies policies={policies} credential={credential} onChanged={again} />}
      </Answered>
    </Disclosure>
  );
}

interface PoliciesProps {
  readonly policies: readonly BrowserPolicyView[];
  readonly credential: CredentialSummary;
  readonly onChanged: () => void;
}

function Policies({ policies, credential, onChanged }: PoliciesProps) {
  const { say } = useWords();
  if (policies.length === 0) return <p className="quiet">{say('browsers.none')}</p>;
  const sites = [...new Set(policies.flatMap((policy) => policy.sites))];
  if (sites.length === 0) return <p className="quiet">{say('browsers.noSites')}</p>;
  return (
    <div className="use">
      <p>{say('browsers.text')}</p>
      <Sites sites={sites} />
      <ul className="places">
        {policies.map((policy) => (
          <Policy
            key={policy.browser}
            policy={policy}
            credential={credential}
            onChanged={onChanged}
          />
        ))}
      </ul>
    </div>
  );
}

interface PolicyProps extends Omit<PoliciesProps, 'policies'> {
  readonly policy: BrowserPolicyView;
}

function Policy({ policy, credential, onChanged }: PolicyProps) {
  const { say } = useWords();
  const [change, setChange] = useState<PolicyChange | null>(null);
  const { state, isOffered } = policy;
  const browser = browserNames[policy.browser];
  const changes: readonly PolicyChange[] = [
    ...(state === 'present' ? [] : (['set'] as const)),
    ...(state === 'absent' ? [] : (['withdraw'] as const)),
  ];
  return (
    <li className="place">
      <div className="place-text">
        <h3>{browser}</h3>
        <p className={state === 'outdated' ? 'use-outdated' : 'quiet'}>
          {say(`browsers.state.${state}`)}
        </p>
        {policy.everySite && <p className="quiet">{say('browsers.everySite', { browser })}</p>}
      </div>
      <div className="place-buttons">
        {isOffered &&
          changes.map((each) => {
            const label = each === 'set' && state === 'outdated' ? 'renew' : each;
            return (
              <Button
                key={each}
                size="small"
                name={say(`browsers.${label}.in`, { browser })}
                onPress={() => setChange(each)}
              >
                {say(`browsers.${label}`)}
              </Button>
            );
          })}
      </div>
      <div className="place-more">
        <ForAdministrator policy={policy} />
      </div>
      {change !== null && (
        <BrowserPolicyDialog
          credentialId={credential.id}
          policy={policy}
          change={change}
          onChanged={onChanged}
          onClose={() => setChange(null)}
        />
      )}
    </li>
  );
}

/** What it takes where the wallet may not do it, and what it would do where it may. */
function ForAdministrator({ policy }: Pick<PolicyProps, 'policy'>) {
  const { say } = useWords();
  const { path, command, content } = policy;
  const browser = browserNames[policy.browser];
  return (
    <Disclosure label={say('browsers.admin')}>
      <div className="use">
        <Copyable
          label={say('browsers.admin.command', { browser })}
          text={command}
          copyName={say('copy.command', { program: browser })}
        />
        <Copyable
          label={say('browsers.admin.content', { path })}
          text={content}
          copyName={say('copy.content', { program: browser })}
        />
      </div>
    </Disclosure>
  );
}
