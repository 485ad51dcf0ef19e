import { useWords } from '../words.ts';

/** What the person keys into whatever makes the code: large, and character by character as it came. */
export function DisplayedText({ text }: { readonly text: string }) {
  const { say } = useWords();
  return (
    <div className="displayed">
      <p className="quiet small">{say('prove.display')}</p>
      <p className="displayed-text">
        <bdi>{text}</bdi>
      </p>
    </div>
  );
}
