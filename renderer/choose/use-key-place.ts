import { useEffect, useState } from 'react';
import type { Failure } from '../../shared/failure.ts';
import type { CredentialOffer } from '../../shared/models/enrollment-profile.ts';
import type { TokenCompatibility } from '../../shared/models/token.ts';
import { pluggedIn } from '../tokens/plugged-in.ts';
import { useWatchedTokens } from '../tokens/use-watched-tokens.ts';
import { useWallet, useWalletState } from '../wallet.ts';
import { chosenPlace, keyPlaceOf, placeOptions, usesTokens, type Here } from './key-place.ts';

/** Where the key can live, live: what is plugged in now, and what main found about it for this offer. */
export function useKeyPlace(organizationId: string, offer: CredentialOffer | undefined) {
  const [wanted, choose] = useState<string | undefined>();
  const [before, settle] = useState<string | undefined>();
  const [existingKey, chooseExisting] = useState<string | undefined>();
  const here = useHere(organizationId, offer);
  const options = offer === undefined ? [] : placeOptions(offer, here);
  const option = chosenPlace(options, { wanted, before }, here);
  if (option?.in === 'token' && option.id !== before) settle(option.id);
  return {
    here,
    options,
    option,
    existingKey,
    choose,
    chooseExisting,
    keyPlace: keyPlaceOf(option, existingKey),
  };
}

export type KeyPlaceState = ReturnType<typeof useKeyPlace>;

function useHere(organizationId: string, offer: CredentialOffer | undefined) {
  const wanted = offer !== undefined && usesTokens(offer);
  const { tokens, failure } = useWatchedTokens(wanted);
  const { osKeysOffered = false } = useWalletState().wallet;
  const found = useCompatibility(organizationId, wanted ? offer.id : undefined, tokens.modules);
  const here: Here = {
    osKeysOffered,
    looked: !wanted || tokens.status === 'ready' || failure !== undefined,
    tokens: wanted ? pluggedIn(tokens) : [],
    reports: wanted ? found.reports : [],
  };
  return { ...here, failure: failure ?? found.failure };
}

interface Found {
  readonly offerId?: string;
  readonly reports?: readonly TokenCompatibility[];
  readonly failure?: Failure;
}

/** Asked again whenever something was plugged in or changed; what is known stays until the answer is there. */
function useCompatibility(
  organizationId: string,
  offerId: string | undefined,
  modules: unknown,
): Found {
  const { api } = useWallet();
  const [found, setFound] = useState<Found>({});
  useEffect(() => {
    if (offerId === undefined) return;
    let current = true;
    void api.token.compatibility({ organizationId, offerId }).then((result) => {
      if (!current) return;
      setFound(
        result.ok
          ? { offerId, reports: result.value }
          : { offerId, reports: [], failure: result.failure },
      );
    });
    return () => {
      current = false;
    };
  }, [api, organizationId, offerId, modules]);
  return found.offerId === offerId ? found : {};
}
