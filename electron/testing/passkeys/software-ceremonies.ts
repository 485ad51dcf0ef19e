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
  #authenticator: SoftwareAuthenticator;
  #dawdling: (() => void) | undefined;

  constructor(authenticator: SoftwareAuthenticator) {
    this.#authenticator = authenticator;
  }

  /** The person takes another one from now on. */
  turnTo(authenticator: SoftwareAuthenticator): void {
    this.#authenticator = authenticator;
  }

  /** From now on nobody comes to an end until it is called off. Resolves when somebody waits. */
  dawdle(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#dawdling = () => resolve(undefined);
    return promise;
  }

  /** Those that are begun from now on come to an end again. */
  hurry(): void {
    this.#dawdling = undefined;
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
    if (this.#dawdling === undefined) return;
    this.#dawdling();
    await new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });
  }
}
