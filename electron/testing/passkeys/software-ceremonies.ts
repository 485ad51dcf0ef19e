import type {
  AssertionRequest,
  AuthenticationResponseJSON,
  PasskeyCeremonies,
  RegistrationRequest,
  RegistrationResponseJSON,
} from '../../passkeys/ceremony.ts';
import { permittedCreation, permittedRequest } from '../../passkeys/options.ts';
import { checkedAssertion, checkedRegistration } from '../../passkeys/response.ts';
import type { SoftwareAuthenticator } from './software-authenticator.ts';

/** Ceremonies without a window: what is asked and what is answered goes through the wallet's own checks. */
export class SoftwareCeremonies implements PasskeyCeremonies {
  /** What was asked for, oldest first. */
  readonly asked: (AssertionRequest | RegistrationRequest)[] = [];
  readonly #authenticator: SoftwareAuthenticator;

  constructor(authenticator: SoftwareAuthenticator) {
    this.#authenticator = authenticator;
  }

  async assert(
    request: AssertionRequest,
    signal: AbortSignal,
  ): Promise<AuthenticationResponseJSON> {
    await this.#hear(request, signal);
    const { origin } = request;
    const options = permittedRequest(request.options, origin);
    return checkedAssertion(this.#authenticator.get(origin, options), { origin, options });
  }

  async register(
    request: RegistrationRequest,
    signal: AbortSignal,
  ): Promise<RegistrationResponseJSON> {
    await this.#hear(request, signal);
    const { origin } = request;
    const options = permittedCreation(request.options, origin);
    return checkedRegistration(this.#authenticator.create(origin, options), { origin, options });
  }

  async #hear(request: AssertionRequest | RegistrationRequest, signal: AbortSignal): Promise<void> {
    this.asked.push(request);
    // A person takes a moment, in which everything can be called off.
    await Promise.resolve();
    signal.throwIfAborted();
  }
}
