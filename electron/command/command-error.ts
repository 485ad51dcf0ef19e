import type { Failure } from '../../shared/failure.ts';
import type { Outcome } from './exit-code.ts';

/** Ends the command with a sentence for the person. Never holds a secret. */
export class CommandError extends Error {
  readonly code = 'command';
  readonly outcome: Exclude<Outcome, 'done'>;
  readonly failure: Failure | undefined;

  constructor(
    outcome: CommandError['outcome'],
    sentence: string,
    options: ErrorOptions & { readonly failure?: Failure } = {},
  ) {
    super(sentence, options);
    this.name = 'CommandError';
    this.outcome = outcome;
    this.failure = options.failure;
  }
}
