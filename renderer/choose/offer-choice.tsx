import type { CredentialOffer } from '../../shared/models/enrollment-profile.ts';
import { Choice } from '../ui/choice.tsx';
import { useWalletState } from '../wallet.ts';
import { useWords } from '../words.ts';
import { OfferFacts } from './offer-facts.tsx';
import { placeFor } from './offer.ts';
import { purposeIcons } from '../purpose.ts';

interface OfferChoiceProps {
  readonly offers: readonly CredentialOffer[];
  readonly chosen: CredentialOffer | undefined;
  readonly onChoose: (offer: CredentialOffer) => void;
}

export function OfferChoice({ offers, chosen, onChoose }: OfferChoiceProps) {
  const { say, text } = useWords();
  const { osKeysOffered = false } = useWalletState().wallet;
  return (
    <Choice
      legend={say('choose.offers')}
      legendHidden
      value={chosen?.id}
      options={offers.map((offer) => ({
        value: offer.id,
        name: text(offer.name),
        icon: purposeIcons[offer.purpose],
        off: placeFor(offer, osKeysOffered) === 'none',
        rest: <OfferFacts offer={offer} />,
      }))}
      onChoose={(id) => {
        const offer = offers.find((other) => other.id === id);
        if (offer !== undefined) onChoose(offer);
      }}
    />
  );
}
