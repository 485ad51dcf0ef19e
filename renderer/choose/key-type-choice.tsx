import type { KeyType } from '../../shared/models/enrollment-profile.ts';
import { Choice } from '../ui/choice.tsx';
import { Disclosure } from '../ui/disclosure.tsx';
import { useWords } from '../words.ts';

interface KeyTypeChoiceProps {
  /** In the organisation's order of preference. */
  readonly types: readonly KeyType[];
  readonly chosen: KeyType | undefined;
  readonly onChoose: (type: KeyType) => void;
}

/** For those who care; the organisation's first choice is right for everybody else. */
export function KeyTypeChoice({ types, chosen, onChoose }: KeyTypeChoiceProps) {
  const { say } = useWords();
  const [preferred] = types;
  if (preferred === undefined || types.length < 2) return null;
  return (
    <Disclosure label={say('choose.keyType')}>
      <Choice
        legend={say('choose.keyType.text')}
        value={chosen ?? preferred}
        options={types.map((type) => ({
          value: type,
          name: type === preferred ? say('choose.keyType.preferred', { type }) : type,
        }))}
        onChoose={onChoose}
      />
    </Disclosure>
  );
}
