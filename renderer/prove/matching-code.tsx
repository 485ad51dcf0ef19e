import { useWords } from '../words.ts';

/** A matching code in groups of four, as both sides show it. */
const groupsOfFour = (code: string): readonly string[] =>
  code.replaceAll(/\s/g, '').match(/.{1,4}/g) ?? [];

/** What the CA's page has to show as well: so the person sees that it was opened by this wallet. */
export function MatchingCode({ code }: { readonly code: string }) {
  const { say } = useWords();
  return (
    <div className="displayed">
      <p className="quiet small">{say('prove.passkey.code')}</p>
      <p className="displayed-text displayed-groups" dir="ltr">
        {groupsOfFour(code).map((group, index) => (
          <span key={index}>{group} </span>
        ))}
      </p>
      <p className="quiet small">{say('prove.passkey.code.text')}</p>
    </div>
  );
}
