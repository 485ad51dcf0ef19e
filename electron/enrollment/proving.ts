import type { Authorization } from '../acme/authorization.ts';
import type { Challenge } from '../acme/challenge.ts';
import type { AcmeClient } from '../acme/client.ts';
import type { Clock } from '../acme/clock.ts';
import { inParallel } from '../acme/in-parallel.ts';
import type { JsonObject } from '../acme/json.ts';
import type { Order } from '../acme/order.ts';
import { isOrdered } from '../acme/ordered.ts';
import { AcmePollDeadline, AcmeProtocolError } from '../acme/protocol-error.ts';
import type { Sighting } from '../domain-proofs/visibility.ts';
import type { EnrollmentRecord } from '../wallet/enrollment-journal.ts';
import type { DnsRecord, RecordSighting } from '../../shared/enrollment-state.ts';
import type { Failure, ProblemDocument } from '../../shared/failure.ts';
import type { ChallengeAnswer } from '../../shared/ipc-contract.ts';
import { permissionOf, recordOf, viewSighting } from './challenge-record.ts';
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
  readonly lookAtRecord: LookAtRecord;
}

/** Asks the name servers that a CA would ask. */
export type LookAtRecord = (record: DnsRecord, signal: AbortSignal) => Promise<Sighting>;

/** The authorizations of one order while the person proves who they are, one answer at a time. */
export class Proving {
  readonly #options: ProvingOptions;
  readonly #failures = new Map<string, Failure>();
  readonly #sightings = new Map<string, RecordSighting>();
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

  /** At most one POST, and what came of it. Throws `EnrollmentError` `invalid-request` when nothing was sent. */
  async answer(challengeUrl: string, answer: ChallengeAnswer): Promise<void> {
    switch (answer.by) {
      case 'code':
        return this.#answerCode(challengeUrl, answer.otp);
      case 'record':
        return this.#claim(challengeUrl, answer.unseen);
      default:
        throw notNow();
    }
  }

  /** Nothing that is answered so far can be stopped before it is with the CA. */
  stop(challengeUrl: string): Promise<void> {
    return this.#known(challengeUrl) ? Promise.resolve() : Promise.reject(notNow());
  }

  async #answerCode(challengeUrl: string, typed: string): Promise<void> {
    const { authorization, challenge } = this.#open(challengeUrl);
    const known = challengeType(challenge.type);
    if (known?.kind !== 'code') throw notNow();
    const response = known.respond(challenge, typed);
    await this.#alone(() => {
      this.#options.run.journal('needs-proof', this.#sent(authorization, challenge), 'code-sent');
      return this.#submit(authorization, challenge, response);
    });
  }

  /** Looks for the record that the person says is published; the CA is told when it is there. */
  async #claim(challengeUrl: string, unseen: boolean): Promise<void> {
    const { run, clock, lookAtRecord } = this.#options;
    const { authorization, challenge } = this.#open(challengeUrl);
    const record = this.#recordOf(authorization, challenge);
    if (record === undefined) throw notNow();
    await this.#alone(async () => {
      this.#show();
      const sighting = await lookAtRecord(record, run.signal);
      run.signal.throwIfAborted();
      this.#sightings.set(challengeUrl, viewSighting(sighting, clock.now()));
      if (sighting.seen !== 'record' && !(unseen && sighting.seen === 'unknown')) return;
      run.journal('needs-proof', this.#sent(authorization, challenge));
      await this.#submit(authorization, challenge, {});
    });
  }

  /** One answer at a time. Nothing is thrown: what came of it is shown, or ends the proving. */
  async #alone(work: () => Promise<void>): Promise<void> {
    this.#sending = true;
    try {
      await work();
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
    const { run, client, toFailure } = this.#options;
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

  /** What the journal knows before the answer leaves. */
  #sent({ url }: Authorization, challenge: Challenge): Pick<EnrollmentRecord, 'answerSent'> {
    const at = this.#options.clock.now().toISOString();
    return { answerSent: { authorizationUrl: url, challengeUrl: challenge.url, at } };
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
      { settled: (latest) => isDecided(latest, challengeUrl) },
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
    const ofCode = challenge !== undefined && challengeType(challenge.type)?.kind === 'code';
    const refused = ofCode && failure.code === 'acme-problem';
    run.journalJudgement(...(refused ? (['code-refused'] as const) : []));
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
    const strange = this.#authorizations.find((each) => this.#isStrange(each));
    const unsupported = this.#authorizations.flatMap((each) =>
      unsupportedTypes(each, { recordOf: this.#recordOf }),
    );
    if (lost) {
      this.#decided.reject(rejectionOf(lost, this.#failures));
    } else if (strange) {
      const { url } = strange;
      this.#decided.reject(new AcmeProtocolError('not-ordered', 'choosing a challenge', { url }));
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

  /**
   * RFC 8555 §7.1.3: a CA may add authorizations, and a code for one proves who the person is, nothing else. But a
   * record is published only for a domain, and in the reach, that was ordered.
   */
  #isStrange(authorization: Authorization): boolean {
    const { status, challenges } = authorization;
    const isPublished = challenges.some(({ type }) => challengeType(type)?.kind === 'record');
    if (status !== 'pending' || !isPublished) return false;
    return !isOrdered(authorization, this.#options.run.record.plan.identifiers);
  }

  async #fetch(): Promise<readonly Authorization[]> {
    const { run, client, order } = this.#options;
    const found = new Map<string, Authorization>();
    const fetchOne = async (url: string, signal: AbortSignal): Promise<void> => {
      found.set(url, await client.authorizations.fetch(url, signal));
    };
    await inParallel(order.authorizations, fetchOne, { limit: mostAtOnce, signal: run.signal });
    return order.authorizations.flatMap((url) => found.get(url) ?? []);
  }

  readonly #recordOf = (
    authorization: Authorization,
    challenge: Challenge,
  ): DnsRecord | undefined => recordOf(this.#options.client, authorization, challenge);

  #open(challengeUrl: string): { authorization: Authorization; challenge: Challenge } {
    for (const authorization of this.#authorizations) {
      const challenge = authorization.challenges.find(({ url }) => url === challengeUrl);
      const open = authorization.status === 'pending' && challenge?.status === 'pending';
      if (open && !this.#sending) return { authorization, challenge };
    }
    throw notNow();
  }

  #known(challengeUrl: string): boolean {
    return this.#authorizations.some(({ challenges }) =>
      challenges.some(({ url }) => url === challengeUrl),
    );
  }

  #replace(latest: Authorization): void {
    this.#authorizations = this.#authorizations.map((each) =>
      each.url === latest.url ? latest : each,
    );
  }

  #show(): void {
    const { expires } = this;
    const findings = {
      failures: this.#failures,
      sightings: this.#sightings,
      recordOf: this.#recordOf,
      permissionOf: permissionOf.bind(undefined, this.#options.client),
    };
    this.#options.run.doing({
      doing: 'proving',
      authorizations: this.#authorizations.map((each) => viewAuthorization(each, findings)),
      sending: this.#sending,
      ...(expires && { expiresAt: expires.toISOString() }),
    });
  }
}

const notNow = (): EnrollmentError =>
  new EnrollmentError({ code: 'invalid-request' }, 'answering a challenge');

/** How many authorizations are fetched at the same time. */
const mostAtOnce = 6;

/** Milliseconds. */
const patience = 15_000;

function isNoticed({ status, challenges }: Authorization, challengeUrl: string): boolean {
  const challenge = challenges.find(({ url }) => url === challengeUrl);
  return status !== 'pending' || challenge?.status !== 'pending' || challenge.error !== undefined;
}

function isDecided({ status, challenges }: Authorization, challengeUrl: string): boolean {
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
