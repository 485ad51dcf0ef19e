import { createHash } from 'node:crypto';
import type { AcmeClient } from '../acme/client.ts';
import type { ApprovalWish, Order } from '../acme/order.ts';
import { AcmeProtocolError } from '../acme/protocol-error.ts';
import { missing, object, text } from '../acme/shape.ts';
import { requestedKey } from '../certificates/requested-key.ts';
import { displayable } from '../../shared/models/text.ts';
import type { EnrollmentRecord } from '../wallet/enrollment-journal.ts';
import { isAwaited } from './awaited-approvals.ts';
import type { Run } from './run.ts';

/** What others are asked to approve (docs/approvals.md §3); undefined: nobody is asked. */
export function approvalWish({
  plan,
  csr,
  keyReport,
}: Pick<EnrollmentRecord, 'plan' | 'csr' | 'keyReport'>): ApprovalWish | undefined {
  if (plan.approval === undefined || csr === undefined) return undefined;
  const { place, token } = plan.key;
  const spki = requestedKey(Buffer.from(csr, 'base64url'));
  return {
    reason: plan.approval.reason,
    key: {
      ...{ spki: Buffer.from(spki).toString('base64url'), place },
      ...(token && {
        token: {
          manufacturer: written(token.manufacturer),
          model: written(token.model),
          serial: written(token.serial),
        },
      }),
      // What nobody has said is not claimed.
      ...{ neverExtractable: false, local: false, ...keyReport },
    },
  };
}

const longest = 64;

/** As it is on the token; a document with what steers how texts are read could be shown to nobody. */
const written = (text: string): string => displayable(text).slice(0, longest).toWellFormed();

/** Orders that wait for others are all alike but for what they are to approve: the key, and the words. */
export async function isForThisKey(
  { record, signal }: Pick<Run, 'record' | 'signal'>,
  client: AcmeClient,
  { authorizations }: Order,
): Promise<boolean> {
  if (!client.approvals.isOffered) return true;
  const wish = approvalWish(record);
  for (const url of authorizations) {
    const found = await client.authorizations.fetch(url, signal);
    if (!isAwaited(found)) continue;
    const { document } = await client.approvals.fetch(found.approval, signal);
    const { key, reason } = contentOf(document, found.approval);
    // A standing one is of no key.
    if (key === undefined) continue;
    if (wish === undefined || key.spkiSha256 !== digestOf(wish) || reason !== wish.reason)
      return false;
  }
  return true;
}

// As much of a document as tells whose it is; nobody signs it here.
const ownDocument = object({
  reason: text({ maximum: 400 }),
  key: missing(object({ spkiSha256: text({ maximum: 43 }) })),
});

const contentOf = (document: unknown, url: string) =>
  AcmeProtocolError.guard(() => ownDocument(document, 'approval'), {
    ...{ reason: 'approval-malformed', doing: 'reading a request for approval', url },
  });

const digestOf = ({ key }: ApprovalWish): string =>
  createHash('sha256').update(Buffer.from(key.spki, 'base64url')).digest('base64url');
