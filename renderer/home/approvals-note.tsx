import { useMemo } from 'react';
import { grouped } from '../approvals/groups.ts';
import { titleOf } from '../approvals/sentences.ts';
import { useNow } from '../clock.ts';
import type { Place } from '../navigation.ts';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { useWalletState } from '../wallet.ts';
import { useWords } from '../words.ts';

/** That others wait for this person; silent while nobody does. */
export function ApprovalsNote({ go }: { readonly go: (place: Place) => void }) {
  const words = useWords();
  const { say } = words;
  const now = useNow(60_000);
  const { requests } = useWalletState().approvals;
  const toDecide = useMemo(() => grouped(requests, now).toDecide, [requests, now]);
  const [first] = toDecide;
  if (first === undefined) return null;
  const { organizationId, approvalId, document } = first;
  const only = toDecide.length === 1;
  return (
    <Banner
      tone="note"
      icon="stamp"
      title={say('home.approvals', { count: toDecide.length })}
      actions={
        <Button
          size="small"
          onPress={() =>
            go(only ? { at: 'approval', organizationId, approvalId } : { at: 'approvals' })
          }
        >
          {say('home.approvals.show', { count: toDecide.length })}
        </Button>
      }
    >
      {only && <p className="breakable">{titleOf(document, true, words)}</p>}
    </Banner>
  );
}
