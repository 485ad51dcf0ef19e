import { json } from '../answer.ts';
import type { Answer } from '../answer.ts';
import { withdrawAwaited } from '../approvals/withdrawing.ts';
import type { Authority } from '../authority.ts';
import { Problem } from '../problems.ts';
import { isPostAsGet, readPayload } from '../requests.ts';
import type { AccountRequest } from '../requests.ts';
import { authorizationStatus, challengeStatus } from '../status.ts';
import { retryHeaders } from './challenge.ts';
import { authorizationObject } from './objects.ts';
import { strikeChallenges, strikeIssuers, strikePasskeys } from './odd-challenges.ts';
import { ownAuthorization } from './own.ts';

/** RFC 8555 §7.5 and §7.5.2: read, or deactivate. */
export function authorization(request: AccountRequest, authority: Authority): Answer {
  const { challenges } = ownAuthorization(request, authority);
  if (isPostAsGet(request)) challenges.forEach(({ id }) => authority.faults.poll(id));
  else deactivate(request, authority);
  const found = strikeChallenges(ownAuthorization(request, authority), request, authority);
  const processing = found.challenges.find((one) => challengeStatus(one) === 'processing');
  const view = authorizationObject(found, request.account, strikeIssuers(request, authority));
  return json(
    200,
    strikePasskeys(view, request, authority),
    processing === undefined ? {} : retryHeaders(processing, authority),
  );
}

function deactivate(request: AccountRequest, authority: Authority): void {
  const { state, clock } = authority;
  if (readPayload(request)['status'] !== 'deactivated') {
    throw new Problem('malformed', 'An authorization can only be deactivated.');
  }
  const found = ownAuthorization(request, authority);
  const status = authorizationStatus(found, clock());
  if (status !== 'pending' && status !== 'valid') {
    throw new Problem('malformed', `The authorization is "${status}" already.`);
  }
  state.transaction(() => {
    state.authorizations.deactivate(request.id, clock());
    withdrawAwaited(found, request.account, authority);
  });
}
