import { ModuleError, TokenError } from '../pkcs11/token-error.ts';
import { nameOf, report } from '../report.ts';
import type { Output } from './output.ts';
import { failureSentence } from './sentences.ts';

/**
 * Says what went wrong beside what was asked, in a line, or as an event. What a module or a token did is known and needs
 * no more; where in the program the rest happened is said to people only.
 */
export function troubleIn(output: Output): typeof report {
  return (doing, error) => {
    if (error instanceof ModuleError || error instanceof TokenError) {
      const failure = error.toFailure();
      const whose = error instanceof ModuleError ? error.path : error.facts.module;
      const sentence = failureSentence(failure);
      output.progress({ event: 'trouble', doing, sentence, failure }, `${whose}: ${sentence}`);
    } else if (output.isJson) {
      const name = error === undefined ? {} : { error: nameOf(error) };
      output.progress({ event: 'trouble', doing, ...name }, doing);
    } else {
      report(doing, error);
    }
  };
}
