import { FailureMessage } from '../failure/failure-message.tsx';
import { Button } from '../ui/button.tsx';
import { useRequest } from '../use-request.ts';
import { useWallet, useWalletState } from '../wallet.ts';
import { useWords } from '../words.ts';

/** Says, while the secret store cannot be used, why and how to cure it. */
export function SecretStoreNotice() {
  const { say } = useWords();
  const { api } = useWallet();
  const { secretStore } = useWalletState().wallet;
  const retry = useRequest();
  if (secretStore.status === 'ready') return null;
  return (
    <FailureMessage
      failure={secretStore.failure}
      tone="warning"
      actions={
        <Button
          busy={retry.busy}
          onPress={() => void retry.send(() => api.wallet.retrySecretStore({}))}
        >
          {say(retry.busy ? 'secretStore.trying' : 'action.tryAgain')}
        </Button>
      }
    />
  );
}
