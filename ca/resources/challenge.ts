import { setTimeout as wait } from 'node:timers/promises';
import { personOf } from '../account-subject.ts';
import { approve } from '../approvals/deciding.ts';
import { approvedBy, keyAuthorizationFor } from '../approvals/key-authorization.ts';
import { json, link } from '../answer.ts';
import type { Answer, Headers } from '../answer.ts';
import type { Authority } from '../authority.ts';
import type { AnsweredChallengeType, Deliberation, Verdict } from '../challenges/challenge-type.ts';
import type { JwsHeader } from '../jws.ts';
import { Problem, problemUrn } from '../problems.ts';
import { isPostAsGet, readPayload } from '../requests.ts';
import type { AccountRequest } from '../requests.ts';
import type { Authorization, Challenge } from '../state/authorizations.ts';
import { authorizationStatus, challengeStatus } from '../status.ts';
import { challengeObject } from './objects.ts';
import { strikeIssuers } from './odd-challenges.ts';
import { ownChallenge } from './own.ts';
import type { OwnChallenge } from './own.ts';

/** RFC 8555 §7.5.1: read, or respond. */
export async function challenge(request: AccountRequest, authority: Authority): Promise<Answer> {
  if (isPostAsGet(request)) {
    ownChallenge(request, authority);
    authority.faults.poll(request.id);
  } else {
    await respond(request, authority);
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

async function respond(request: AccountRequest, authority: Authority): Promise<void> {
  const { challenge: found, authorization } = ownChallenge(request, authority);
  const closed = refusalOfClosed(authorization, authority);
  if (closed !== undefined) throw closed;
  const payload = readPayload(request);
  const type = authority.challengeTypes.find(found.type);
  if (type === undefined)
    throw new Problem('malformed', 'This server cannot judge that challenge.');
  if (struckByFault(found, request, authority)) return;
  if (type.kind === 'answered') {
    await answer(type, { challenge: found, authorization, payload }, { request, authority });
  } else {
    observe({ challenge: found, authorization, payload }, { request, authority });
  }
}

function refusalOfClosed(authorization: Authorization, { clock }: Authority): Problem | undefined {
  const status = authorizationStatus(authorization, clock());
  if (status === 'pending') return undefined;
  return new Problem('malformed', `The authorization is "${status}" and takes no response.`);
}

type Response = {
  readonly challenge: Challenge;
  readonly authorization: Authorization;
  readonly payload: JwsHeader;
};
type Context = { readonly request: AccountRequest; readonly authority: Authority };

function observe(
  { challenge: found, authorization }: Response,
  { request, authority }: Context,
): void {
  const { state, validation, faults, clock } = authority;
  if (challengeStatus(found) === 'processing') {
    validation.retry(found.id);
    return;
  }
  const keyAuthorization = keyAuthorizationOf({ challenge: found, authorization }, request);
  state.challenges.recordResponse(found.id, keyAuthorization, clock());
  const polls = faults.strike('challengeProcessing', request)?.polls ?? 0;
  validation.start({ ...found, keyAuthorization }, polls);
}

/** RFC 8555 §8.3: with the account key of this moment. */
function keyAuthorizationOf(
  { challenge: found, authorization }: OwnChallenge,
  { account }: AccountRequest,
): string {
  return keyAuthorizationFor({ challenge: found, account, approving: approvedBy(authorization) });
}

async function answer(
  type: AnsweredChallengeType,
  response: Response,
  { request, authority }: Context,
): Promise<void> {
  const { challenge: found, authorization, payload } = response;
  if (challengeStatus(found) === 'processing') return;
  const { account } = request;
  const verdict = type.answer({
    ...{ challenge: found, payload, account, identifier: authorization.identifier },
    ...{ profile: authorization.profile, approving: approvedBy(authorization) },
    challengeUrl: authority.urls.to('challenge', found.id),
    person: personOf(account, authority.state),
    keyAuthorization: keyAuthorizationOf(response, request),
  });
  const settle = (settled: Verdict | undefined): Problem | undefined => {
    switch (settled?.outcome) {
      case 'valid':
        return accept(response, settled, { request, authority });
      case 'continues':
        askAgain(found, authority);
        return undefined;
      default:
        return refuse(found, settled, authority);
    }
  };
  const refusal =
    verdict.outcome === 'deliberating'
      ? await deliberate(verdict, { response, settle }, { request, authority })
      : settle(verdict);
  if (refusal !== undefined) throw refusal;
}

type Settling = {
  readonly response: Response;
  readonly settle: (verdict: Verdict | undefined) => Problem | undefined;
};

/** RFC 8555 §7.5.1: what takes longer than a client likes to wait is `processing`, and found out by polling. */
async function deliberate(
  deliberation: Deliberation,
  { response, settle }: Settling,
  { request, authority }: Context,
): Promise<Problem | undefined> {
  const { state, deliberations, clock } = authority;
  const { challenge: found } = response;
  // From here on the challenge takes no other response.
  state.challenges.recordResponse(found.id, keyAuthorizationOf(response, request), clock());
  const enough = new AbortController();
  const settled = deliberations.start(found, deliberation, (verdict) => {
    state.challenges.reopen(found.id, undefined);
    // What was decided or given up meanwhile stays so, whatever the verdict.
    const authorization = state.authorizations.find(found.authorizationId);
    return (authorization && refusalOfClosed(authorization, authority)) ?? settle(verdict);
  });
  try {
    return await Promise.race([settled, wait(PATIENCE, undefined, { signal: enough.signal })]);
  } finally {
    enough.abort();
  }
}

/** Milliseconds. */
const PATIENCE = 1_000;

function accept(
  response: Response,
  { signed }: Extract<Verdict, { outcome: 'valid' }>,
  { request, authority }: Context,
): Problem | undefined {
  const { state, faults, clock } = authority;
  const { challenge: found, authorization } = response;
  const { account } = request;
  const approving = approvedBy(authorization);
  const polls = faults.strike('challengeProcessing', request)?.polls ?? 0;
  let refusal: Problem | undefined;
  const validate = (): void => {
    refusal =
      approving && approve({ challenge: found, request: approving, account, signed }, authority);
    if (refusal === undefined) state.challenges.validate(found.id, clock());
  };
  state.transaction(() => {
    state.challenges.recordResponse(found.id, keyAuthorizationOf(response, request), clock());
    faults.postpone(found.id, polls, () => state.transaction(validate));
  });
  return refusal;
}

/** RFC 8555 §8.2: an error on a pending challenge is how a client learns that its response did not suffice. */
function askAgain(found: Challenge, { state }: Authority): void {
  const detail = 'The response was taken, and the challenge now asks for another.';
  state.challenges.recordError(found.id, new Problem('userActionRequired', detail).document);
}

/** Keeps what a failed response does to the challenge, and words it without helping a guesser. */
function refuse(
  found: Challenge,
  verdict: Exclude<Verdict, { outcome: 'valid' | 'continues' }> | undefined,
  { state, clock }: Authority,
): Problem {
  const now = clock();
  switch (verdict?.outcome) {
    case undefined: {
      const problem = new Problem('serverInternal', 'The response could not be judged. Try again.');
      state.challenges.recordError(found.id, problem.document);
      return problem;
    }
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
      else state.challenges.recordError(found.id, problem.document);
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
