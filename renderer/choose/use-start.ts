import { useRef, useState } from 'react';
import type { KeyPlaceChoice } from '../../shared/ipc-requests.ts';
import type { CredentialOffer, KeyType } from '../../shared/models/enrollment-profile.ts';
import type { Organization } from '../../shared/models/organization.ts';
import { oneLine } from '../approvals/one-line.ts';
import type { Place } from '../navigation.ts';
import { useRequest } from '../use-request.ts';
import { useWallet } from '../wallet.ts';
import { looksLikeEmail, needsEmail } from './offer.ts';

interface Chosen {
  readonly organization: Organization;
  readonly offer: CredentialOffer | undefined;
  /** Undefined: the organisation's first choice. */
  readonly keyType: KeyType | undefined;
  /** Undefined: there is no place for the key yet. */
  readonly keyPlace: KeyPlaceChoice | undefined;
}

/** Starts the enrolment for what was chosen, once the address that it may need is there. */
export function useStart(
  { organization, offer, keyType, keyPlace }: Chosen,
  go: (place: Place) => void,
) {
  const { api } = useWallet();
  const { busy, failure, send } = useRequest();
  const [emailRefused, refuseEmail] = useState(false);
  const emailInput = useRef<HTMLInputElement>(null);
  const [reason, setReason] = useState('');
  const start = async (): Promise<void> => {
    if (offer === undefined || keyPlace === undefined || busy) return;
    const email = needsEmail(offer, organization) ? (emailInput.current?.value.trim() ?? '') : null;
    const refused = email !== null && !looksLikeEmail(email);
    refuseEmail(refused);
    if (refused) return emailInput.current?.focus();
    const started = await send(() =>
      api.enrollment.start({
        organizationId: organization.id,
        offerId: offer.id,
        keyPlace,
        ...(email === null ? {} : { email }),
        ...(keyType === undefined ? {} : { keyType }),
        ...(offer.approval === undefined ? {} : { reason: oneLine(reason) }),
      }),
    );
    if (started.ok) go({ at: 'enrollment', enrollmentId: started.value.enrollmentId });
  };
  return { start, busy, failure, emailInput, emailRefused, reason, setReason };
}
