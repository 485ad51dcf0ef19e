import type { CaaView, EnrollmentState, EnrollmentStep } from '../../shared/enrollment-state.ts';
import type { Failure } from '../../shared/failure.ts';
import type { ActivityEntry, InstallResult } from '../../shared/models/credential.ts';
import type { EnrollmentRecord, JournalState } from '../wallet/enrollment-journal.ts';
import type { UseContext } from '../credentials/key-use.ts';
import type { Wallet } from '../wallet/wallet.ts';
import type { AccountOf } from './account.ts';
import type { Proving } from './proving.ts';
import { stateOf, type Activity } from './enrollment-state.ts';
import { begin, complete, fail, suspend } from './timeline.ts';

export interface RunOptions {
  readonly record: EnrollmentRecord;
  readonly wallet: Wallet;
  readonly now: () => Date;
  readonly changed: (state: EnrollmentState) => void;
  /** It goes on by itself, and nobody asked for that. */
  readonly isUnattended?: boolean;
}

type Facts = Partial<Omit<EnrollmentRecord, 'id' | 'state' | 'plan' | 'startedAt'>>;

/** One enrolment that is being worked on: its journal entry, what is done with it now, and how to stop it. */
export class Run {
  readonly #options: RunOptions;
  readonly #abort = new AbortController();
  /** Present while the person can answer challenges. */
  proving: Pick<Proving, 'answer' | 'stop' | 'remind' | 'message'> | undefined;
  /** Known from the preflight on. */
  caa: CaaView | undefined;
  /** Questions that nobody expects are not asked. */
  isUnattended: boolean;
  #record: EnrollmentRecord;
  #activity: Activity = { doing: 'nothing' };

  constructor(options: RunOptions) {
    this.#options = options;
    this.#record = options.record;
    this.isUnattended = options.isUnattended ?? false;
  }

  get record(): EnrollmentRecord {
    return this.#record;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** As what it uses tokens; logins are those of the credential that it is for. */
  get context(): UseContext {
    const { signal, isUnattended } = this;
    return { purpose: this.#record.credentialId, signal, isUnattended };
  }

  /** What it orders as. */
  get account(): AccountOf {
    const { organizationId, directoryUrl } = this.#record.plan;
    return { organizationId, directoryUrl, context: { ...this.context, signal: this.signal } };
  }

  get state(): EnrollmentState {
    const state = stateOf(this.#record, this.#activity);
    return this.caa === undefined ? state : { ...state, caa: this.caa };
  }

  get activeStep(): EnrollmentStep | undefined {
    return this.#record.timeline.find(({ status }) => status === 'active')?.step;
  }

  /** Stops the work; what it still finds out is dropped. */
  abort(reason: Error): void {
    this.#abort.abort(reason);
  }

  /** Does one named step of the timeline. */
  async step<T>(step: EnrollmentStep, work: () => Promise<T>): Promise<T> {
    this.signal.throwIfAborted();
    this.#record = { ...this.#record, timeline: begin(this.#record.timeline, step, this.#time()) };
    this.doing({ doing: 'step', step });
    const value = await work();
    this.signal.throwIfAborted();
    const timeline = complete(this.#record.timeline, step, this.#time());
    this.#record = { ...this.#record, timeline };
    return value;
  }

  /** Shows what is being done. */
  doing(activity: Activity): void {
    this.signal.throwIfAborted();
    this.#show(activity);
  }

  /** Puts facts on the disk before the deed that they announce; with `events`, all or nothing. */
  journal(state: JournalState, facts: Facts = {}, ...events: ActivityEntry['event'][]): void {
    this.signal.throwIfAborted();
    this.#write({ ...this.#record, ...facts, state }, events);
  }

  /** The CA has judged the answer that was sent. */
  journalJudgement(...events: ActivityEntry['event'][]): void {
    this.signal.throwIfAborted();
    const record = { ...this.#record };
    delete record.answerSent;
    this.#write(record, events);
  }

  /** What targets answered; kept also when nobody waits for it any more. */
  journalResults(results: readonly InstallResult[]): void {
    this.#write({ ...this.#record, results }, []);
    this.#show(this.#activity);
  }

  /** The end: nothing can be changed afterwards. */
  end(
    state: 'done' | 'failed' | 'cancelled',
    facts: Pick<Facts, 'failure' | 'results'> = {},
  ): void {
    const at = this.#time();
    const active = this.activeStep;
    const timeline =
      state === 'failed' && active
        ? fail(this.#record.timeline, active, at)
        : suspend(this.#record.timeline);
    const events = state === 'done' ? [] : [`enrollment-${state}` as const];
    this.#write({ ...this.#record, ...facts, state, timeline }, events);
    this.#show({ doing: 'nothing' });
  }

  /** Nothing is done for now; the journal knows how to go on. */
  interrupt(failure?: Failure): void {
    const at = this.activeStep;
    this.#record = { ...this.#record, timeline: suspend(this.#record.timeline) };
    this.#show({ doing: 'nothing', ...(at && { at }), ...(failure && { failure }) });
  }

  #write(record: EnrollmentRecord, events: readonly ActivityEntry['event'][]): void {
    const { wallet } = this.#options;
    const { organizationId, directoryUrl } = record.plan;
    const detail = new URL(directoryUrl).host;
    wallet.transaction(() => {
      wallet.enrollments.write(record);
      for (const event of events) {
        wallet.activity.append({
          event,
          organizationId,
          credentialId: record.credentialId,
          detail,
        });
      }
    });
    this.#record = record;
  }

  #show(activity: Activity): void {
    this.#activity = activity;
    this.#options.changed(this.state);
  }

  #time(): string {
    return this.#options.now().toISOString();
  }
}
