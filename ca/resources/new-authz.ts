import { json } from '../answer.ts';
import type { Answer } from '../answer.ts';
import { offerApproval } from '../approvals/approving.ts';
import { propose } from '../approvals/proposing.ts';
import type { Authority } from '../authority.ts';
import { checkIdentifier, isWildcard, readIdentifier } from '../identifiers.ts';
import type { KnownIdentifier } from '../identifiers.ts';
import { isDomainProven, profileFor, refusalOf } from '../policy.ts';
import { Problem } from '../problems.ts';
import type { IdentifierProblem } from '../problems.ts';
import type { JwsHeader } from '../jws.ts';
import { readPayload } from '../requests.ts';
import type { AccountRequest } from '../requests.ts';
import { checkTerms } from './agreement.ts';
import { existingPreauthorization, preauthorize } from './authorize.ts';
import { claimOf } from './claims.ts';
import { checkPreauthorizationLimit } from './limits.ts';
import { authorizationObject } from './objects.ts';

type Ordering = { readonly request: AccountRequest; readonly authority: Authority };

/** RFC 8555 §7.4.1: proves control of an identifier before there is an order for it. */
export function newAuthz(request: AccountRequest, authority: Authority): Answer {
  const { faults, urls } = authority;
  const payload = readPayload(request);
  checkTerms(request, authority);
  if (faults.strike('newAuthzForbidden', request) !== undefined) {
    throw new Problem('rejectedIdentifier', 'This CA does not pre-authorize that identifier.');
  }
  if ('approval' in payload || 'standing' in payload) {
    return newApproval(payload, { request, authority });
  }
  const checked = checkIdentifier(readIdentifier(payload['identifier']));
  if (checked.problem !== undefined) throw refused(checked.problem);
  const { identifier } = checked;
  if (identifier.type === 'dns' && isWildcard(identifier.value)) {
    throw new Problem('rejectedIdentifier', 'Wildcards cannot be pre-authorized.');
  }
  const subdomains = wantsSubdomains(payload['identifier'], identifier, authority);
  const profile = profileFor(identifier, authority.rules.profiles);
  const claim = claimOf(request.account, identifier, authority);
  const refusal = refusalOf(profile, identifier, claim);
  if (refusal !== undefined) throw refused(refusal);
  const scope = {
    ...{ identifier, wildcard: false },
    subdomains: subdomains && isDomainProven(profile),
  };
  const existing = existingPreauthorization(scope, profile, { request, authority });
  if (existing === undefined) checkPreauthorizationLimit(request, authority);
  const authorization = existing ?? preauthorize(scope, profile, { request, authority });
  const Location = urls.to('authorization', authorization.id);
  const view = authorizationObject(authorization, request.account, authority);
  return json(existing === undefined ? 201 : 200, view, { Location });
}

/** docs/approvals.md §4: not for oneself, but for what somebody else asked for. */
function newApproval(payload: JwsHeader, context: Ordering): Answer {
  const { request, authority } = context;
  if ('approval' in payload && 'standing' in payload) {
    throw new Problem('malformed', 'There can be either "approval" or "standing".');
  }
  const offer = 'approval' in payload ? offerApproval : propose;
  const { authorization, isNew } = offer(payload, context);
  const Location = authority.urls.to('authorization', authorization.id);
  const view = authorizationObject(authorization, request.account, authority);
  return json(isNew ? 201 : 200, view, { Location });
}

/** RFC 9444 §4.2: asked for inside the identifier; where policy is against it, granted for the name alone. */
function wantsSubdomains(
  given: unknown,
  { type, value }: KnownIdentifier,
  { rules }: Authority,
): boolean {
  const { subdomainAuthAllowed = false } = given as { readonly subdomainAuthAllowed?: unknown };
  if (typeof subdomainAuthAllowed !== 'boolean') {
    throw new Problem('malformed', '"subdomainAuthAllowed" must be true or false.');
  }
  if (!subdomainAuthAllowed) return false;
  if (type !== 'dns') {
    throw new Problem('malformed', 'Only names of the DNS have other names below them.');
  }
  if (!value.includes('.')) {
    const detail = 'The names below a top-level domain cannot be pre-authorized.';
    throw new Problem('rejectedIdentifier', detail);
  }
  return rules.subdomains;
}

/** §7.4.1: 403, whatever the reason. The identifier stays out of the top level (§6.7.1). */
function refused({ code, detail }: IdentifierProblem): Problem {
  return new Problem(code, detail, { status: 403 });
}
