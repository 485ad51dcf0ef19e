import { useCallback, useEffect, useRef, useState } from 'react';
import type { Failure } from '../../shared/failure.ts';
import type { ApprovalRequest, ApprovalSummary } from '../../shared/models/approval.ts';
import { pluggedIn } from '../tokens/plugged-in.ts';
import { useWallet, useWalletState } from '../wallet.ts';

export interface RequestPage {
  /** As main gave it last; undefined until it has. */
  readonly request: ApprovalRequest | undefined;
  readonly failure: Failure | undefined;
  /** It is another document than the one that stood here first. */
  readonly changed: boolean;
  readonly reopen: () => Promise<void>;
  /** While it is so, what main says of the request elsewhere is left alone. */
  readonly hold: (held: boolean) => void;
  /** An approval is being made or sent. */
  readonly held: boolean;
  /** How often the person was told to read it again. */
  readonly rereads: number;
  readonly readAgain: () => void;
}

/** One request, asked for anew whenever something about it, or about how it can be approved, has changed. */
export function useRequestPage(organizationId: string, approvalId: string): RequestPage {
  const { api } = useWallet();
  const [request, setRequest] = useState<ApprovalRequest | undefined>();
  const [failure, setFailure] = useState<Failure | undefined>();
  const [firstDigest, setFirst] = useState<string | undefined>();
  const [held, hold] = useState(false);
  const [rereads, setRereads] = useState(0);
  const latest = useRef(0);
  const reopen = useCallback(async () => {
    const asked = (latest.current += 1);
    const answer = await api.approval.open({ organizationId, approvalId });
    // The answer to a later question is the younger one.
    if (asked !== latest.current) return;
    setFailure(answer.ok ? undefined : answer.failure);
    if (!answer.ok) return;
    setRequest(answer.value);
    setFirst((before) => before ?? answer.value.digest);
  }, [api, organizationId, approvalId]);
  const news = useNews(organizationId, approvalId);
  useEffect(() => {
    if (held) return;
    // What comes of it is news of main, not of this render.
    // eslint-disable-next-line react-hooks/set-state-in-effect
    void reopen();
  }, [reopen, news, held]);
  const changed = request !== undefined && request.digest !== firstDigest;
  const readAgain = (): void => setRereads((count) => count + 1);
  return { request, failure, changed, reopen, hold, held, rereads, readAgain };
}

/** Something to compare: another one means that the request, or the person’s tokens, have changed. */
function useNews(organizationId: string, approvalId: string): string {
  const { approvals, tokens } = useWalletState();
  const summary = approvals.requests.find(
    (other) => other.organizationId === organizationId && other.approvalId === approvalId,
  );
  const plugged = pluggedIn(tokens).map(({ token: { tokenId, pin, certificates } }) => [
    ...[tokenId, pin],
    ...certificates.map(({ keyId }) => keyId),
  ]);
  return JSON.stringify([summary === undefined ? null : stateOf(summary), plugged]);
}

const stateOf = ({
  status,
  decisions,
  messages,
  mayDecide,
  remaining = 0,
  certificates,
}: ApprovalSummary) => [
  ...[status, mayDecide, decisions.length, messages.length, remaining],
  // They are issued and revoked without another status.
  ...certificates,
];
