import { Icon } from '../ui/icon.tsx';
import { useWords } from '../words.ts';
import { challengeIcon, challengeName, challengeRest } from './challenge-name.ts';
import type { PossibleChallenge } from './ways.ts';

interface OtherWaysProps {
  /** The strongest first. */
  readonly others: readonly PossibleChallenge[];
  readonly onChoose: (challengeId: string) => void;
}

export function OtherWays({ others, onChoose }: OtherWaysProps) {
  const words = useWords();
  return (
    <ul className="other-ways" aria-label={words.say('prove.way.others')}>
      {others.map((challenge) => (
        <li key={challenge.challengeId}>
          <button
            type="button"
            className="choice other-way"
            onClick={() => onChoose(challenge.challengeId)}
          >
            <Icon name={challengeIcon(challenge)} size={24} />
            <span>
              <span className="choice-name">{challengeName(challenge, words)}</span>
              <span className="choice-rest">{challengeRest(challenge, words)}</span>
            </span>
            <Icon name="chevron" />
          </button>
        </li>
      ))}
    </ul>
  );
}
