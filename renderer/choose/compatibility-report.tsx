import type { TokenCompatibility } from '../../shared/models/token.ts';
import { useVerdictWords } from '../tokens/verdict-words.ts';
import { Disclosure } from '../ui/disclosure.tsx';
import { VerdictList } from '../ui/verdict-list.tsx';
import { useWords } from '../words.ts';
import { checkVerdict } from './check-words.ts';

interface CompatibilityReportProps {
  readonly report: TokenCompatibility;
  readonly name: string;
}

/** Whether a token can hold the key, and why: what stands in the way with its cure, and what fits behind a press. */
export function CompatibilityReport({ report, name }: CompatibilityReportProps) {
  const words = useWords();
  const { say } = words;
  const signs = useVerdictWords();
  const verdicts = report.checks.map((check) => checkVerdict(check, words));
  const passed = verdicts.filter(({ status }) => status === 'pass');
  const open = verdicts
    .filter(({ status }) => status !== 'pass')
    .toSorted((one, other) => Number(other.status === 'fail') - Number(one.status === 'fail'));
  const fails = report.verdict === 'does-not-fit';
  return (
    <section
      className={fails ? 'report report-fail' : 'report'}
      role={fails ? 'status' : undefined}
    >
      <h2>{say(fails ? 'check.title.fail' : 'check.title', { token: name })}</h2>
      {open.length > 0 && <VerdictList verdicts={open} words={signs} />}
      {passed.length > 0 && (
        <Disclosure label={say('check.passed', { count: passed.length })}>
          <VerdictList verdicts={passed} words={signs} />
        </Disclosure>
      )}
    </section>
  );
}
