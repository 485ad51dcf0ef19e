import type { AccountSession } from './account-session.ts';
import { parseChallenge, tokenKind, type Challenge } from './challenge.ts';
import type { JsonObject } from './json.ts';
import { joinKeyAuthorization } from './key-authorization.ts';
import { AcmeProblem } from './problem.ts';
import { AcmeProtocolError } from './protocol-error.ts';

/** Requests about challenges (RFC 8555 §7.5.1). */
export class ChallengeRequests {
  readonly #session: AccountSession;

  constructor(session: AccountSession) {
    this.#session = session;
  }

  /** RFC 8555 §7.5.1. Not repeated by itself: each one that arrives may count as an attempt. */
  async respond(url: string, response: JsonObject, signal?: AbortSignal): Promise<Challenge> {
    const doing = 'responding to the challenge';
    const { responses } = this.#session;
    const request = { doing, url, payload: response, repeatable: false, signal };
    responses.sent(url);
    try {
      const answer = await this.#session.write(request);
      return responses.seen(parseChallenge(answer.json(), url, answer.retryAfter));
    } catch (error) {
      // A refused response is none; without an answer it may be one.
      if (error instanceof AcmeProblem && error.status < 500) responses.forget(url);
      throw error;
    }
  }

  async fetch(url: string, signal?: AbortSignal): Promise<Challenge> {
    const answer = await this.#session.read({ doing: 'fetching the challenge', url, signal });
    return this.#session.responses.seen(parseChallenge(answer.json(), url, answer.retryAfter));
  }

  /** RFC 8555 §8.1, with the current account key, and what is approved if anything is. Throws for a token that is too short or no base64url. */
  keyAuthorization(token: string, approvalDigest?: string): string {
    const { thumbprint, directoryUrl: url } = this.#session;
    if (tokenKind({ token }) === 'sound')
      return joinKeyAuthorization(token, thumbprint, approvalDigest);
    throw new AcmeProtocolError('token-malformed', 'making a key authorization', { url });
  }
}
