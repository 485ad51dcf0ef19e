import { useState } from 'react';
import type { ApprovalRequest } from '../../shared/models/approval.ts';
import type { ChallengeAnswer } from '../../shared/ipc-requests.ts';
import type { Organization } from '../../shared/models/organization.ts';
import type { Failure, Result } from '../../shared/failure.ts';
import type { Place } from '../navigation.ts';
import { hostOf } from '../organization/fingerprint.ts';
import { FailureMessage } from '../failure/failure-message.tsx';
import type { ProofSubject, Unread } from '../prove/proof-subject.ts';
import { WaysForm } from '../prove/ways-form.tsx';
import { Card } from '../ui/page.tsx';
import { useWallet } from '../wallet.ts';
import { useWords } from '../words.ts';
import { titleOf } from './sentences.ts';
import type { RequestPage } from './use-request-page.ts';

interface DecisionProps {
  readonly request: ApprovalRequest;
  readonly organization: Organization | undefined;
  readonly page: RequestPage;
  readonly unread: Unread | undefined;
  readonly go: (place: Place) => void;
}

/** How the person approves: with a passkey or a certificate, once everything has been in view. */
export function Decision({ request, organization, page, unread, go }: DecisionProps) {
  const words = useWords();
  const { say, text } = words;
  const { send, busy, stop, failure } = useApproving(request, page, go);
  const { organizationId, document } = request;
  const subject: ProofSubject = {
    organizationId,
    caHost: organization === undefined ? '' : hostOf(organization.directoryUrl),
    identifier: document.identifiers[0] ?? { type: 'other', value: document.organization },
    what: titleOf(document, true, words),
    helpdesk: organization?.helpdesk,
    go,
    sending: busy,
    answer: send,
    stop,
    approving: unread === undefined ? {} : { unread },
  };
  return (
    <Card>
      <h2>{say('approval.how')}</h2>
      <p className="quiet">
        {say('approval.how.text', {
          organization: organization === undefined ? '' : text(organization.name),
        })}
      </p>
      {failure !== undefined && (
        <FailureMessage failure={failure} helpdesk={organization?.helpdesk} tone="warning" />
      )}
      <WaysForm subject={subject} authorization={request} />
    </Card>
  );
}

/** What approves a request; anything else is no way to do it. */
type ApprovingAnswer = Extract<ChallengeAnswer, { by: 'certificate' | 'passkey' | 'key' }>;
const approves = (answer: ChallengeAnswer): answer is ApprovingAnswer =>
  answer.by === 'certificate' || answer.by === 'passkey' || answer.by === 'key';

function useApproving(request: ApprovalRequest, page: RequestPage, go: (place: Place) => void) {
  const { api } = useWallet();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | undefined>();
  const { organizationId, approvalId, digest } = request;
  const send = async (challengeId: string, answer: ChallengeAnswer): Promise<Result<unknown>> => {
    if (!approves(answer)) return { ok: false, failure: { code: 'invalid-request' } };
    setBusy(true);
    setFailure(undefined);
    page.hold(true);
    const told = { organizationId, approvalId, digest, challengeId, answer };
    const approved = await api.approval.approve(told);
    setBusy(false);
    if (approved.ok) {
      go({ at: 'receipt', receipt: approved.value });
      return approved;
    }
    // It may be decided, withdrawn or another one by now; what went wrong outlives the form that is asked anew.
    if (approved.failure.code === 'approval') setFailure(approved.failure);
    if (approved.failure.code === 'approval' && approved.failure.reason === 'changed')
      page.readAgain();
    page.hold(false);
    return approved.failure.code === 'approval' ? { ok: true, value: undefined } : approved;
  };
  const stop = (): void => void api.approval.stopApproving({ organizationId, approvalId });
  return { send, busy, stop, failure };
}
