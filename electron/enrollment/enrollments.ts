import type { EnrollmentState } from '../../shared/enrollment-state.ts';
import type { ChallengeAnswer } from '../../shared/ipc-requests.ts';
import { Candidates } from '../credentials/candidates.ts';
import type { CredentialRecord } from '../wallet/credential-store.ts';
import type { EnrollmentRecord } from '../wallet/enrollment-journal.ts';
import type { OrganizationRecord } from '../wallet/organization-store.ts';
import { concernsTokens } from './choose-key.ts';
import { enroll } from './enroll.ts';
import { EnrollmentError } from './enrollment-error.ts';
import { isEnded } from './enrollment-state.ts';
import { leave } from './leave.ts';
import { moveAccountKey, type AccountKeyMove } from './move-account-key.ts';
import { offerOf, planEnrollment, type StartRequest } from './plan.ts';
import type { Rooms } from './rooms.ts';
import { Run } from './run.ts';
import { CancelledError, ClosedError } from './stop-reason.ts';
import { keyPlaces } from './token-check.ts';
import { untouched } from './timeline.ts';
import { throwAway } from './throw-away.ts';
import { sweepKey } from './withdraw.ts';

export interface ChallengeOf {
  readonly enrollmentId: string;
  /** The challenge URL. */
  readonly challengeId: string;
}

export interface AnswerRequest extends ChallengeOf {
  readonly answer: ChallengeAnswer;
}

export interface EnrollmentsOptions extends Omit<Rooms, 'closing' | 'candidates'> {
  /** What this computer is called, for offers that name devices. */
  readonly deviceName: string;
}

interface Entry {
  readonly run: Run;
  /** Settled once nothing works on the enrolment any more. */
  readonly finished: Promise<void>;
}

/** All enrolments of this wallet: running, waiting, interrupted and ended. Rejections are errors that `toFailure` knows. */
export class Enrollments {
  readonly #rooms: Rooms;
  readonly #deviceName: string;
  readonly #entries = new Map<string, Entry>();
  readonly #listeners = new Set<(state: EnrollmentState) => void>();
  readonly #closing = new AbortController();
  /** By what is done: the organisation whose account gets another key, or is forgotten. */
  readonly #moves = new Map<Promise<void>, string>();

  /** Reads the journal: what was running when the wallet stopped is interrupted now. Throws `WalletError`. */
  constructor({ deviceName, ...rooms }: EnrollmentsOptions) {
    const candidates = new Candidates(rooms);
    this.#rooms = { ...rooms, candidates, closing: this.#closing.signal };
    this.#deviceName = deviceName;
    for (const record of rooms.wallet.enrollments.list()) {
      if (record.plan.once === true) {
        // What was for one use is over with the process that used it.
        const { organizationId } = record.plan;
        this.#moving(organizationId, throwAway(record, this.#rooms)).catch((error: unknown) => {
          rooms.report('throwing a credential away', error);
        });
        continue;
      }
      this.#entries.set(record.id, { run: this.#runOf(record), finished: this.#sweep(record) });
    }
  }

  /** Resolves when the enrolment is in the journal; the rest is reported to the listeners. */
  async start(request: StartRequest): Promise<{ readonly enrollmentId: string }> {
    const { organizations, tokens, keys, wallet } = this.#rooms;
    const organization = organizations.find(request.organizationId);
    if (organization === undefined) throw notFound('finding the organisation');
    // Modules are foreign code: they are not started for who has no use for them.
    const { key } = offerOf(organization, request.offerId);
    if (concernsTokens(key, request, keys.osTypes)) await tokens.watch();
    const record = this.#newRecord(organization, request);
    wallet.enrollments.write(record);
    this.#go(this.#runOf(record));
    return { enrollmentId: record.id };
  }

  /** One call is at most one attempt at the CA. Resolves when the CA has judged, whatever it said. */
  async answer({ enrollmentId, challengeId, answer }: AnswerRequest): Promise<void> {
    const proving = this.#proving(enrollmentId);
    this.#entry(enrollmentId).run.isUnattended = false;
    await proving.answer(challengeId, answer);
  }

  /** Has the CA remind those who have not decided about an order. */
  async remind(enrollmentId: string): Promise<void> {
    await this.#proving(enrollmentId).remind();
  }

  /** Says something to those who decide about an order. */
  async message(enrollmentId: string, text: string): Promise<void> {
    await this.#proving(enrollmentId).message(text);
  }

  /** Ends what an answer waits for, before anything went to the CA. Resolves when nothing is under way any more. */
  async stopAnswering({ enrollmentId, challengeId }: ChallengeOf): Promise<void> {
    await this.#proving(enrollmentId).stop(challengeId);
  }

  /** Forgets an organisation; rejects while anything of it is under way, for that needs the account. */
  async leave(organizationId: string): Promise<void> {
    const records = [...this.#entries.values()].map(({ run }) => run.record);
    const isUsed = records.some(
      (each) => each.plan.organizationId === organizationId && !isEnded(each),
    );
    if (isUsed || [...this.#moves.values()].includes(organizationId)) {
      throw new EnrollmentError({ code: 'invalid-request' }, 'leaving an organisation');
    }
    await this.#moving(organizationId, leave(organizationId, this.#rooms));
  }

  /**
   * Gives an organisation's account a key elsewhere. Throws while anything of it is being worked on, which would go on
   * with the key that it knows.
   */
  async moveAccountKey(move: AccountKeyMove): Promise<void> {
    const { organizationId } = move;
    const runs = [...this.#entries.values()].map(({ run }) => run);
    const isActive = runs.some(
      ({ record, state }) =>
        record.plan.organizationId === organizationId &&
        !isEnded(record) &&
        state.step !== 'interrupted',
    );
    if (isActive) throw new EnrollmentError({ code: 'invalid-request' }, 'moving an account key');
    await this.#moving(organizationId, moveAccountKey(move, this.#rooms));
  }

  /** Resolves when everything that can be taken back is taken back; what was issued stays. */
  async cancel(enrollmentId: string): Promise<void> {
    const { run, finished } = this.#entry(enrollmentId);
    if (isEnded(run.record)) return;
    run.abort(new CancelledError());
    await finished;
    // Nobody worked on it: the end of a run is its business, so one is made for it.
    if (!isEnded(run.record)) await this.#stopped(run.record, new CancelledError());
  }

  /** Resolves when the enrolment is being worked on again. */
  resume(enrollmentId: string): Promise<void> {
    return new Promise((resolve) => {
      const { run } = this.#entry(enrollmentId);
      if (run.state.step === 'interrupted') this.#go(this.#runOf(run.record));
      resolve();
    });
  }

  /**
   * Goes on with every interrupted enrolment that needs nobody; for start-up and for a network that came back.
   * Those that wait for a code are left until somebody is there to type it, unless one is with the CA already; those
   * that come to need a PIN stop there, until the person goes on with them.
   */
  resumeAll(): void {
    for (const { run } of [...this.#entries.values()]) {
      if (run.state.step === 'interrupted' && !waitsForSomebody(run.record))
        this.#go(this.#runOf(run.record, true));
    }
  }

  /** Takes an ended enrolment off the list. */
  async dismiss(enrollmentId: string): Promise<void> {
    const { run, finished } = this.#entry(enrollmentId);
    if (!isEnded(run.record)) {
      throw new EnrollmentError({ code: 'invalid-request' }, 'dismissing an enrolment');
    }
    await finished;
    await sweepKey(run.record, this.#rooms);
    this.#rooms.wallet.enrollments.remove(enrollmentId);
    this.#entries.delete(enrollmentId);
  }

  /** Throws what was for one use away, wherever it stands: key, certificate and record. Activity remembers. */
  async discard(enrollmentId: string): Promise<void> {
    const { run } = this.#entry(enrollmentId);
    if (run.record.plan.once !== true) {
      throw new EnrollmentError({ code: 'invalid-request' }, 'throwing a credential away');
    }
    await this.cancel(enrollmentId);
    this.#entries.delete(enrollmentId);
    await throwAway(run.record, this.#rooms);
  }

  /** Oldest first. */
  states(): readonly EnrollmentState[] {
    return [...this.#entries.values()].map(({ run }) => run.state);
  }

  subscribe(listener: (state: EnrollmentState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Stops every run where it stands; the journal knows how to go on. */
  async close(): Promise<void> {
    this.#listeners.clear();
    const entries = [...this.#entries.values()];
    this.#closing.abort(new ClosedError());
    for (const { run } of entries) run.abort(new ClosedError());
    await Promise.all(entries.map(({ finished }) => finished));
    await Promise.allSettled(this.#moves.keys());
  }

  #newRecord(organization: OrganizationRecord, request: StartRequest): EnrollmentRecord {
    const { installer, clock, randomUuid } = this.#rooms;
    const places = keyPlaces(this.#rooms);
    const renewed = this.#renewed(request);
    const surroundings = {
      ...{ deviceName: this.#deviceName, targets: installer.targetIds, places, renewed },
    };
    return {
      id: randomUuid(),
      state: 'needs-key',
      startedAt: clock.now().toISOString(),
      plan: planEnrollment(organization, request, surroundings),
      timeline: untouched,
      keyId: randomUuid(),
      credentialId: randomUuid(),
    };
  }

  #renewed({ organizationId, offerId, renews }: StartRequest): CredentialRecord | undefined {
    if (renews === undefined) return undefined;
    const record = this.#rooms.wallet.credentials.find(renews);
    const isSame = record?.organizationId === organizationId && record.offerId === offerId;
    if (!isSame) throw notFound('finding the credential that is renewed');
    return record;
  }

  #go(run: Run): void {
    this.#entries.set(run.record.id, { run, finished: enroll(run, this.#rooms) });
  }

  async #stopped(record: EnrollmentRecord, reason: Error): Promise<void> {
    const run = this.#runOf(record);
    run.abort(reason);
    this.#go(run);
    await this.#entry(record.id).finished;
  }

  async #moving(organizationId: string, moving: Promise<void>): Promise<void> {
    this.#moves.set(moving, organizationId);
    try {
      await moving;
    } finally {
      this.#moves.delete(moving);
    }
  }

  #runOf(record: EnrollmentRecord, isUnattended = false): Run {
    const { wallet, clock } = this.#rooms;
    return new Run({
      ...{ record, wallet, isUnattended },
      now: () => clock.now(),
      changed: (state) => this.#tell(state),
    });
  }

  #tell(state: EnrollmentState): void {
    for (const listener of this.#listeners) {
      try {
        listener(state);
      } catch (error) {
        // Whoever listens cannot stop an enrolment.
        this.#rooms.report('telling of an enrolment', error);
      }
    }
  }

  #proving(enrollmentId: string): NonNullable<Run['proving']> {
    const { proving } = this.#entry(enrollmentId).run;
    if (proving !== undefined) return proving;
    throw new EnrollmentError({ code: 'invalid-request' }, 'answering a challenge');
  }

  #entry(enrollmentId: string): Entry {
    const entry = this.#entries.get(enrollmentId);
    if (entry === undefined) throw notFound('finding the enrolment');
    return entry;
  }

  /** The wallet may have stopped between the end of an enrolment and the removal of its key. */
  async #sweep(record: EnrollmentRecord): Promise<void> {
    try {
      await sweepKey(record, this.#rooms);
    } catch (error) {
      this.#rooms.report('removing an unused key', error);
    }
  }
}

/** A service proves by itself who it is, if it can at all. */
const waitsForSomebody = ({ state, answerSent, approvalUrl, plan }: EnrollmentRecord): boolean =>
  state === 'needs-proof' &&
  answerSent === undefined &&
  // Others decide, and what they did is seen without asking anybody here.
  approvalUrl === undefined &&
  plan.purpose !== 'service';

function notFound(doing: string): EnrollmentError {
  return new EnrollmentError({ code: 'not-found' }, doing);
}
