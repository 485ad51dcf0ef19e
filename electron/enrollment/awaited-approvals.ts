import type { ApprovalProgress } from '../../shared/models/approval.ts';
import { displayable } from '../../shared/models/text.ts';
import type { ApprovalResource } from '../acme/approval-resource.ts';
import type { Authorization } from '../acme/authorization.ts';
import type { AcmeClient } from '../acme/client.ts';
import type { Clock } from '../acme/clock.ts';
import { AcmeProblem } from '../acme/problem.ts';
import { pollPause } from '../acme/retry-after.ts';
import { HttpError } from '../http/http-client.ts';
import { approvalProgress, notApproved } from './approval-progress.ts';
import { notAnAnswer } from './challenges/challenge-type.ts';
import type { EnrollmentError } from './enrollment-error.ts';
import type { Run } from './run.ts';

/** Nobody who orders can prove it: others decide (docs/approvals.md §3). */
export const isAwaited = (authorization: Authorization): authorization is Awaited =>
  authorization.approval !== undefined && authorization.challenges.length === 0;

type Awaited = Authorization & { readonly approval: string };

export interface AwaitedApprovalsOptions {
  readonly client: Pick<AcmeClient, 'approvals' | 'authorizations'>;
  readonly clock: Clock;
  readonly run: Pick<Run, 'record' | 'journal' | 'signal'>;
}

/** Milliseconds between two looks where the CA does not say when to come back. */
const interval = 30_000;

/** The requests that an order waits for: what is known of each, and how they are looked at again. */
export class AwaitedApprovals {
  readonly #options: AwaitedApprovalsOptions;
  readonly #known = new Map<string, ApprovalResource>();

  constructor(options: AwaitedApprovalsOptions) {
    this.#options = options;
  }

  /** Finds out how those stand that an order has, valid ones as well. */
  async learn(authorizations: readonly Authorization[]): Promise<void> {
    for (const { approval } of authorizations.filter(isAwaited)) await this.#learn(approval);
  }

  progressOf(authorization: Authorization): ApprovalProgress | undefined {
    if (!isAwaited(authorization)) return undefined;
    const { approval: url } = authorization;
    const known = this.#known.get(url);
    const { directoryUrl } = this.#options.run.record.plan;
    return known && approvalProgress(known, { url, directoryUrl });
  }

  /** Why others did not approve; undefined where it is not known that they did not. */
  refusalOf(authorization: Authorization): EnrollmentError | undefined {
    if (!isAwaited(authorization)) return undefined;
    return notApproved(this.#known.get(authorization.approval), authorization.status);
  }

  /**
   * Looks again and again until nothing is pending. A network or a server that is away for a while ends no wait of days: the
   * order ends it.
   */
  async follow(
    waiting: () => readonly Authorization[],
    changed: (authorization: Authorization) => void,
    over: AbortSignal,
  ): Promise<void> {
    const { clock, client } = this.#options;
    let pause: number | undefined;
    for (;;) {
      const pending = waiting().filter(isAwaited).filter(isPending);
      if (pending.length === 0) return;
      await clock.sleep(pause ?? firstPause(pending, clock.now()), over);
      pause = interval;
      for (const { url, approval } of pending) {
        try {
          const latest = await client.authorizations.fetch(url, over);
          const { retryAfter } = latest;
          if (retryAfter !== undefined) pause = pollPause(retryAfter, clock.now());
          await this.#learn(approval);
          changed(latest);
        } catch (error) {
          over.throwIfAborted();
          if (!passesBy(error)) throw error;
        }
      }
    }
  }

  /** So that a later start goes on with waiting, which needs nobody. */
  journal(authorizations: readonly Authorization[]): void {
    const { run } = this.#options;
    const { state, approvalUrl } = run.record;
    const [first] = authorizations.filter(isAwaited);
    if (first === undefined || approvalUrl === first.approval || state !== 'needs-proof') return;
    run.journal('needs-proof', { approvalUrl: first.approval });
  }

  async remind(authorizations: readonly Authorization[]): Promise<void> {
    const { client, run } = this.#options;
    const url = pendingRequest(authorizations);
    this.#known.set(url, await client.approvals.remind(url, run.signal));
  }

  /** A text that would steer how it is read is refused. */
  async message(authorizations: readonly Authorization[], text: string): Promise<void> {
    if (displayable(text) !== text) throw notAnAnswer();
    const { client, run } = this.#options;
    const url = pendingRequest(authorizations);
    this.#known.set(url, await client.approvals.message(url, text, run.signal));
  }

  async #learn(url: string): Promise<void> {
    const { client, run } = this.#options;
    this.#known.set(url, await client.approvals.fetch(url, run.signal));
  }
}

function pendingRequest(authorizations: readonly Authorization[]): string {
  const [awaited] = authorizations.filter(isAwaited).filter(isPending);
  if (awaited === undefined) throw notAnAnswer();
  return awaited.approval;
}

const isPending = ({ status }: Authorization): boolean => status === 'pending';

function passesBy(error: unknown): boolean {
  if (error instanceof HttpError) return true;
  return error instanceof AcmeProblem && (error.status >= 500 || error.status === 429);
}

/** What the CA said when the order was read for the first time. */
function firstPause(pending: readonly Authorization[], now: Date): number {
  const said = pending.flatMap(({ retryAfter }) => retryAfter ?? []);
  return said.length === 0 ? interval : Math.min(...said.map((each) => pollPause(each, now)));
}
