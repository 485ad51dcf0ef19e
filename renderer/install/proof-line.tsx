import type { Proof } from '../../shared/models/credential.ts';
import { failureWords } from '../failure/failure-words.ts';
import { Icon } from '../ui/icon.tsx';
import { useWords } from '../words.ts';
import './install.css';

/** In words: how and when it was shown that an installed credential works. */
export function ProofLine({ proof }: { readonly proof: Proof | undefined }) {
  const words = useWords();
  const { say, dateTime } = words;
  if (proof === undefined || proof.status === 'not-tried') {
    return (
      <p className="proof-line proof-open">
        <Icon name="info" size={18} />
        {say('proof.not-tried')}
      </p>
    );
  }
  if (proof.status === 'proven') {
    return (
      <p className="proof-line">
        <Icon name="check" size={18} />
        <span className="breakable">
          {say(`proof.${proof.method}`, { program: proof.by, time: dateTime(proof.at) })}
        </span>
      </p>
    );
  }
  const { why, what, said } = failureWords(proof.failure, words);
  return (
    <p className="proof-line proof-failed">
      <Icon name="warning" size={18} />
      <span className="breakable">
        {say('proof.failed', { time: dateTime(proof.at) })} {why ?? what} {said?.join(' ')}
      </span>
    </p>
  );
}
