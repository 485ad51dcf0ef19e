import path from 'node:path';
import { parseInvitation } from './invitation.ts';

/** What came from outside, from a browser, a mail program or a file manager: nobody in the wallet has asked for it. */
export type Received =
  | { readonly kind: 'link'; readonly link: string }
  | { readonly kind: 'file'; readonly path: string };

/** Where it leads, for the person to decide: a host, or a file by its name. Throws `InvitationError`. */
export function whereFrom(received: Received): string {
  if (received.kind === 'file') return path.basename(received.path);
  return new URL(parseInvitation(received.link).from).host;
}

export function isSame(one: Received, other: Received | null): boolean {
  return one.kind === 'link'
    ? other?.kind === 'link' && one.link === other.link
    : other?.kind === 'file' && one.path === other.path;
}
