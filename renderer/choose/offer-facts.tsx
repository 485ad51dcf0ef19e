import type { CredentialOffer } from '../../shared/models/enrollment-profile.ts';
import { Icon, type IconName } from '../ui/icon.tsx';
import { useWalletState } from '../wallet.ts';
import { useWords } from '../words.ts';
import { placeFor, signsForDomains } from './offer.ts';

/** What an offer is good for, how long, and where its key will live. */
export function OfferFacts({ offer }: { readonly offer: CredentialOffer }) {
  const { say, text } = useWords();
  const { osKeysOffered = false } = useWalletState().wallet;
  const place = placeFor(offer, osKeysOffered);
  const lines: (readonly [IconName, string])[] = [
    ['clock', say('choose.lifetime')],
    [place === 'none' ? 'warning' : 'key', say(`choose.place.${place}`)],
    ['lock', say(offer.key.exportable ? 'choose.exportable' : 'choose.notExportable')],
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
