import type { Answer } from '../answer.ts';
import { awaitApproval, checkStart, planApproval, timeToApprove } from '../approvals/requesting.ts';
import type { PlannedApproval } from '../approvals/requesting.ts';
import type { Authority } from '../authority.ts';
import { chooseProfile } from '../policy.ts';
import type { Profile } from '../profiles.ts';
import { Problem } from '../problems.ts';
import { readPayload } from '../requests.ts';
import type { AccountRequest } from '../requests.ts';
import type { NewOrder } from '../state/orders.ts';
import { newId } from '../state/rows.ts';
import { readValidity } from '../validity.ts';
import { checkTerms } from './agreement.ts';
import { authorizeOrder } from './authorize.ts';
import { refusalOfClaims } from './claims.ts';
import { answerOrder } from './order.ts';
import { checkOrderLimits } from './limits.ts';
import { readOrderedIdentifiers } from './ordered-identifiers.ts';
import { viewOf } from './own.ts';
import { readReplaces } from './replaces.ts';

/** RFC 8555 §7.4: takes an order, and says what has to be proven for it. */
export function newOrder(request: AccountRequest, authority: Authority): Answer {
  const payload = readPayload(request);
  checkTerms(request, authority);
  checkFaults(request, authority);
  const identifiers = readOrderedIdentifiers(payload['identifiers']);
  const profile = chooseProfile(payload['profile'], identifiers, authority.rules.profiles);
  const refusal = refusalOfClaims(profile, identifiers, { request, authority });
  if (refusal !== undefined) throw refusal;
  checkOrderLimits(request, authority);
  const ordering = { request, authority };
  const approval = planApproval(payload['approval'], { profile, identifiers }, ordering);
  const patience = profile.orderLifetime + timeToApprove(approval, ordering);
  const { state, clock, hierarchy } = authority;
  const now = clock();
  const validity = readValidity(payload, {
    now,
    lifetime: profile.lifetime,
    latest: hierarchy.issuer.notAfter,
  });
  checkStart(approval, validity, ordering);
  return state.transaction(() => {
    const replaces = readReplaces(payload['replaces'], identifiers, ordering);
    const order = {
      id: newId(),
      accountId: request.account.id,
      profile: profile.name,
      identifiers,
      ...validity,
      createdAt: now,
      expiresAt: new Date(now.getTime() + patience * 1000),
      replacesId: replaces?.id,
    };
    return place(order, { profile, approval }, ordering);
  });
}

type Ordering = { readonly request: AccountRequest; readonly authority: Authority };
type Wanted = { readonly profile: Profile; readonly approval: PlannedApproval | undefined };

function place(order: NewOrder, { profile, approval }: Wanted, ordering: Ordering): Answer {
  const { request, authority } = ordering;
  const { orders } = authority.state;
  const authorizations = [
    ...authorizeOrder({ order, profile, request }, authority),
    ...(approval === undefined ? [] : [awaitApproval(approval, order, ordering)]),
  ];
  orders.add(
    order,
    authorizations.map(({ id }) => id),
  );
  const added = orders.find(order.id);
  if (added === undefined) throw new Error('the order was not kept');
  return answerOrder(201, viewOf(added, request, authority), ordering);
}

function checkFaults(request: AccountRequest, { faults }: Authority): void {
  if (faults.strike('invalidProfile', request) !== undefined) {
    throw new Problem('invalidProfile', 'The requested profile is no longer issued.');
  }
  if (faults.strike('alreadyReplaced', request) !== undefined) {
    throw new Problem('alreadyReplaced', 'The certificate was replaced by another order already.');
  }
}
