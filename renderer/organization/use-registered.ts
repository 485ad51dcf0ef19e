import { useCallback, useEffect, useState } from 'react';
import type { Result } from '../../shared/failure.ts';
import type { RegisteredCredentials } from '../../shared/models/organization.ts';
import { useWallet } from '../wallet.ts';

/** What an organisation has registered for this person; undefined until it has answered. */
export function useRegistered(organizationId: string) {
  const { api } = useWallet();
  const [answer, setAnswer] = useState<Result<RegisteredCredentials> | undefined>();
  const [asked, setAsked] = useState(0);
  useEffect(() => {
    let current = true;
    void api.organization.credentials({ organizationId }).then((result) => {
      if (current) setAnswer(result);
    });
    return () => {
      current = false;
    };
  }, [api, organizationId, asked]);
  const askAgain = useCallback(() => setAsked((times) => times + 1), []);
  return { answer, askAgain };
}
