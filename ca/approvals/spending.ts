import type { KeyObject } from 'node:crypto';
import { subjectOf } from '../account-subject.ts';
import { Problem } from '../problems.ts';
import type { State } from '../state.ts';
import { approvalStatus } from '../status.ts';
import type { ApprovalRequest } from '../state/approvals.ts';
import type { NewCertificate } from '../state/certificates.ts';
import type { Order } from '../state/orders.ts';
import { purposes as knownPurposes } from '../x509/extensions.ts';
import type { Purpose } from '../x509/extensions.ts';
import { timeOf } from '../state/approval-log.ts';
import { spkiDigest } from './approved-key.ts';
import { nameInLog } from './parties.ts';

type Context = { readonly state: State; readonly now: Date };

/** docs/approvals.md §3: what was approved is this key and no other. Throws `badCSR`. */
export function checkKeyOf(order: Order, publicKey: KeyObject, state: State): void {
  const document = state.approvals.ofOrder(order.id)?.document;
  if (document?.kind !== 'order' || document.key.spkiSha256 === spkiDigest(publicKey)) return;
  throw new Problem('badCSR', 'The key in the request is not the one that was approved.');
}

/** What is about to be certified. */
export type ToBeIssued = {
  readonly publicKey: KeyObject;
  readonly purposes: readonly Purpose[];
  readonly validity: { readonly notBefore: Date; readonly notAfter: Date };
};

/**
 * The approval under which an order of a profile that needs one may be issued, as things are in this moment. Throws
 * `unauthorized` where there is none; to be called in the transaction that issues.
 */
export function approvalFor(
  order: Order,
  certificate: ToBeIssued,
  context: Context,
): ApprovalRequest {
  const { state, now } = context;
  const authorization = state.authorizations
    .ofOrder(order.id)
    .find(({ approval }) => approval?.part === 'awaits');
  const request = authorization?.approval?.request;
  if (authorization === undefined || request === undefined) {
    throw new Problem('unauthorized', 'Nobody has approved the order.');
  }
  const status = approvalStatus(request, now);
  if (status !== 'approved' || authorization.deactivatedAt !== undefined) {
    const how = authorization.deactivatedAt === undefined ? status : 'withdrawn';
    throw new Problem('unauthorized', `The approval of the order is "${how}".`);
  }
  checkStillFits(order, request, state);
  checkSaid(request, certificate);
  checkKeyOf(order, certificate.publicKey, state);
  return request;
}

/** The profile may have become another one since: what was read is what is signed for. */
function checkSaid({ document }: ApprovalRequest, { purposes, validity }: ToBeIssued): void {
  const { notBefore, notAfter } = validity;
  const isShort = notAfter.getTime() - notBefore.getTime() <= document.lifetime * 1000;
  if (isShort && purposes.every((name) => document.usages.includes(knownPurposes[name]))) return;
  throw new Problem('unauthorized', 'What was approved is another kind of certificate.');
}

/** Roles and domains may have been taken away since. */
function checkStillFits(order: Order, request: ApprovalRequest, state: State): void {
  const { organizationId, requester, document } = request;
  const account = state.accounts.find(order.accountId);
  const isTheirs =
    account?.deactivatedAt === undefined &&
    account !== undefined &&
    subjectOf(account, state) === requester;
  const isRequester = state.members.rolesOf(organizationId, requester).includes('requester');
  const namesFit = order.identifiers.every(
    ({ type, value }) =>
      document.identifiers.some((one) => one.type === type && one.value === value) &&
      state.organizations.ofDomain(value)?.id === organizationId,
  );
  const isIts = request.orderId === undefined || request.orderId === order.id;
  if (isTheirs && isRequester && namesFit && isIts && document.profile === order.profile) return;
  throw new Problem('unauthorized', 'What was approved does not hold any more.');
}

type Issued = Pick<NewCertificate, 'id' | 'serial' | 'notAfter'>;

/** Counts the certificate, in the same transaction. */
export function recordUse(
  order: Order,
  request: ApprovalRequest,
  { id, serial, notAfter, state, now }: Issued & Context,
): void {
  state.approvals.use({ orderId: order.id, requestId: request.id, certificateId: id, at: now });
  const { organization, url } = request.document;
  state.approvalLog.append({
    ...{ at: now, event: 'issued', organization, request: url },
    by: nameInLog(request.requester, state),
    data: { serial: serial.toString('hex'), notAfter: timeOf(notAfter) },
  });
}
