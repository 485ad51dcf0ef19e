import type { BrowserVisits } from './browser-visit.ts';
import {
  PasskeyError,
  type AssertionRequest,
  type AuthenticationResponseJSON,
  type PasskeyCeremonies,
  type RegistrationRequest,
  type RegistrationResponseJSON,
} from './ceremony.ts';
import { credentialIn } from './handed-over.ts';
import { permittedCreation, permittedRequest } from './options.ts';
import { checkedAssertion, checkedRegistration } from './response.ts';
import { pageWithTask, type CeremonyTask, type HoldVisit } from './visit.ts';

export interface CeremoniesOptions {
  /** A window of the wallet's own. */
  readonly holdVisit: HoldVisit;
  /** The system's browser. */
  readonly browser: BrowserVisits;
  /** Whether the organisation's own page at that origin may be shown in the window; else the wallet's is. */
  readonly mayShowPage: (organizationId: string, origin: string) => boolean;
  readonly randomBytes: (size: number) => Uint8Array;
}

type CeremonyRequest = AssertionRequest | RegistrationRequest;

/** Ceremonies with a person at a screen, one at a time. */
export class Ceremonies implements PasskeyCeremonies {
  readonly #options: CeremoniesOptions;
  #isBusy = false;

  constructor(options: CeremoniesOptions) {
    this.#options = options;
  }

  async assert(
    request: AssertionRequest,
    signal: AbortSignal,
  ): Promise<AuthenticationResponseJSON> {
    const { origin } = request;
    const options = permittedRequest(request.options, origin);
    const task = { kind: 'assert', publicKey: options, ...this.#facts(request) } as const;
    const credential = await this.#hold(request, { task, signal, timeout: options.timeout });
    return checkedAssertion(credential, { origin, options });
  }

  async register(
    request: RegistrationRequest,
    signal: AbortSignal,
  ): Promise<RegistrationResponseJSON> {
    const { origin } = request;
    const options = permittedCreation(request.options, origin);
    const task = { kind: 'register', publicKey: options, ...this.#facts(request) } as const;
    const credential = await this.#hold(request, { task, signal, timeout: options.timeout });
    return checkedRegistration(credential, { origin, options });
  }

  #facts({ code, caHost }: CeremonyRequest) {
    const state = Buffer.from(this.#options.randomBytes(16)).toString('base64url');
    return { code, caHost, state };
  }

  async #hold(request: CeremonyRequest, limits: Limits): Promise<unknown> {
    const { task, signal, timeout } = limits;
    signal.throwIfAborted();
    checkPage(request);
    if (this.#isBusy) {
      throw new PasskeyError('refused', 'another ceremony is under way', { detail: 'Busy' });
    }
    this.#isBusy = true;
    const clock = AbortSignal.timeout(timeout);
    try {
      const either = AbortSignal.any([signal, clock]);
      return credentialIn(await this.#visit(request, task, either), task.state);
    } catch (error) {
      signal.throwIfAborted();
      if (!clock.aborted) throw error;
      throw new PasskeyError('timed-out', 'nobody finished the ceremony', { cause: error });
    } finally {
      this.#isBusy = false;
    }
  }

  #visit(request: CeremonyRequest, task: CeremonyTask, signal: AbortSignal): Promise<unknown> {
    const { way, organizationId, origin, page } = request;
    if (way === 'browser') {
      if (page === undefined) throw new PasskeyError('not-supported', 'the CA has no page for it');
      return this.#options.browser.hold({ origin, page, task }, signal);
    }
    const isShown = page !== undefined && this.#options.mayShowPage(organizationId, origin);
    const withTask = isShown ? pageWithTask(page, task, 'window') : undefined;
    return this.#options.holdVisit({ organizationId, origin, task, page: withTask }, signal);
  }
}

interface Limits {
  readonly task: CeremonyTask;
  readonly signal: AbortSignal;
  /** Milliseconds. */
  readonly timeout: number;
}

/** A page elsewhere could ask for an assertion by its own origin's passkeys only, or show the person anything. */
function checkPage({ page, origin }: CeremonyRequest): void {
  if (page === undefined) return;
  const url = URL.parse(page);
  if (url?.origin === origin && url.username === '' && url.password === '') return;
  throw new PasskeyError('strayed', "the page for passkeys is not on the CA's origin");
}
