import type { TokenView } from '../../shared/models/token.ts';
import { VerdictList } from '../ui/verdict-list.tsx';
import { useWords } from '../words.ts';
import { useVerdictWords } from './verdict-words.ts';

/** Why can't I use this token? What was found, with a cure for each; nothing where nothing is wrong. */
export function WhyNot({ token }: { readonly token: TokenView }) {
  const { say } = useWords();
  const words = useVerdictWords();
  const { findings } = token;
  if (findings.length === 0) return null;
  const fails = findings.some(({ status }) => status === 'fail');
  return (
    <section className={fails ? 'why-not why-not-fail' : 'why-not'}>
      <h3>{say(fails ? 'tokens.why' : 'tokens.why.notes')}</h3>
      <VerdictList
        words={words}
        verdicts={findings.map(({ found, status }) => ({
          id: found,
          status,
          text: say(`finding.${found}`),
          cure: say(`finding.${found}.cure`),
        }))}
      />
    </section>
  );
}
