/** Who passkeys are made for, and where they may be used (WebAuthn L3 §4). */
export type RelyingParty = {
  /** The host, never a parent domain: a page on a sibling host could ask for an assertion otherwise. */
  readonly id: string;
  readonly name: string;
  /** With its port. */
  readonly origin: string;
};

/** Undefined where WebAuthn does not work: at an address in place of a name. */
export function relyingPartyAt(origin: string, name: string): RelyingParty | undefined {
  const { hostname } = new URL(origin);
  const isAddress = hostname.startsWith('[') || /^[\d.]+$/.test(hostname);
  return isAddress ? undefined : { id: hostname, name, origin };
}
