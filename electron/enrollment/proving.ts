import type { AuthorizationView } from '../../shared/enrollment-state.ts';
import type { Failure } from '../../shared/failure.ts';
import type { ChallengeAnswer } from '../../shared/ipc-requests.ts';
import type { Authorization } from '../acme/authorization.ts';
import { inParallel } from '../acme/in-parallel.ts';
import type { JsonObject } from '../acme/json.ts';
import type { Order } from '../acme/order.ts';
import { isOrdered } from '../acme/ordered.ts';
import { AcmeProtocolError } from '../acme/protocol-error.ts';
import { answerByItself } from './answer-by-itself.ts';
import { refusalOf, showChallenge, viewAuthorization } from './authorization-view.ts';
import { AwaitedApprovals } from './awaited-approvals.ts';
import { notAnAnswer, type Asked, type ProofRooms } from './challenges/challenge-type.ts';
import { challengeType } from './challenges/challenge-types.ts';
import { EnrollmentError } from './enrollment-error.ts';
import { Delivery, type Judgement } from './delivery.ts';
import { isLost, rejectionOf } from './judgement.ts';
import { failureOf } from './outcome.ts';
import type { Run } from './run.ts';

export interface ProvingOptions {
  readonly run: Run;
  readonly order: Order;
  readonly rooms: ProofRooms;
  readonly toFailure: (error: unknown) => Failure;
}

interface Answering {
  readonly challengeUrl: string;
  readonly answer: ChallengeAnswer;
  /** What is waited for before anything goes to the CA can be stopped. */
  readonly stop: AbortController;
  readonly over: Promise<void>;
}

/** The authorizations of one order while they are being proven, one answer at a time. */
export class Proving {
  readonly #options: ProvingOptions;
  readonly #failures = new Map<string, Failure>();
  readonly #decided = Promise.withResolvers<undefined>();
  readonly #delivery: Delivery;
  readonly #approvals: AwaitedApprovals;
  #authorizations: readonly Authorization[] = [];
  #answering: Answering | undefined;
  /** Nobody else answers meanwhile. */
  #isAnsweringByItself: boolean;
  /** Another answer would lose its place in the journal to the judgement of an answer of an earlier run. */
  #isJudgingEarlier = false;

  constructor(options: ProvingOptions) {
    this.#options = options;
    const waiting = (authorization: Authorization): void => {
      this.#replace(authorization);
      this.#show();
    };
    this.#delivery = new Delivery({ ...options, waiting });
    this.#approvals = new AwaitedApprovals({ ...options.rooms, run: options.run });
    this.#isAnsweringByItself = options.run.record.plan.purpose === 'service';
    // Whoever waits learns of it; without anybody waiting it is no unhandled rejection.
    this.#decided.promise.catch(() => undefined);
  }

  /** Resolves when every authorization is valid; rejects when one can never be. */
  async settled(): Promise<void> {
    const { certificates } = this.#options.rooms;
    this.#authorizations = await this.#fetch();
    this.#approvals.journal(this.#authorizations);
    if (!this.#isDecided()) {
      await this.#awaitProcessing();
      await this.#answerByItself();
    }
    const ofCertificates = this.#authorizations.some(
      ({ status, challenges }) =>
        status === 'pending' &&
        challenges.some(({ type }) => challengeType(type)?.kind === 'certificate'),
    );
    // Tokens come and go, and their modules are started for nobody who has no use for them.
    const leave = ofCertificates ? certificates.follow(() => this.#refresh()) : nothing;
    const over = new AbortController();
    this.#followApprovals(AbortSignal.any([this.#options.run.signal, over.signal]));
    try {
      await this.#decided.promise;
    } finally {
      over.abort();
      leave();
    }
  }

  /** Why the order came to nothing, as far as its authorizations tell. */
  async loss(): Promise<EnrollmentError | undefined> {
    const found = await this.#fetch();
    const [refused] = found.flatMap((each) => this.#approvals.refusalOf(each) ?? []);
    const lost = found.find(isLost);
    return refused ?? (lost && rejectionOf(lost, this.#failures));
  }

  /** Has the CA remind those who decide about the order. */
  async remind(): Promise<void> {
    await this.#approvals.remind(this.#authorizations);
    if (!this.#isDecided()) this.#show();
  }

  /** Says something to those who decide about the order. */
  async message(text: string): Promise<void> {
    await this.#approvals.message(this.#authorizations, text);
    if (!this.#isDecided()) this.#show();
  }

  #followApprovals(over: AbortSignal): void {
    const changed = (latest: Authorization): void => {
      this.#replace(latest);
      if (!this.#isDecided()) this.#show();
    };
    this.#approvals
      .follow(() => this.#authorizations, changed, over)
      .catch((error: unknown) => {
        if (!over.aborted) this.#decided.reject(error);
      });
  }

  /** The moment at which the first of order and pending authorizations expires. */
  get expires(): Date | undefined {
    const pending = this.#authorizations.filter(({ status }) => status === 'pending');
    const times = [this.#options.order, ...pending].flatMap(({ expires }) => expires ?? []);
    return times.length === 0 ? undefined : new Date(Math.min(...times.map(Number)));
  }

  /**
   * At most one POST, and what came of it is shown, or ends the proving. Throws `EnrollmentError` for what is no answer
   * to that challenge now; nothing was sent then.
   */
  async answer(challengeUrl: string, answer: ChallengeAnswer): Promise<void> {
    if (this.#isAnsweringByItself || this.#isJudgingEarlier) throw notAnAnswer();
    await this.#answer(challengeUrl, answer);
  }

  async #answer(challengeUrl: string, answer: ChallengeAnswer): Promise<void> {
    const asked = this.#open(challengeUrl);
    const over = Promise.withResolvers<undefined>();
    const stop = new AbortController();
    this.#answering = { challengeUrl, answer, stop, over: over.promise.then(() => undefined) };
    try {
      const response = await this.#prepare(asked, this.#answering);
      if (response !== undefined) {
        const delivering = this.#delivery.deliver(asked, response, () => this.#show());
        await this.#judged(challengeUrl, delivering);
      }
    } catch (error) {
      if (isRefusal(error)) throw error;
      this.#decided.reject(error);
    } finally {
      this.#answering = undefined;
      over.resolve(undefined);
      // What a cancelled run still found out is shown to nobody.
      if (!this.#options.run.signal.aborted && !this.#isDecided()) this.#show();
    }
  }

  /** Ends what an answer waits for, before the CA has it. Resolves when nothing is under way for the challenge any more. */
  async stop(challengeUrl: string): Promise<void> {
    const isKnown = this.#authorizations.some(({ challenges }) =>
      challenges.some(({ url }) => url === challengeUrl),
    );
    if (!isKnown) throw notAnAnswer();
    const answering = this.#answering;
    if (answering?.challengeUrl !== challengeUrl) return;
    answering.stop.abort(new DOMException('the person stopped it', 'AbortError'));
    await answering.over;
  }

  /** The response; undefined: there is none, and if that is a failure it is shown. It cost no try. */
  async #prepare(
    asked: Asked,
    { challengeUrl, answer, stop }: Answering,
  ): Promise<JsonObject | undefined> {
    const { run, toFailure } = this.#options;
    const signal = AbortSignal.any([run.signal, stop.signal]);
    this.#failures.delete(challengeUrl);
    try {
      const responding = challengeType(asked.challenge.type)?.respond(asked, answer, {
        ...{ rooms: this.#rooms(), signal },
      });
      if (answer.by !== 'code') this.#show();
      const response = await responding;
      signal.throwIfAborted();
      return response;
    } catch (error) {
      run.signal.throwIfAborted();
      if (isRefusal(error)) throw error;
      if (!stop.signal.aborted) this.#failures.set(challengeUrl, failureOf(error, toFailure));
      return undefined;
    }
  }

  async #judged(challengeUrl: string, judging: Promise<Judgement>): Promise<void> {
    const { authorization, failure } = await judging;
    this.#replace(authorization);
    if (failure !== undefined) this.#failures.set(challengeUrl, failure);
  }

  #replace(latest: Authorization): void {
    this.#authorizations = this.#authorizations.map((each) =>
      each.url === latest.url ? latest : each,
    );
  }

  /** An answer of an earlier run, or one that needs the CA's time, is judged before another is asked for. */
  async #awaitProcessing(): Promise<void> {
    const earlier = this.#authorizations.flatMap(({ url, challenges }) => {
      const processing = challenges.find(({ status }) => status === 'processing');
      return processing ? [{ url, challengeUrl: processing.url }] : [];
    });
    this.#isJudgingEarlier = earlier.length > 0;
    this.#show();
    for (const { url, challengeUrl } of earlier)
      await this.#judged(challengeUrl, this.#delivery.judge(url, challengeUrl));
    this.#isJudgingEarlier = false;
    if (this.#options.run.record.answerSent) this.#options.run.journalJudgement();
    if (!this.#isDecided()) this.#show();
  }

  /** Where nobody is to be asked, nobody is waited for; what fails on the way waits for somebody. */
  async #answerByItself(): Promise<void> {
    const { run, rooms } = this.#options;
    for (const { challengeUrl, answer } of answerByItself(
      this.#authorizations,
      run.record.plan,
      rooms,
    )) {
      await this.#answer(challengeUrl, answer);
    }
    this.#isAnsweringByItself = false;
    if (!run.signal.aborted && !this.#isDecided()) this.#show();
  }

  #isDecided(): boolean {
    const lost = this.#authorizations.find(isLost);
    const strange = this.#authorizations.find((each) => this.#isStrange(each));
    const rooms = this.#rooms();
    const [refused] = this.#authorizations.flatMap((each) => refusalOf(each, rooms) ?? []);
    if (lost) {
      this.#decided.reject(this.#approvals.refusalOf(lost) ?? rejectionOf(lost, this.#failures));
    } else if (strange) {
      const { url } = strange;
      this.#decided.reject(new AcmeProtocolError('not-ordered', 'choosing a challenge', { url }));
    } else if (refused) {
      this.#decided.reject(refused);
    } else if (this.#authorizations.every(({ status }) => status === 'valid')) {
      this.#decided.resolve(undefined);
    } else {
      return false;
    }
    return true;
  }

  /**
   * RFC 8555 §7.1.3: a CA may add authorizations, and an answer to one proves who the person is, nothing else. But a
   * record is published only for a domain, and in the reach, that was ordered.
   */
  #isStrange(authorization: Authorization): boolean {
    const { status, challenges } = authorization;
    const isPublished = challenges.some(({ type }) => challengeType(type)?.kind === 'record');
    if (status !== 'pending' || !isPublished) return false;
    return !isOrdered(authorization, this.#options.run.record.plan.identifiers);
  }

  async #fetch(): Promise<readonly Authorization[]> {
    const { run, order, rooms } = this.#options;
    const found = new Map<string, Authorization>();
    const fetchOne = async (url: string, signal: AbortSignal): Promise<void> => {
      found.set(url, await rooms.client.authorizations.fetch(url, signal));
    };
    await inParallel(order.authorizations, fetchOne, { limit: mostAtOnce, signal: run.signal });
    const all = order.authorizations.flatMap((url) => found.get(url) ?? []);
    await this.#approvals.learn(all);
    return all;
  }

  #open(challengeUrl: string): Asked {
    for (const authorization of this.#authorizations) {
      const challenge = authorization.challenges.find(({ url }) => url === challengeUrl);
      const open = authorization.status === 'pending' && challenge?.status === 'pending';
      if (!open || this.#answering !== undefined) continue;
      const asked = { authorization, challenge };
      if (showChallenge(asked, this.#rooms()).kind === 'unsupported') throw notAnAnswer();
      return asked;
    }
    throw notAnAnswer();
  }

  #refresh(): void {
    const { run } = this.#options;
    const isWaiting = this.#authorizations.some(({ status }) => status === 'pending');
    if (isWaiting && !run.signal.aborted) this.#show();
  }

  #rooms(): ProofRooms {
    const { rooms } = this.#options;
    const { answer, challengeUrl } = this.#answering ?? {};
    if (answer?.by !== 'passkey' || challengeUrl === undefined) return rooms;
    return { ...rooms, underWay: { challengeUrl, way: answer.way } };
  }

  #views(): readonly AuthorizationView[] {
    const rooms = this.#rooms();
    return this.#authorizations.map((each) => {
      const approval = this.#approvals.progressOf(each);
      return { ...viewAuthorization(each, this.#failures, rooms), ...(approval && { approval }) };
    });
  }

  #show(): void {
    const { expires } = this;
    this.#options.run.doing({
      doing: 'proving',
      authorizations: this.#views(),
      sending: this.#answering !== undefined || this.#isAnsweringByItself || this.#isJudgingEarlier,
      ...(expires && { expiresAt: expires.toISOString() }),
    });
  }
}

const nothing = (): void => undefined;

/** Nothing was done, and whoever asked is told so. */
const isRefusal = (error: unknown): boolean =>
  error instanceof EnrollmentError && error.failure.code === 'invalid-request';

/** How many authorizations are fetched at the same time. */
const mostAtOnce = 6;
