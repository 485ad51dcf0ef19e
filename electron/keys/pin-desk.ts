import type { PinQuestion } from '../../shared/models/token.ts';
import { TokenError } from '../pkcs11/token-error.ts';
import type { TokenFault } from '../../shared/failure.ts';
import type { AskPin, PinAnswer, PinRequest } from './pin.ts';

export interface PinDeskOptions {
  readonly randomUuid: () => string;
}

export interface GivenPin {
  readonly questionId: string;
  /** Absent: the person is ready to type it on the reader. Zero-filled after use. */
  readonly pin?: Uint8Array | undefined;
  readonly acceptFinalTry: boolean;
}

/** An answer to a question that is not open, or that does not fit it. */
export class PinAnswerError extends Error {
  readonly code = 'pin-answer';
  readonly reason: 'not-open' | 'unfit';

  constructor(reason: PinAnswerError['reason']) {
    super(`answering a question for a PIN: ${reason}`);
    this.name = 'PinAnswerError';
    this.reason = reason;
  }
}

interface Question {
  readonly view: PinQuestion;
  readonly request: PinRequest;
  readonly settle: PromiseWithResolvers<PinAnswer>;
  isAnswered: boolean;
}

/** Where the person is asked for PINs: one question is open at a time, the others wait for their turn. No PIN stays here. */
export class PinDesk {
  readonly #randomUuid: () => string;
  readonly #questions: Question[] = [];
  readonly #listeners = new Set<() => void>();
  #isClosed = false;

  constructor({ randomUuid }: PinDeskOptions) {
    this.#randomUuid = randomUuid;
  }

  /** The open question, for the page. */
  get question(): PinQuestion | null {
    const [first] = this.#questions;
    if (first === undefined) return null;
    return { ...first.view, isWaiting: first.isAnswered };
  }

  /** Called after each change of `question`. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  readonly ask: AskPin = async (request, signal) => {
    signal?.throwIfAborted();
    if (this.#isClosed) throw refusal(request, 'pin-cancelled');
    const question = this.#open(request);
    const abort = (): void => this.#drop(question, signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    try {
      return await question.settle.promise;
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  };

  /** Takes the PIN over: it is zero-filled here when nobody wants it. Throws `PinAnswerError`. */
  answer({ questionId, pin, acceptFinalTry }: GivenPin): void {
    try {
      const question = this.#find(questionId);
      if (question.isAnswered) throw new PinAnswerError('not-open');
      if ((question.request.login === 'pin') !== (pin !== undefined)) {
        throw new PinAnswerError('unfit');
      }
      question.isAnswered = true;
      const tried = (): void => this.#close(question);
      const given = pin === undefined ? null : Uint8Array.from(pin);
      question.settle.resolve({ pin: given, acceptFinalTry, tried });
      this.#tell();
    } finally {
      pin?.fill(0);
    }
  }

  /** Throws `PinAnswerError` for a question that is not open; one that is being tried cannot be taken back. */
  decline(questionId: string): void {
    const question = this.#find(questionId);
    if (question.isAnswered) throw new PinAnswerError('not-open');
    this.#drop(question, refusal(question.request, 'pin-cancelled'));
  }

  /** Takes back the questions about tokens that are there no more. */
  dropUnless(isThere: (token: PinRequest['token']) => boolean): void {
    for (const question of [...this.#questions]) {
      if (question.isAnswered || isThere(question.request.token)) continue;
      this.#drop(question, refusal(question.request, 'removed'));
    }
  }

  /** Nobody is there to be asked any more. */
  close(): void {
    this.#isClosed = true;
    this.#listeners.clear();
    for (const question of [...this.#questions]) {
      this.#drop(question, refusal(question.request, 'pin-cancelled'));
    }
  }

  #open(request: PinRequest): Question {
    const { token, moduleName, reason, login, pin, pinLength } = request;
    const { organizationName, failure } = request;
    const question: Question = {
      view: {
        questionId: this.#randomUuid(),
        ...{ token, moduleName, reason, login, pin, pinLength, isWaiting: false },
        ...(organizationName && { organizationName }),
        ...(failure && { failure }),
      },
      request,
      settle: Promise.withResolvers(),
      isAnswered: false,
    };
    // Who was just told that the PIN was wrong is asked again before anybody else is asked anything.
    if (failure === undefined) this.#questions.push(question);
    else this.#questions.unshift(question);
    this.#tell();
    return question;
  }

  #find(questionId: string): Question {
    const [first] = this.#questions;
    if (first?.view.questionId === questionId) return first;
    throw new PinAnswerError('not-open');
  }

  #drop(question: Question, reason: unknown): void {
    question.settle.reject(reason);
    this.#close(question);
  }

  #close(question: Question): void {
    const at = this.#questions.indexOf(question);
    if (at < 0) return;
    this.#questions.splice(at, 1);
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

function refusal({ token, moduleName }: PinRequest, reason: TokenFault): TokenError {
  return new TokenError({ reason, module: moduleName, token: token.label }, 'asking for a PIN');
}
