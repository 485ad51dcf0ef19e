import type { PasskeyWay } from '../../shared/enrollment-state.ts';
import { ApprovalError } from './approval-error.ts';

interface Place {
  readonly organizationId: string;
  readonly approvalId: string;
}

interface Deciding extends Place {
  /** The passkey that is being used. */
  readonly way: { readonly challengeUrl: string; readonly way: PasskeyWay } | undefined;
}

interface Entry {
  readonly deciding: Deciding;
  readonly stop: AbortController;
  readonly over: Promise<void>;
}

/** Decisions that are being made: one at a time for each request, each of which can be stopped until it was sent. */
export class UnderWay {
  readonly #closing: AbortSignal;
  readonly #entries = new Map<string, Entry>();

  constructor(closing: AbortSignal) {
    this.#closing = closing;
  }

  wayOf(organizationId: string, approvalId: string): Deciding['way'] {
    return this.#entries.get(nameOf({ organizationId, approvalId }))?.deciding.way;
  }

  async during<T>(deciding: Deciding, work: (stopping: AbortSignal) => Promise<T>): Promise<T> {
    const name = nameOf(deciding);
    if (this.#entries.has(name)) {
      throw new ApprovalError({ code: 'invalid-request' }, 'deciding twice at once');
    }
    const stop = new AbortController();
    const { promise: over, resolve } = Promise.withResolvers<undefined>();
    this.#entries.set(name, { deciding, stop, over: over.then(() => undefined) });
    try {
      return await work(AbortSignal.any([stop.signal, this.#closing]));
    } finally {
      this.#entries.delete(name);
      resolve(undefined);
    }
  }

  /** Resolves when nothing is under way for that request any more. */
  async stop(organizationId: string, approvalId: string): Promise<void> {
    const entry = this.#entries.get(nameOf({ organizationId, approvalId }));
    entry?.stop.abort(new DOMException('the person stopped it', 'AbortError'));
    await entry?.over;
  }
}

const nameOf = ({ organizationId, approvalId }: Place): string =>
  JSON.stringify([organizationId, approvalId]);
