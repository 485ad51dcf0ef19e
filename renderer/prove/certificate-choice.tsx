import { useState } from 'react';
import type { CertificateCandidate } from '../../shared/enrollment-state.ts';
import { useNow } from '../clock.ts';
import type { Place } from '../navigation.ts';
import { useWalletState } from '../wallet.ts';
import { Button } from '../ui/button.tsx';
import { Choice, type Option } from '../ui/choice.tsx';
import { Field } from '../ui/field.tsx';
import type { IconName } from '../ui/icon.tsx';
import { useWords, type Words } from '../words.ts';
import { candidateTexts, type CandidateText } from './candidate-text.ts';
import { hindranceText, matchingCandidates, worthFiltering } from './candidates.ts';

interface CertificateChoiceProps {
  readonly candidates: readonly CertificateCandidate[];
  readonly chosen: CertificateCandidate | undefined;
  readonly onChoose: (candidateId: string) => void;
  readonly go: (place: Place) => void;
}

/** Most people have one or two; what goes beyond that is one press away. */
const shownAtFirst = 4;

/** Certificates whose key can answer, the best first, and those of which it cannot now, with what to do. */
export function CertificateChoice({ candidates, chosen, onChoose, go }: CertificateChoiceProps) {
  const words = useWords();
  const { say } = words;
  const now = useNow(60_000);
  const { credentials } = useWalletState().wallet;
  const [wanted, want] = useState('');
  const [all, showAll] = useState(false);
  const matching = matchingCandidates(candidates, wanted);
  const shown = all ? matching : firstOf(matching, chosen);
  const texts = candidateTexts(candidates, { credentials, now }, words);
  const atTokens = shown.some(({ hindrance = 'token-absent' }) => hindrance !== 'token-absent');
  return (
    <div className="certificates">
      {candidates.length >= worthFiltering && (
        <div className="certificates-filter">
          <Field type="search" label={say('home.filter')} value={wanted} onText={want} />
          <p className="quiet small" role="status">
            {say('prove.certificate.found', { shown: matching.length, count: candidates.length })}
          </p>
        </div>
      )}
      <Choice
        legend={say('prove.certificate.question')}
        value={shown.find((candidate) => candidate === chosen)?.candidateId}
        options={shown.map((candidate) => optionOf(candidate, texts.get(candidate), words))}
        onChoose={onChoose}
      />
      {matching.length > shownAtFirst && (
        <div>
          <Button tone="link" onPress={() => showAll(!all)}>
            {all
              ? say('tokens.contents.fewer')
              : say('tokens.contents.all', { count: matching.length })}
          </Button>
        </div>
      )}
      {atTokens && (
        <div>
          <Button tone="link" onPress={() => go({ at: 'tokens' })}>
            {say('pin.openTokens')}
          </Button>
        </div>
      )}
    </div>
  );
}

/** What was chosen further down stays in sight. */
function firstOf(
  candidates: readonly CertificateCandidate[],
  chosen: CertificateCandidate | undefined,
): readonly CertificateCandidate[] {
  const first = candidates.slice(0, shownAtFirst);
  if (chosen === undefined || first.includes(chosen) || !candidates.includes(chosen)) return first;
  return [...first.slice(0, -1), chosen];
}

const icons = {
  software: 'laptop',
  os: 'laptop',
  token: 'card',
  tpm: 'chip',
} as const satisfies Record<CertificateCandidate['place'], IconName>;

function optionOf(
  candidate: CertificateCandidate,
  text: CandidateText | undefined,
  words: Words,
): Option<string> {
  const { candidateId, place } = candidate;
  const hindrance = hindranceText(candidate, words);
  return {
    value: candidateId,
    name: text?.name ?? candidateId,
    icon: icons[place],
    off: hindrance !== undefined,
    rest: (
      <>
        <p className="breakable">{text?.use}</p>
        <p className="breakable">{text?.origin}</p>
        {text?.apart !== undefined && <p className="certificate-apart">{text.apart}</p>}
        {hindrance !== undefined && <p className="certificate-hindrance">{hindrance}</p>}
      </>
    ),
  };
}
