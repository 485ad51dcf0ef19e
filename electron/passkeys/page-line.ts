import type { CeremonyPageTask } from '../../shared/ceremony-page.ts';
import type { Visit } from './visit.ts';

export interface PageLineOptions {
  readonly visit: Visit;
  /** What the wallet's own page is told; undefined for a page of the CA, which has it in its fragment. */
  readonly task: CeremonyPageTask | undefined;
}

/** A page of that window has nothing to say, or nothing any more. */
export class PageLineError extends Error {
  readonly code = 'page-line';
  override readonly name = 'PageLineError';
}

/** What the page of one ceremony says, until it has handed over one thing. */
export class PageLine {
  /** What was handed over, not looked at yet. */
  readonly handedOver: Promise<unknown>;
  readonly #options: PageLineOptions;
  #take: (answer: unknown) => void = () => undefined;
  #isOver = false;

  constructor(options: PageLineOptions) {
    this.#options = options;
    this.handedOver = new Promise((resolve) => {
      this.#take = resolve;
    });
  }

  request(): CeremonyPageTask {
    const { task } = this.#options;
    if (this.#isOver || task === undefined) throw new PageLineError('there is nothing to do here');
    return task;
  }

  deliver(answer: unknown): void {
    if (this.#isOver) throw new PageLineError('something was handed over already');
    this.#isOver = true;
    this.#take(answer);
  }

  /** A page may say the name of an error alone: who speaks is known without a state. */
  fail(error: unknown): void {
    const { state } = this.#options.visit.task;
    this.deliver(typeof error === 'string' ? { state, error } : error);
  }
}
