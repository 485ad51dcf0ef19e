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
  const query = new URLSearchParams({ from: content.from });
  return `countersign://join?${query.toString()}#${fragment(content)}`;
}

/** The same on a web page, for people whose mail program refuses unknown links. */
export function landingPageLink(origin: string, content: InvitationContent): string {
  const query = new URLSearchParams({ from: content.from });
  const kid = encodeURIComponent(content.kid);
  return `${origin}/join/${kid}?${query.toString()}#${fragment(content)}`;
}

function fragment(content: InvitationContent): string {
  return new URLSearchParams({
    kid: content.kid,
    mac: content.macKey,
    ...(content.credential !== undefined && { credential: content.credential }),
    ...(content.email !== undefined && { email: content.email }),
  }).toString();
}
