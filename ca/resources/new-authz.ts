import { json } from '../answer.ts';
import type { Answer } from '../answer.ts';
import type { Authority } from '../authority.ts';
import { checkIdentifier, isWildcard, readIdentifier } from '../identifiers.ts';
import { profileFor, refusalOf } from '../policy.ts';
import { Problem } from '../problems.ts';
import type { IdentifierProblem } from '../problems.ts';
import { readPayload } from '../requests.ts';
import type { AccountRequest } from '../requests.ts';
import { preauthorize } from './authorize.ts';
import { authorizationObject, personOf } from './objects.ts';

/** RFC 8555 §7.4.1: proves control of an identifier before there is an order for it. */
export function newAuthz(request: AccountRequest, authority: Authority): Answer {
  const { faults, urls } = authority;
  const payload = readPayload(request);
  if (faults.strike('newAuthzForbidden', request) !== undefined) {
    throw new Problem('rejectedIdentifier', 'This CA does not pre-authorize that identifier.');
  }
  const checked = checkIdentifier(readIdentifier(payload['identifier']));
  if (checked.problem !== undefined) throw refused(checked.problem);
  const { identifier } = checked;
  if (identifier.type === 'dns' && isWildcard(identifier.value)) {
    throw new Problem('rejectedIdentifier', 'Wildcards cannot be pre-authorized.');
  }
  const person = personOf(request.account, authority);
  const profile = profileFor(identifier.type);
  const refusal = refusalOf(profile, identifier, person);
  if (refusal !== undefined) throw refused(refusal);
  const authorization = preauthorize(identifier, profile, { request, authority });
  const Location = urls.to('authorization', authorization.id);
  return json(201, authorizationObject(authorization, person, authority), { Location });
}

/** §7.4.1: 403, whatever the reason. The identifier stays out of the top level (§6.7.1). */
function refused({ code, detail }: IdentifierProblem): Problem {
  return new Problem(code, detail, { status: 403 });
}
