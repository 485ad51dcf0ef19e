import { FailureMessage } from '../failure/failure-message.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { useRequest } from '../use-request.ts';
import { useWallet, useWalletState } from '../wallet.ts';
import { useWords } from '../words.ts';

/** What became of work that was cut off when the wallet was stopped, until the person has read it. */
export function InterruptedNote() {
  const { say, text } = useWords();
  const { api } = useWallet();
  const { busy, failure, send } = useRequest();
  const { interruptedInstalls } = useWalletState().wallet;
  if (interruptedInstalls.length === 0) return null;
  return (
    <Banner
      tone="note"
      title={say('interrupted.title')}
      actions={
        <Button
          size="small"
          busy={busy}
          onPress={() => void send(() => api.credential.dismissInterrupted({}))}
        >
          {say('interrupted.dismiss')}
        </Button>
      }
    >
      <ul className="interrupted">
        {interruptedInstalls.map(({ credentialId, target, name, outcome, at }) => (
          <li key={`${credentialId} ${target} ${at}`} className="breakable">
            {say(`interrupted.${outcome}`, {
              name: text(name),
              place: say(`target.${target}.name`),
            })}
          </li>
        ))}
      </ul>
      {failure !== null && <FailureMessage failure={failure} />}
    </Banner>
  );
}
