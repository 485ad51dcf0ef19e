import { thumbprintOf } from '../account-key.ts';
import type { Answer } from '../answer.ts';
import { checkKeyOf } from '../approvals/spending.ts';
import type { Authority } from '../authority.ts';
import { isBase64Url } from '../jws.ts';
import type { Profile } from '../profiles.ts';
import { identifierProblems, Problem } from '../problems.ts';
import { checkRequest } from '../request-rules.ts';
import { readPayload } from '../requests.ts';
import type { AccountRequest } from '../requests.ts';
import { orderStatus } from '../status.ts';
import type { OrderView } from './objects.ts';
import { refusalOfClaims } from './claims.ts';
import { answerOrder } from './order.ts';
import { ownOrder } from './own.ts';

/** A client that is answered with the certificate need not ask again; milliseconds. */
const PATIENCE = 2000;

/** RFC 8555 §7.4: the certification request for an order whose authorizations are all valid. */
export async function finalize(request: AccountRequest, authority: Authority): Promise<Answer> {
  const bytes = readCsr(request);
  const view = readyOrder(request, authority);
  const { identifiers, profile } = view.order;
  if (authority.faults.strike('invalidProfile', request) !== undefined) throw noLongerIssued();
  const { publicKey } = checkRequest(bytes, identifiers, findProfile(profile, authority));
  if (authority.state.accounts.findByThumbprint(thumbprintOf(publicKey)) !== undefined) {
    // RFC 8555 §11.1: who holds an account key must not hold certificates by that alone.
    throw new Problem('badCSR', 'The key in the request is the key of an account.');
  }
  checkKeyOf(view.order, publicKey, authority.state);
  begin(view, bytes, { request, authority });
  await authority.issuance.settled(view.order.id, PATIENCE);
  return answerOrder(200, ownOrder(request, authority), { request, authority });
}

function readCsr(request: AccountRequest): Buffer {
  const csr = readPayload(request)['csr'];
  if (typeof csr === 'string' && csr !== '' && isBase64Url(csr))
    return Buffer.from(csr, 'base64url');
  throw new Problem('malformed', 'The payload has no base64url "csr".');
}

function readyOrder(request: AccountRequest, authority: Authority): OrderView {
  const view = ownOrder(request, authority);
  const status = orderStatus(view, authority.clock());
  if (status === 'ready') return view;
  throw new Problem('orderNotReady', `The order is "${status}".`);
}

function findProfile(name: string, { rules }: Authority): Profile {
  const profile = rules.profiles.find((candidate) => candidate.name === name);
  if (profile === undefined) throw noLongerIssued();
  return profile;
}

/** draft-ietf-acme-profiles §4. */
function noLongerIssued(): Problem {
  return new Problem('invalidProfile', 'The profile of the order is no longer issued.');
}

function begin(
  { order }: OrderView,
  bytes: Buffer,
  { request, authority }: { request: AccountRequest; authority: Authority },
): void {
  const { state, faults, issuance } = authority;
  state.orders.recordRequest(order.id, bytes);
  // A day may lie between order and request: the name may have been taken away, or the device be another's by now.
  const profile = findProfile(order.profile, authority);
  const refusal = refusalOfClaims(profile, order.identifiers, { request, authority });
  if (refusal !== undefined) {
    state.orders.recordError(order.id, refusal.document);
    return;
  }
  if (faults.strike('orderInvalid', request) !== undefined) {
    const detail = 'The identifier did not pass a last check.';
    const problems = order.identifiers.map(({ type, value }) => {
      return { code: 'rejectedIdentifier', detail, identifier: { type, value } } as const;
    });
    state.orders.recordError(order.id, identifierProblems(problems).document);
    return;
  }
  const polls = faults.strike('orderProcessing', request)?.polls ?? 0;
  const stranger = faults.strike('wrongSubjectPublicKey', request) !== undefined;
  faults.postpone(order.id, polls, () =>
    issuance.issue({ ...order, request: bytes }, stranger ? 'stranger' : 'requester'),
  );
}
