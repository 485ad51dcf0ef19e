import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** vitest.config.ts */
    readonly sampled: boolean;
  }
}

/** Of so many made-up inputs that a test has for its parser: a tenth where tests are sampled, else all. */
export const madeUp = (count: number): number =>
  inject('sampled') ? Math.ceil(count / 10) : count;

/** Of the rows of a table, where tests are sampled: the first and every `step`th after it; else all. */
export const everyNth = <Row>(step: number, rows: readonly Row[]): readonly Row[] =>
  inject('sampled') ? rows.filter((_row, index) => index % step === 0) : rows;
