import { useEffect } from 'react';
import type { Place } from '../navigation.ts';
import { useWallet, useWalletState } from '../wallet.ts';

/** Has main look for requests as soon as there is an organisation to ask, and goes where a link leads. */
export function useWatchedApprovals(go: (place: Place) => void): void {
  const { api } = useWallet();
  const { wallet, approvals } = useWalletState();
  const { asked, linkFailure } = approvals;
  const hasOrganizations = wallet.organizations.length > 0;
  useEffect(() => {
    // Why an organisation could not be asked stands in the view, and comes by notice.
    if (hasOrganizations) void api.approval.watch({});
  }, [api, hasOrganizations]);
  useEffect(() => {
    if (asked === null) return;
    go({ at: 'approval', ...asked });
    void api.approval.dismissAsked({});
  }, [api, asked, go]);
  // Each view brings the failure anew; the person is led to it once, and free to go.
  const failed = linkFailure === null ? null : JSON.stringify(linkFailure);
  useEffect(() => {
    if (failed !== null) go({ at: 'approvals' });
  }, [failed, go]);
}
