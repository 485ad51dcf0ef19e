/** Who passkeys are made for, and where they may be used (WebAuthn L3 §4). */
export type RelyingParty = {
  /** The host, never a parent domain: a page on a sibling host could ask for an assertion otherwise. */
  readonly id: string;
  readonly name: string;
  /** With its port. */
  readonly origin: string;
  /** Where a browser uses or makes passkeys for a wallet; undefined when there is no such page. */
  readonly page: string | undefined;
};

/** Undefined where WebAuthn does not work: at an address in place of a name. */
export function relyingPartyAt(place: Omit<RelyingParty, 'id'>): RelyingParty | undefined {
  const { hostname } = new URL(place.origin);
  const isAddress = hostname.startsWith('[') || /^[\d.]+$/.test(hostname);
  return isAddress ? undefined : { ...place, id: hostname };
}
