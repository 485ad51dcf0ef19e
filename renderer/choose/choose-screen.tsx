import { useState } from 'react';
import type { KeyType } from '../../shared/models/enrollment-profile.ts';
import type { InvitationSummary, Organization } from '../../shared/models/organization.ts';
import { FailureMessage } from '../failure/failure-message.tsx';
import { FlowSteps } from '../flow-steps.tsx';
import type { Place } from '../navigation.ts';
import { Button } from '../ui/button.tsx';
import { ActionBar, Page, PageHead } from '../ui/page.tsx';
import { useWalletState } from '../wallet.ts';
import { useWords } from '../words.ts';
import { EmailField } from './email-field.tsx';
import { KeyPlaceChoice } from './key-place-choice.tsx';
import { typesAt } from './key-place.ts';
import { KeyTypeChoice } from './key-type-choice.tsx';
import { OfferChoice } from './offer-choice.tsx';
import { ReasonField } from './reason-field.tsx';
import { firstOffer, needsEmail } from './offer.ts';
import { useKeyPlace } from './use-key-place.ts';
import { useStart } from './use-start.ts';
import './choose.css';

interface ChooseScreenProps {
  readonly organization: Organization;
  readonly invitation: InvitationSummary | undefined;
  readonly go: (place: Place) => void;
}

/** What do I need? One of the organisation's offers, and what it still has to know for it. */
export function ChooseScreen({ organization, invitation, go }: ChooseScreenProps) {
  const { say, text } = useWords();
  const { id: organizationId, offers, helpdesk } = organization;
  const name = text(organization.name);
  const { osKeysOffered = false, installTargets } = useWalletState().wallet;
  const [offer, chooseOffer] = useState(() => firstOffer(offers, invitation, osKeysOffered));
  const [wantedType, chooseKeyType] = useState<KeyType | undefined>();
  const place = useKeyPlace(organizationId, offer);
  const types = offer === undefined ? [] : typesAt(offer, place.option, installTargets);
  const keyType = types.find((type) => type === wantedType);
  const { keyPlace } = place;
  const { start, busy, failure, emailInput, emailRefused, reason, setReason } = useStart(
    { organization, offer, keyType, keyPlace },
    go,
  );
  return (
    <Page>
      <FlowSteps current="credential" />
      <PageHead
        title={say('choose.title')}
        lead={say('choose.lead', { organization: name, count: offers.length })}
      />
      <form
        className="choose-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void start();
        }}
      >
        <OfferChoice
          offers={offers}
          chosen={offer}
          onChoose={(chosen) => {
            chooseOffer(chosen);
            chooseKeyType(undefined);
          }}
        />
        {offer !== undefined && needsEmail(offer, organization) && (
          <EmailField ref={emailInput} refused={emailRefused} organization={name} />
        )}
        {offer?.approval !== undefined && <ReasonField reason={reason} onReason={setReason} />}
        <KeyPlaceChoice state={place} />
        <KeyTypeChoice types={types} chosen={keyType} onChoose={chooseKeyType} />
        {failure !== null && (
          <FailureMessage failure={failure} helpdesk={helpdesk} organizationId={organizationId} />
        )}
        <ActionBar>
          <Button type="submit" tone="primary" busy={busy} off={keyPlace === undefined}>
            {say(busy ? 'choose.starting' : 'choose.start')}
          </Button>
          <Button onPress={() => go({ at: 'home' })}>{say('action.cancel')}</Button>
        </ActionBar>
      </form>
    </Page>
  );
}
