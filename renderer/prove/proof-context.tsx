import type { Identifier } from '../../shared/failure.ts';
import type { Proving } from '../navigation.ts';
import { Facts } from '../ui/facts.tsx';
import { useWords } from '../words.ts';

interface ProofContextProps {
  readonly id?: string | undefined;
  readonly enrollment: Proving;
  readonly identifier: Identifier;
}

/** Who asks for the proof, and what for. */
export function ProofContext({ id, enrollment, identifier }: ProofContextProps) {
  const { say, text } = useWords();
  return (
    <div className="proof-context" id={id}>
      <Facts
        facts={[
          [say('prove.context.host'), enrollment.caHost],
          [say('prove.context.account'), identifier.value],
          [say('prove.context.purpose'), text(enrollment.name)],
        ]}
      />
    </div>
  );
}
