import type { Authorization } from './authorization.ts';
import type { Challenge } from './challenge.ts';

/** Challenges that were answered with the present account key and that the server has not judged yet, as far as was seen. */
export class ResponsesInFlight {
  readonly #urls = new Set<string>();

  get urls(): readonly string[] {
    return [...this.#urls];
  }

  sent(url: string): void {
    this.#urls.add(url);
  }

  forget(url: string): void {
    this.#urls.delete(url);
  }

  seen(challenge: Challenge): Challenge {
    if (isJudged(challenge)) this.#urls.delete(challenge.url);
    return challenge;
  }

  seenAll(authorization: Authorization): Authorization {
    for (const challenge of authorization.challenges) {
      // One valid challenge decides for all of them (RFC 8555 §7.1.6).
      if (authorization.status === 'pending') this.seen(challenge);
      else this.#urls.delete(challenge.url);
    }
    return authorization;
  }
}

/** RFC 8555 §8.2: an error in a challenge that is open again is the judgement of the last response. */
export const isJudged = ({ status, error }: Challenge): boolean =>
  status === 'valid' || status === 'invalid' || (status === 'pending' && error !== undefined);
