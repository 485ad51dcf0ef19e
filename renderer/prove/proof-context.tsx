import { Facts } from '../ui/facts.tsx';
import { useWords } from '../words.ts';
import type { ProofSubject } from './proof-subject.ts';

interface ProofContextProps {
  readonly id?: string | undefined;
  readonly subject: Pick<ProofSubject, 'caHost' | 'identifier' | 'what'>;
}

/** Who asks for the proof, and what for. */
export function ProofContext({ id, subject }: ProofContextProps) {
  const { say } = useWords();
  return (
    <div className="proof-context" id={id}>
      <Facts
        facts={[
          [say('prove.context.host'), subject.caHost],
          [say('prove.context.account'), subject.identifier.value],
          [say('prove.context.purpose'), subject.what],
        ]}
      />
    </div>
  );
}
