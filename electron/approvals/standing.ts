import type { Handlers } from '../../shared/ipc-contract.ts';
import type { AcmeClient } from '../acme/client.ts';
import { ApprovalError } from './approval-error.ts';
import { lookAt, refusal, type LookedAt } from './looked-at.ts';

export type Proposal = Parameters<Handlers['approval']['propose']>[0];

/**
 * Proposes a standing pre-authorization (docs/approvals.md §4). What the CA makes of it is compared with what was proposed; the
 * proposer approves it afterwards like any other request. Not repeated by itself.
 */
export async function propose(
  client: AcmeClient,
  proposal: Proposal,
  signal: AbortSignal,
): Promise<LookedAt> {
  const { domain, requester, profile, count, until, reason } = proposal;
  const standing = { requester, profile, count, until: withSeconds(until), reason };
  const identifier = { type: 'dns', value: domain };
  const made = await client.approvals.authorize(identifier, { standing }, signal);
  if (made.approval === undefined) {
    const failure = { code: 'approval', reason: 'not-offered' } as const;
    throw new ApprovalError(failure, 'proposing a standing pre-authorization');
  }
  const looked = await lookAt(client, made.approval, signal);
  if (!isProposed(looked, { ...proposal, until: standing.until })) {
    throw refusal('changed', 'comparing a request with what was proposed');
  }
  return looked;
}

function isProposed({ document }: LookedAt, proposal: Proposal): boolean {
  if (document.kind !== 'standing') return false;
  const { domain, requester, profile, count, until, reason } = proposal;
  const { identifiers, requestedBy } = document;
  const isFor =
    'service' in requester
      ? 'service' in requestedBy && requestedBy.service === requester.service
      : 'email' in requestedBy && isSame(requestedBy.email, requester.email);
  const isThere = identifiers.length === 1 && isSame(identifiers[0]?.value ?? '', domain);
  const { profile: named, count: many, until: end, reason: why } = document;
  return isFor && isThere && named === profile && many === count && end === until && why === reason;
}

const isSame = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** Times are in seconds there (docs/approvals.md §2). */
const withSeconds = (time: string): string =>
  new Date(time).toISOString().replace(/\.\d{3}Z$/, 'Z');
