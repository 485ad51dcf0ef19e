import { link } from './answer.ts';
import type { Authority } from './authority.ts';
import type { RetryAfter } from './fault-kinds.ts';
import type { Place } from './faults.ts';
import { Problem } from './problems.ts';

/** Refuses what the server, by an armed fault, is not willing to do right now. */
export function checkWillingness(place: Place, authority: Authority): void {
  const { faults, urls } = authority;
  if (faults.strike('userActionRequired', place) !== undefined) {
    // RFC 8555 §7.3.3: the new terms in a Link, the page to agree on in "instance".
    const terms = `${urls.to('terms')}?version=2`;
    throw new Problem('userActionRequired', 'The terms of service have changed.', {
      headers: { Link: link(terms, 'terms-of-service') },
      members: { instance: `${terms}&agree` },
    });
  }
  checkRate(place, authority);
}

/** The same for what anybody may read: nobody has to agree to anything for it. */
export function checkRate(place: Place, authority: Authority): void {
  const limit = authority.faults.strike('rateLimited', place);
  if (limit === undefined) return;
  const wait = limit.retryAfter ?? { seconds: 1, form: 'seconds' };
  throw rateLimited('Too many requests of this kind.', wait, authority);
}

/** RFC 8555 §6.6: when to come back, and where a person can read about the limits. */
export function rateLimited(
  detail: string,
  wait: RetryAfter,
  { urls, clock }: Pick<Authority, 'urls' | 'clock'>,
): Problem {
  return new Problem('rateLimited', detail, {
    headers: {
      'Retry-After': retryAfter(wait, clock()),
      Link: link(urls.to('rateLimits'), 'help'),
    },
  });
}

/** RFC 9110 §10.2.3. */
export function retryAfter({ seconds, form }: RetryAfter, now: Date): string {
  return form === 'seconds'
    ? String(seconds)
    : new Date(now.getTime() + seconds * 1000).toUTCString();
}
