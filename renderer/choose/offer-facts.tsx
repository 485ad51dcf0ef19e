import type { CredentialOffer } from '../../shared/models/enrollment-profile.ts';
import { Icon, type IconName } from '../ui/icon.tsx';
import { useWalletState } from '../wallet.ts';
import { useWords, type Words } from '../words.ts';
import { placeFor, signsForDomains } from './offer.ts';

type Approval = NonNullable<CredentialOffer['approval']>;

function approvalLine({ required, by }: Approval, { say, text }: Words): string {
  return by === undefined
    ? say('choose.approval', { count: required })
    : say('choose.approval.by', { count: required, by: text(by) });
}

/** What an offer is good for, how long, and where its key will live. */
export function OfferFacts({ offer }: { readonly offer: CredentialOffer }) {
  const words = useWords();
  const { say, text } = words;
  const { osKeysOffered = false } = useWalletState().wallet;
  const place = placeFor(offer, osKeysOffered);
  const lines: (readonly [IconName, string])[] = [
    ['clock', say('choose.lifetime')],
    [place === 'none' ? 'warning' : 'key', say(`choose.place.${place}`)],
    ['lock', say(offer.key.exportable ? 'choose.exportable' : 'choose.notExportable')],
    ...(offer.approval === undefined
      ? []
      : [['stamp', approvalLine(offer.approval, words)] as const]),
    ...(signsForDomains(offer) ? [['shield', say('choose.caa')] as const] : []),
  ];
  return (
    <div className="offer">
      <p className="quiet breakable">
        {offer.description === undefined
          ? say(`purpose.${offer.purpose}.text`)
          : text(offer.description)}
      </p>
      <ul className="offer-facts">
        {lines.map(([icon, line]) => (
          <li key={icon}>
            <Icon name={icon} size={16} />
            <span>{line}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
