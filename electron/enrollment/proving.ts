import type { Authorization } from '../acme/authorization.ts';
import type { Challenge } from '../acme/challenge.ts';
import type { AcmeClient } from '../acme/client.ts';
import type { Clock } from '../acme/clock.ts';
import type { JsonObject } from '../acme/json.ts';
import type { Order } from '../acme/order.ts';
import { AcmePollDeadline } from '../acme/protocol-error.ts';
import type { Failure, ProblemDocument } from '../../shared/failure.ts';
import { errorOf, unsupportedTypes, viewAuthorization } from './authorization-view.ts';
import { challengeType } from './challenges/challenge-types.ts';
import { EnrollmentError } from './enrollment-error.ts';
import { failureOf } from './outcome.ts';
import type { Run } from './run.ts';

export interface ProvingOptions {
  readonly run: Run;
  readonly client: AcmeClient;
  readonly order: Order;
  readonly clock: Clock;
  readonly toFailure: (error: unknown) => Failure;
}

/** The authorizations of one order while the person proves who they are, one answer at a time. */
export class Proving {
  readonly #options: ProvingOptions;
  readonly #failures = new Map<string, Failure>();
  readonly #decided = Promise.withResolvers<undefined>();
  #authorizations: readonly Authorization[] = [];
  #sending = false;

  constructor(options: ProvingOptions) {
    this.#options = options;
    // Whoever waits learns of it; without anybody waiting it is no unhandled rejection.
    this.#decided.promise.catch(() => undefined);
  }

  /** Resolves when every authorization is valid; rejects when one can never be. */
  async settled(): Promise<void> {
    this.#authorizations = await this.#fetch();
    if (!this.#isDecided()) {
      this.#show();
      await this.#awaitProcessing();
    }
    await this.#decided.promise;
  }

  /** Why the order came to nothing, as far as its authorizations tell. */
  async loss(): Promise<EnrollmentError | undefined> {
    const lost = (await this.#fetch()).find(isLost);
    return lost && rejectionOf(lost, this.#failures);
  }

  /** The moment at which the first of order and pending authorizations expires. */
  get expires(): Date | undefined {
    const pending = this.#authorizations.filter(({ status }) => status === 'pending');
    const times = [this.#options.order, ...pending].flatMap(({ expires }) => expires ?? []);
    return times.length === 0 ? undefined : new Date(Math.min(...times.map(Number)));
  }

  /** One POST, and what came of it. Throws `EnrollmentError` `invalid-request` when nothing was sent. */
  async answer(challengeUrl: string, typed: string): Promise<void> {
    const { authorization, challenge } = this.#find(challengeUrl);
    const known = challengeType(challenge.type);
    if (known === undefined || this.#sending || challenge.status !== 'pending') {
      throw new EnrollmentError({ code: 'invalid-request' }, 'answering a challenge');
    }
    const response = known.respond(challenge, typed);
    this.#sending = true;
    try {
      await this.#submit(authorization, challenge, response);
    } catch (error) {
      this.#decided.reject(error);
    } finally {
      this.#sending = false;
    }
    // What a cancelled run still found out is shown to nobody.
    if (this.#options.run.signal.aborted) return;
    if (!this.#isDecided()) this.#show();
  }

  async #submit(
    authorization: Authorization,
    challenge: Challenge,
    response: JsonObject,
  ): Promise<void> {
    const { run, client, clock, toFailure } = this.#options;
    const sent = { authorizationUrl: authorization.url, challengeUrl: challenge.url };
    const at = clock.now().toISOString();
    run.journal('needs-proof', { answerSent: { ...sent, at } }, 'code-sent');
    this.#failures.delete(challenge.url);
    this.#show();
    const refusal = await client.challenges.respond(challenge.url, response, run.signal).then(
      () => undefined,
      (error: unknown) => {
        run.signal.throwIfAborted();
        return failureOf(error, toFailure);
      },
    );
    run.signal.throwIfAborted();
    if (refusal === undefined) await this.#untilNoticed(authorization.url, challenge.url);
    await this.#judge(authorization.url, challenge.url, refusal);
  }

  /** Servers in the field leave a challenge `pending` while they look at the answer that they accepted. */
  async #untilNoticed(authorizationUrl: string, challengeUrl: string): Promise<void> {
    const { run, client, clock } = this.#options;
    const deadline = new Date(clock.now().getTime() + patience);
    try {
      const settled = (latest: Authorization): boolean => isNoticed(latest, challengeUrl);
      await client.authorizations.poll(authorizationUrl, { settled, deadline }, run.signal);
    } catch (error) {
      if (!(error instanceof AcmePollDeadline)) throw error;
    }
  }

  /**
   * The status of the authorization decides, not how the POST ended: the answer may have been lost, and servers
   * differ in how they refuse. The code is never sent again.
   */
  async #judge(authorizationUrl: string, challengeUrl: string, refusal?: Failure): Promise<void> {
    const { run, client } = this.#options;
    const authorization = await client.authorizations.poll(
      authorizationUrl,
      { settled: (latest) => isJudged(latest, challengeUrl) },
      run.signal,
    );
    this.#replace(authorization);
    const challenge = authorization.challenges.find(({ url }) => url === challengeUrl);
    const failure = refusal ?? (challenge && errorOf(challenge));
    if (authorization.status === 'valid' || failure === undefined) {
      run.journalJudgement();
      return;
    }
    this.#failures.set(challengeUrl, failure);
    run.journalJudgement(...(failure.code === 'acme-problem' ? (['code-refused'] as const) : []));
  }

  /** An answer of an earlier run, or one that needs the CA's time, is judged before another is asked for. */
  async #awaitProcessing(): Promise<void> {
    for (const { url, challenges } of this.#authorizations) {
      const processing = challenges.find(({ status }) => status === 'processing');
      if (processing) await this.#judge(url, processing.url);
    }
    if (this.#options.run.record.answerSent) this.#options.run.journalJudgement();
    if (!this.#isDecided()) this.#show();
  }

  #isDecided(): boolean {
    const lost = this.#authorizations.find(isLost);
    const unsupported = this.#authorizations.flatMap(unsupportedTypes);
    if (lost) {
      this.#decided.reject(rejectionOf(lost, this.#failures));
    } else if (unsupported.length > 0) {
      const failure = { code: 'unsupported-challenge', types: unsupported } as const;
      this.#decided.reject(new EnrollmentError(failure, 'choosing a challenge'));
    } else if (this.#authorizations.every(({ status }) => status === 'valid')) {
      this.#decided.resolve(undefined);
    } else {
      return false;
    }
    return true;
  }

  #fetch(): Promise<readonly Authorization[]> {
    const { run, client, order } = this.#options;
    return Promise.all(
      order.authorizations.map((url) => client.authorizations.fetch(url, run.signal)),
    );
  }

  #find(challengeUrl: string): { authorization: Authorization; challenge: Challenge } {
    for (const authorization of this.#authorizations) {
      const challenge = authorization.challenges.find(({ url }) => url === challengeUrl);
      if (challenge && authorization.status === 'pending') return { authorization, challenge };
    }
    throw new EnrollmentError({ code: 'invalid-request' }, 'finding a challenge');
  }

  #replace(latest: Authorization): void {
    this.#authorizations = this.#authorizations.map((each) =>
      each.url === latest.url ? latest : each,
    );
  }

  #show(): void {
    const { expires } = this;
    this.#options.run.doing({
      doing: 'proving',
      authorizations: this.#authorizations.map((each) => viewAuthorization(each, this.#failures)),
      sending: this.#sending,
      ...(expires && { expiresAt: expires.toISOString() }),
    });
  }
}

/** Milliseconds. */
const patience = 15_000;

function isNoticed({ status, challenges }: Authorization, challengeUrl: string): boolean {
  const challenge = challenges.find(({ url }) => url === challengeUrl);
  return status !== 'pending' || challenge?.status !== 'pending' || challenge.error !== undefined;
}

function isJudged({ status, challenges }: Authorization, challengeUrl: string): boolean {
  const challenge = challenges.find(({ url }) => url === challengeUrl);
  // A valid challenge makes the authorization valid, if not in the same instant (RFC 8555 §7.1.6).
  const undecided = challenge?.status === 'processing' || challenge?.status === 'valid';
  return status !== 'pending' || !undecided;
}

function isLost({ status }: Authorization): boolean {
  return status !== 'valid' && status !== 'pending';
}

function rejectionOf(
  { status, challenges }: Authorization,
  failures: ReadonlyMap<string, Failure>,
): EnrollmentError {
  const doing = 'proving an identifier';
  if (status === 'expired') return new EnrollmentError({ code: 'order-expired' }, doing);
  const problem = problemOf(challenges, failures);
  const failure = { code: 'authorization-failed', ...(problem && { problem }) } as const;
  return new EnrollmentError(failure, doing);
}

/** What the CA answered to the person's last try says more than what it keeps in the challenge. */
function problemOf(
  challenges: readonly Challenge[],
  failures: ReadonlyMap<string, Failure>,
): ProblemDocument | undefined {
  for (const challenge of challenges) {
    const failure = failures.get(challenge.url) ?? errorOf(challenge);
    if (failure?.code === 'acme-problem') return failure.problem;
  }
  return undefined;
}
