import type { Failure } from '../../shared/failure.ts';
import type { Authorization } from '../acme/authorization.ts';
import type { JsonObject } from '../acme/json.ts';
import { AcmePollDeadline } from '../acme/protocol-error.ts';
import { errorOf } from './authorization-view.ts';
import type { Asked, ProofRooms } from './challenges/challenge-type.ts';
import { isDecided, isNoticed } from './judgement.ts';
import { failureOf } from './outcome.ts';
import { refusedEvent, sentEvent } from './proof-events.ts';
import type { Run } from './run.ts';

export interface DeliveryOptions {
  readonly run: Run;
  readonly rooms: ProofRooms;
  readonly toFailure: (error: unknown) => Failure;
  /** Hears of each look at an answer that the CA has and has not judged yet. */
  readonly waiting: (authorization: Authorization) => void;
}

/** What the CA made of an answer. */
export interface Judgement {
  readonly authorization: Authorization;
  /** How the answer failed. */
  readonly failure?: Failure;
}

/** Brings answers to the CA, each of them once, and finds out what became of it. */
export class Delivery {
  readonly #options: DeliveryOptions;

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  /** One POST, which the journal knows before it leaves. */
  async deliver(asked: Asked, response: JsonObject, leaving: () => void): Promise<Judgement> {
    const { run, rooms, toFailure } = this.#options;
    const { authorization, challenge } = asked;
    const at = rooms.clock.now().toISOString();
    const answerSent = { authorizationUrl: authorization.url, challengeUrl: challenge.url, at };
    run.journal('needs-proof', { answerSent }, ...sentEvent(asked, response));
    leaving();
    const refusal = await rooms.client.challenges.respond(challenge.url, response, run.signal).then(
      () => undefined,
      (error: unknown) => {
        run.signal.throwIfAborted();
        return failureOf(error, toFailure);
      },
    );
    run.signal.throwIfAborted();
    if (refusal === undefined) await this.#untilNoticed(authorization.url, challenge.url);
    return this.judge(authorization.url, challenge.url, refusal);
  }

  /**
   * The status of the authorization decides, not how the POST ended: the answer may have been lost, and servers
   * differ in how they refuse. An answer is never sent again.
   */
  async judge(
    authorizationUrl: string,
    challengeUrl: string,
    refusal?: Failure,
  ): Promise<Judgement> {
    const { run, rooms, waiting } = this.#options;
    const settled = (latest: Authorization): boolean => {
      const decided = isDecided(latest, challengeUrl);
      if (!decided) waiting(latest);
      return decided;
    };
    const authorization = await rooms.client.authorizations.poll(
      authorizationUrl,
      { settled },
      run.signal,
    );
    const challenge = authorization.challenges.find(({ url }) => url === challengeUrl);
    const failure = refusal ?? (challenge && errorOf(challenge));
    if (authorization.status === 'valid' || failure === undefined) {
      run.journalJudgement();
      return { authorization };
    }
    run.journalJudgement(...refusedEvent(challenge, failure));
    return { authorization, failure };
  }

  /** Servers in the field leave a challenge `pending` while they look at the answer that they accepted. */
  async #untilNoticed(authorizationUrl: string, challengeUrl: string): Promise<void> {
    const { run, rooms } = this.#options;
    const { client, clock } = rooms;
    const deadline = new Date(clock.now().getTime() + patience);
    try {
      const settled = (latest: Authorization): boolean => isNoticed(latest, challengeUrl);
      await client.authorizations.poll(authorizationUrl, { settled, deadline }, run.signal);
    } catch (error) {
      if (!(error instanceof AcmePollDeadline)) throw error;
    }
  }
}

/** Milliseconds. */
const patience = 15_000;
