import type { AccountSession } from './account-session.ts';
import { AcmeProtocolError } from './protocol-error.ts';
import { parseRenewalInfo, type RenewalInfo } from './renewal-info.ts';

/** The one request about renewal information (RFC 9773 §4). */
export class RenewalInfoRequests {
  readonly #session: AccountSession;

  constructor(session: AccountSession) {
    this.#session = session;
  }

  /** Whether the server offers it. */
  get isOffered(): boolean {
    return this.#session.directory.renewalInfo !== undefined;
  }

  /** Unauthenticated; `certificateIdentifier` is that of RFC 9773 §4.1. When to ask again, also after an error, is in §4.3. */
  async fetch(certificateIdentifier: string, signal?: AbortSignal): Promise<RenewalInfo> {
    const doing = 'asking when to renew';
    const base = this.#session.resource('renewalInfo', doing);
    if (!wellFormed.test(certificateIdentifier)) {
      throw new AcmeProtocolError('certificate-malformed', doing, { url: base });
    }
    const url = `${base}/${certificateIdentifier}`;
    const answer = await this.#session.get({ doing, url, signal });
    return parseRenewalInfo(answer.json(), url, answer.retryAfter);
  }
}

// What is put into a URL must not lead anywhere else.
const wellFormed = /^[A-Za-z0-9_-]{1,256}\.[A-Za-z0-9_-]{1,64}$/;
