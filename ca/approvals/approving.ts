import { personOf } from '../account-subject.ts';
import type { Authority } from '../authority.ts';
import { Problem } from '../problems.ts';
import type { JwsHeader } from '../jws.ts';
import type { AccountRequest } from '../requests.ts';
import { draftChallenges } from '../resources/odd-challenges.ts';
import { authorizationStatus } from '../status.ts';
import type { ApprovalRequest } from '../state/approvals.ts';
import type { Authorization } from '../state/authorizations.ts';
import { newId } from '../state/rows.ts';
import { approverOf } from './deciding.ts';
import { checkTries } from './limits.ts';
import { partyOf } from './own-request.ts';

type Context = { readonly request: AccountRequest; readonly authority: Authority };

export type Offered = { readonly authorization: Authorization; readonly isNew: boolean };

/** docs/approvals.md §4: an authorization of the approver's own, to approve a request with. */
export function offerApproval(payload: JwsHeader, { request, authority }: Context): Offered {
  const { state, urls } = authority;
  const url = payload['approval'];
  const id = typeof url === 'string' ? urls.idOf('approval', url) : undefined;
  if (id === undefined) {
    throw new Problem('malformed', '"approval" must be the URL of a request.', { status: 404 });
  }
  const { found } = partyOf(id, request.account, authority);
  checkIdentifier(payload['identifier'], found);
  return state.transaction(() => authorizationFor(found, { request, authority }));
}

/** A new one, or the one of this account that is pending. Throws `unauthorized` for whoever may not decide now. */
export function authorizationFor(found: ApprovalRequest, { request, authority }: Context): Offered {
  const approver = approverOf(request.account, found, authority);
  if (approver === undefined) {
    throw new Problem(
      'unauthorized',
      'The request is not, or no longer, for this account to decide.',
    );
  }
  const pending = pendingOf(found, request, authority);
  if (pending !== undefined) return { authorization: pending, isNew: false };
  checkTries(found, approver.id, authority);
  return { authorization: draft(found, { request, authority }), isNew: true };
}

/** The account's own, pending one for a request. */
export function pendingOf(
  { id }: ApprovalRequest,
  { account }: Pick<AccountRequest, 'account'>,
  { state, clock }: Authority,
): Authorization | undefined {
  return state.authorizations
    .approving(id, account.id)
    .find((one) => authorizationStatus(one, clock()) === 'pending');
}

function draft(found: ApprovalRequest, { request, authority }: Context): Authorization {
  const { state, clock } = authority;
  const [identifier] = found.document.identifiers;
  if (identifier === undefined) throw new Error('the request names nothing');
  return state.authorizations.add({
    ...{ id: newId(), accountId: request.account.id, identifier },
    ...{ wildcard: false, subdomains: false, preauthorized: false },
    ...{ createdAt: clock(), expiresAt: found.expiresAt, grantedAt: undefined },
    profile: found.document.profile,
    challenges: draftChallenges(typesFor(found, { request, authority }), request, authority),
    approval: { part: 'approves', request: found },
  });
}

/** As the rule says, without those that the person could not meet; all of them when that leaves none, so that the refusal comes where it is explained. */
function typesFor(
  approving: ApprovalRequest,
  { request: { account }, authority }: Context,
): readonly string[] {
  const { challengeTypes, state } = authority;
  const { rule, identifiers, profile } = approving.document;
  const [identifier = { type: '', value: '' }] = identifiers;
  const asking = { account, person: personOf(account, state), identifier, profile, approving };
  const suiting = rule.by.filter((type) => challengeTypes.find(type)?.suits?.(asking) ?? true);
  return suiting.length > 0 ? suiting : rule.by;
}

function checkIdentifier(given: unknown, { document }: ApprovalRequest): void {
  const [expected] = document.identifiers;
  const { type, value } = (given ?? {}) as { readonly type?: unknown; readonly value?: unknown };
  if (type === expected?.type && value === expected?.value) return;
  throw new Problem('malformed', 'The identifier must be the first of the request.');
}
