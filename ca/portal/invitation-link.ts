/** What an invitation carries for the wallet; the fragment never reaches a server. */
export type InvitationContent = {
  /** https URL of the enrollment profile. */
  readonly from: string;
  readonly kid: string;
  readonly macKey: string;
  /** Which offer to start. */
  readonly credential?: string;
  readonly email?: string;
};

/** `countersign://join?from=…#kid=…&mac=…`, for a click, a paste or a QR code. */
export function invitationLink(content: InvitationContent): string {
  return `countersign://join?from=${encodeURIComponent(content.from)}#${fragment(content)}`;
}

/** The same on a web page, for people whose mail program refuses unknown links. */
export function landingPageLink(origin: string, content: InvitationContent): string {
  const from = encodeURIComponent(content.from);
  return `${origin}/join/${encodeURIComponent(content.kid)}?from=${from}#${fragment(content)}`;
}

function fragment({ kid, macKey, credential, email }: InvitationContent): string {
  return Object.entries({ kid, mac: macKey, credential, email })
    .filter((member): member is [string, string] => member[1] !== undefined)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&');
}
