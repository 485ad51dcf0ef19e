import { z } from 'zod';
import { invoke, notify, type Entry } from './ipc-entry.ts';
import {
  byCertificate,
  byKey,
  byPasskey,
  identity,
  nothing,
  resourceUrl,
  thumbprint,
} from './ipc-requests.ts';
import type { ApprovalReceipt, ApprovalRequest, ApprovalsView } from './models/approval.ts';

/** A request at an organisation's CA. */
const approvalIdentity = z.strictObject({ organizationId: identity, approvalId: resourceUrl });
/** base64url, as a thumbprint is. */
const sha256 = thumbprint;

/** Channels about what this person approves for others, and asks others to approve. */
export const approvalChannels = {
  /** Looks at the organisations that know approvals, now and from then on: changes are told. */
  watch: invoke<undefined>()(nothing),
  /** Looks again at once. */
  refresh: invoke<undefined>()(nothing),
  /** A request as it is now, to be read and decided. */
  open: invoke<ApprovalRequest>()(approvalIdentity),
  /** The person has come to what a link led to, or has read why it leads nowhere. */
  dismissAsked: invoke<undefined>()(nothing),
  /** `digest`: of what the person has read. One call is at most one attempt at the CA. */
  approve: invoke<ApprovalReceipt>()(
    approvalIdentity.extend({
      digest: sha256,
      challengeId: resourceUrl,
      answer: z.discriminatedUnion('by', [byCertificate, byPasskey, byKey]),
    }),
  ),
  /** Ends a question for a PIN or a passkey's ceremony that is under way. */
  stopApproving: invoke<undefined>()(approvalIdentity),
  decline: invoke<ApprovalReceipt>()(
    approvalIdentity.extend({ digest: sha256, reason: z.string().trim().min(1).max(400) }),
  ),
  /** Asks who requested it, or answers. */
  message: invoke<undefined>()(
    approvalIdentity.extend({ text: z.string().trim().min(1).max(400) }),
  ),
  /** Proposes a standing pre-authorization; it counts once it is approved, by the person first. */
  propose: invoke<{ readonly approvalId: string }>()(
    z.strictObject({
      organizationId: identity,
      domain: z.string().min(1).max(253),
      requester: z.union([
        z.strictObject({ email: z.string().min(3).max(254) }),
        z.strictObject({ service: z.string().min(1).max(100) }),
      ]),
      profile: z.string().min(1).max(64),
      count: z.int().min(1).max(1000),
      until: z.iso.datetime(),
      reason: z.string().trim().min(1).max(400),
    }),
  ),
  withdraw: invoke<undefined>()(
    approvalIdentity.extend({ reason: z.string().trim().min(1).max(400) }),
  ),
  /** Saves a receipt where the person chooses. */
  saveReceipt: invoke<{ readonly saved: boolean }>()(z.strictObject({ receiptId: identity })),
  changed: notify<ApprovalsView>(),
} as const satisfies Record<string, Entry>;
