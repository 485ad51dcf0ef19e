import { json, link } from '../answer.ts';
import type { Answer, Headers } from '../answer.ts';
import type { Authority } from '../authority.ts';
import type { AnsweredChallengeType, Verdict } from '../challenges/challenge-type.ts';
import type { JwsHeader } from '../jws.ts';
import { Problem, problemUrn } from '../problems.ts';
import { isPostAsGet, readPayload } from '../requests.ts';
import type { AccountRequest } from '../requests.ts';
import type { Challenge } from '../state/authorizations.ts';
import { authorizationStatus, challengeStatus } from '../status.ts';
import { challengeObject, personOf } from './objects.ts';
import { strikeIssuers } from './odd-challenges.ts';
import { ownChallenge } from './own.ts';

/** RFC 8555 §7.5.1: read, or respond. */
export function challenge(request: AccountRequest, authority: Authority): Answer {
  if (isPostAsGet(request)) {
    ownChallenge(request, authority);
    authority.faults.poll(request.id);
  } else {
    respond(request, authority);
  }
  const { challenge: found } = ownChallenge(request, authority);
  const view = strikeIssuers(request, authority);
  const headers = challengeStatus(found) === 'processing' ? retryHeaders(found, authority) : {};
  return json(200, challengeObject(found, request.account, view), {
    // §7.1: the way back to the authorization.
    Link: link(authority.urls.to('authorization', found.authorizationId), 'up'),
    ...headers,
  });
}

/** RFC 8555 §8.2: after the server's next look. */
export function retryHeaders({ id }: Challenge, { validation, clock }: Authority): Headers {
  const next = validation.nextLook(id);
  const seconds = next === undefined ? 0 : (next.getTime() - clock().getTime()) / 1000;
  return { 'Retry-After': String(Math.max(1, Math.ceil(seconds))) };
}

function respond(request: AccountRequest, authority: Authority): void {
  const { challenge: found, authorization } = ownChallenge(request, authority);
  const status = authorizationStatus(authorization, authority.clock());
  if (status !== 'pending') {
    throw new Problem('malformed', `The authorization is "${status}" and takes no response.`);
  }
  const payload = readPayload(request);
  const type = authority.challengeTypes.find(found.type);
  if (type === undefined)
    throw new Problem('malformed', 'This server cannot judge that challenge.');
  if (struckByFault(found, request, authority)) return;
  if (type.kind === 'answered') {
    answer(type, { challenge: found, payload }, { request, authority });
  } else {
    observe(found, { request, authority });
  }
}

type Response = { readonly challenge: Challenge; readonly payload: JwsHeader };
type Context = { readonly request: AccountRequest; readonly authority: Authority };

function observe(found: Challenge, { request, authority }: Context): void {
  const { state, validation, faults, clock } = authority;
  if (challengeStatus(found) === 'processing') {
    validation.retry(found.id);
    return;
  }
  // RFC 8555 §8.3: with the account key of this moment.
  const keyAuthorization = `${found.token}.${request.account.thumbprint}`;
  state.challenges.recordResponse(found.id, keyAuthorization, clock());
  const polls = faults.strike('challengeProcessing', request)?.polls ?? 0;
  validation.start({ ...found, keyAuthorization }, polls);
}

function answer(
  type: AnsweredChallengeType,
  { challenge: found, payload }: Response,
  { request, authority }: Context,
): void {
  if (challengeStatus(found) === 'processing') return;
  const person = personOf(request.account, authority);
  const verdict = type.answer({ challenge: found, person, payload });
  if (verdict.outcome !== 'valid') throw refuse(found, verdict, authority);
  const { state, faults, clock } = authority;
  const keyAuthorization = `${found.token}.${request.account.thumbprint}`;
  state.challenges.recordResponse(found.id, keyAuthorization, clock());
  const polls = faults.strike('challengeProcessing', request)?.polls ?? 0;
  faults.postpone(found.id, polls, () => state.challenges.validate(found.id, clock()));
}

/** Keeps what a failed response does to the challenge, and words it without helping a guesser. */
function refuse(
  found: Challenge,
  verdict: Exclude<Verdict, { outcome: 'valid' }>,
  { state, clock }: Authority,
): Problem {
  const now = clock();
  switch (verdict.outcome) {
    case 'throttled': {
      const seconds = Math.ceil((verdict.until.getTime() - now.getTime()) / 1000);
      return new Problem('rateLimited', 'Too many wrong responses. Wait before the next one.', {
        headers: { 'Retry-After': String(Math.max(1, seconds)) },
      });
    }
    case 'unusable': {
      const problem = new Problem('unauthorized', 'The response cannot be accepted.');
      state.challenges.fail(found.id, problem.document, now);
      return problem;
    }
    case 'wrong': {
      const { attemptsRemaining } = verdict;
      const problem = new Problem('incorrectResponse', 'The response is not correct.', {
        members: { attemptsRemaining },
      });
      if (attemptsRemaining === 0) state.challenges.fail(found.id, problem.document, now);
      return problem;
    }
  }
}

/** True when an armed fault took the place of looking at the response. */
function struckByFault(
  found: Challenge,
  request: AccountRequest,
  { state, faults, clock }: Authority,
): boolean {
  if (faults.strike('invalidWithSubproblems', request) !== undefined) {
    const part = { type: problemUrn('incorrectResponse'), detail: 'One of the checks failed.' };
    const failure = new Problem('compound', 'The response failed two checks.', {
      members: { subproblems: [part, { ...part, detail: 'Another of the checks failed.' }] },
    });
    state.challenges.fail(found.id, failure.document, clock());
    return true;
  }
  const refusal = faults.strike('retryableRefusal', request);
  if (refusal === undefined) return false;
  const problem = new Problem('incorrectResponse', 'The response is not correct. Try again.', {
    members: { attemptsRemaining: 4 },
  });
  if (refusal.style === 'forbidden') throw problem;
  state.challenges.recordError(found.id, problem.document);
  return true;
}
