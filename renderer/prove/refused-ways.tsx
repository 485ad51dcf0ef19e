import type { ChallengeFault, Failure } from '../../shared/failure.ts';
import { FailureMessage } from '../failure/failure-message.tsx';
import { Disclosure } from '../ui/disclosure.tsx';
import { Facts, type Fact } from '../ui/facts.tsx';
import { useWords, type Words } from '../words.ts';
import type { ProofSubject } from './proof-subject.ts';
import type { RefusedChallenge } from './ways.ts';

/** There is no way at all: what this version cannot do, or does not do here, and why. */
export function NoWay({
  refused,
  subject,
}: {
  readonly refused: readonly RefusedChallenge[];
  readonly subject: ProofSubject;
}) {
  const words = useWords();
  return (
    <FailureMessage
      failure={failureOf(refused)}
      facts={refused.length < 2 && refused[0]?.because !== undefined ? [] : reasons(refused, words)}
      helpdesk={subject.helpdesk}
      organizationId={subject.organizationId}
    />
  );
}

/** Beside ways that there are: one press away, so that nobody wonders where another has gone. */
export function RefusedWays({ refused }: { readonly refused: readonly RefusedChallenge[] }) {
  const words = useWords();
  if (refused.length === 0) return null;
  return (
    <Disclosure label={words.say('prove.way.refused', { count: refused.length })}>
      <Facts facts={reasons(refused, words)} />
    </Disclosure>
  );
}

/** Nobody is told to look for a newer version when no version would do it. */
function failureOf(refused: readonly RefusedChallenge[]): Failure {
  const [first] = refused;
  return first?.because !== undefined && refused.every(({ because }) => because !== undefined)
    ? { code: 'unsafe-challenge', reason: first.because, type: first.type }
    : { code: 'unsupported-challenge', types: refused.map(({ type }) => type) };
}

/** Each type with the reason in plain words. */
function reasons(refused: readonly RefusedChallenge[], { say }: Words): readonly Fact[] {
  const why = (because: ChallengeFault | undefined): string =>
    because === undefined
      ? say('prove.way.unknown')
      : say(`failure.unsafe-challenge.${because}.why`);
  return refused.map(({ type, because }) => [type, why(because)] as const);
}
