import { useEffect, useState } from 'react';
import type { Failure } from '../../shared/failure.ts';
import type { TokensView } from '../../shared/models/token.ts';
import { useWallet, useWalletState } from '../wallet.ts';

interface WatchedTokens {
  readonly tokens: TokensView;
  /** Main could not even begin to look. */
  readonly failure: Failure | undefined;
}

/** Has main look for tokens from now on: drivers are foreign code, and run only where somebody wants to see tokens. */
export function useWatchedTokens(wanted = true): WatchedTokens {
  const { api } = useWallet();
  const { tokens } = useWalletState();
  const [failure, setFailure] = useState<Failure | undefined>();
  useEffect(() => {
    if (!wanted) return;
    void api.token.watch({}).then((result) => setFailure(result.ok ? undefined : result.failure));
  }, [api, wanted]);
  return { tokens, failure };
}
