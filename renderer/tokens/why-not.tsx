import type { TokenView } from '../../shared/models/token.ts';
import { Disclosure } from '../ui/disclosure.tsx';
import { VerdictList } from '../ui/verdict-list.tsx';
import { useWords } from '../words.ts';
import { findingsOf } from './findings.ts';
import { useVerdictWords } from './verdict-words.ts';

/** Why can't I use this token? What was found, with a cure for each; or that nothing is wrong. */
export function WhyNot({ token }: { readonly token: TokenView }) {
  const { say } = useWords();
  const words = useVerdictWords();
  const findings = findingsOf(token);
  if (findings.length === 0) {
    if (token.failure !== undefined) return null;
    return (
      <Disclosure label={say('tokens.why')}>
        <p>{say('tokens.why.fine')}</p>
      </Disclosure>
    );
  }
  const fails = findings.some(({ status }) => status === 'fail');
  return (
    <section className={fails ? 'why-not why-not-fail' : 'why-not'}>
      <h3>{say(fails ? 'tokens.why' : 'tokens.why.notes')}</h3>
      <VerdictList
        words={words}
        verdicts={findings.map(({ id, status }) => ({
          id,
          status,
          text: say(`finding.${id}`),
          cure: say(`finding.${id}.cure`),
        }))}
      />
    </section>
  );
}
