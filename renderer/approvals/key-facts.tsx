import { Facts } from '../ui/facts.tsx';
import { isolated } from '../bidi.ts';
import { MarkNotes } from '../names/mark-notes.tsx';
import { nameMarks } from '../names/name-marks.ts';
import { useWords, type Words } from '../words.ts';
import type { OrderDocument } from './document-rows.tsx';
import { hexGroups } from './fingerprint.ts';

type ApprovedKey = OrderDocument['key'];

/** Which key is certified, and what its owner's wallet says of it. */
export function KeyFacts({ approvedKey }: { readonly approvedKey: ApprovedKey }) {
  const words = useWords();
  const { say } = words;
  const { spkiSha256, algorithm, token } = approvedKey;
  return (
    <div className="approval-key">
      <Facts
        facts={[
          [
            say('approval.key.fingerprint'),
            <code key="fingerprint" className="approval-fingerprint">
              {hexGroups(spkiSha256) ?? spkiSha256}
            </code>,
          ],
          [say('approval.key.algorithm'), algorithm],
        ]}
      />
      <div className="approval-unchecked">
        <p className="quiet">{say('approval.key.unchecked')}</p>
        <Facts
          facts={[
            [say('approval.key.place'), say(`approval.key.place.${approvedKey.place}`)],
            ...(token === undefined
              ? []
              : [[say('approval.key.token'), <TokenName key="token" token={token} />] as const]),
            [say('approval.key.copies'), copyWords(approvedKey, words)],
          ]}
        />
      </div>
    </div>
  );
}

function TokenName({ token }: { readonly token: NonNullable<ApprovedKey['token']> }) {
  const { say } = useWords();
  const { manufacturer, model, serial } = token;
  return (
    <>
      {say('approval.key.token.named', {
        manufacturer: isolated(manufacturer),
        model: isolated(model),
        serial: isolated(serial),
      })}
      <MarkNotes marks={nameMarks(`${manufacturer} ${model} ${serial}`)} />
    </>
  );
}

/** CKA_LOCAL and CKA_NEVER_EXTRACTABLE, together what people ask for: whether there can be a copy. */
function copyWords({ neverExtractable, local }: ApprovedKey, { say }: Words): string {
  if (neverExtractable && local) return say('approval.key.copies.none');
  return say(neverExtractable ? 'approval.key.copies.brought' : 'approval.key.copies.possible');
}
