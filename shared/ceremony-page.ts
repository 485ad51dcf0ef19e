/** What the wallet's own page for passkeys is told, in a window of its own (electron/ceremony-window.ts). */
export interface CeremonyPageTask {
  readonly kind: 'assert' | 'register';
  /** WebAuthn's options as JSON; to be given back to WebAuthn and looked at by nobody else. */
  readonly publicKey: unknown;
  /** Handed over with the answer. */
  readonly state: string;
  /** BCP 47. */
  readonly language: string;
  readonly words: CeremonyWords;
}

export interface CeremonyWords {
  readonly title: string;
  readonly heading: string;
  readonly waiting: string;
  readonly again: string;
  readonly begin: string;
  readonly cancel: string;
}

/** All that a page in that window can say: `window.ceremony`. The page of a CA may use it as well. */
export interface CeremonyApi {
  request(): Promise<CeremonyPageTask>;
  /** `{state, credential}`, once; or `{state, error}`. */
  deliver(answer: unknown): Promise<void>;
  /** `error`: the name of what WebAuthn answered. */
  fail(error: unknown): Promise<void>;
}

export const ceremonyChannels = {
  request: 'ceremony:request',
  deliver: 'ceremony:deliver',
  fail: 'ceremony:fail',
} as const satisfies Record<keyof CeremonyApi, string>;
