import { useEffect, useState } from 'react';
import type { Result } from '../../shared/failure.ts';
import type { CredentialDetail, CredentialSummary } from '../../shared/models/credential.ts';
import { useWallet } from '../wallet.ts';

/** Chain and history, asked for again whenever the wallet says that the credential changed. */
export function useCredentialDetail(
  credential: CredentialSummary,
): Result<CredentialDetail> | undefined {
  const { api } = useWallet();
  const [detail, setDetail] = useState<Result<CredentialDetail> | undefined>();
  useEffect(() => {
    let wanted = true;
    void api.credential.detail({ credentialId: credential.id }).then((result) => {
      if (wanted) setDetail(result);
    });
    return () => {
      wanted = false;
    };
  }, [api, credential]);
  return detail;
}
