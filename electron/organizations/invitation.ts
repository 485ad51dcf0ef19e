import { z } from 'zod';
import { httpsUrl } from '../../shared/models/text.ts';
import type { InvitationFault } from '../../shared/failure.ts';
import { InvitationError } from './errors.ts';
import type { ExternalAccountBinding } from './organization-store.ts';

/** What an invitation asks for, once read: nothing of it is believed or used yet. */
export interface Invitation {
  /** https URL of the organisation's profile. */
  readonly from: string;
  /** Which of the organisation's offers to start with. */
  readonly offerId?: string;
  /** Who is invited. */
  readonly email?: string;
  /** A secret: one use. */
  readonly binding?: ExternalAccountBinding;
}

const maximumLength = 8192;

// Only the fragment stays out of servers' logs, so what is personal or secret may be nowhere else.
const queryMembers = ['from'];
const fragmentMembers = ['from', 'kid', 'mac', 'credential', 'email'];

// What other tools' links carry to say whom to believe. Here nobody but the person, the profile's signature
// and managed policy says that, so such a link is refused with a reason of its own instead of as unknown.
const trustMembers = [
  ...['anchor', 'ca', 'cacert', 'cafile', 'cert', 'certificate', 'root', 'roots', 'trust', 'x5c'],
  ...['fingerprint', 'hash', 'pin', 'sha1', 'sha256', 'signer', 'thumbprint', 'words', 'vouched'],
  ...['insecure', 'notls', 'skip', 'tls', 'unsafe', 'verify', 'check', 'force', 'yes', 'auto'],
  ...['directory', 'server', 'profile', 'policy', 'proxy', 'key', 'jwk'],
];

const values = z.strictObject({
  from: httpsUrl.refine((url) => !url.includes('#')),
  kid: z
    .string()
    .regex(/^[\x21-\x7e]{1,256}$/)
    .optional(),
  // base64url of 16 to 96 bytes.
  mac: z
    .string()
    .regex(/^[A-Za-z0-9_-]{22,128}$/)
    .optional(),
  credential: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/)
    .optional(),
  email: z.email().max(254).optional(),
});

/**
 * Reads `countersign://join?from=…#kid=…&mac=…&credential=…&email=…`, or the same query and fragment on an https
 * landing page. Throws `InvitationError`, whose text quotes nothing of the link.
 */
export function parseInvitation(text: string): Invitation {
  const url = parseAddress(text.trim());
  const members = new Map<string, string>();
  collect(url.search.slice(1), queryMembers, members);
  collect(url.hash.slice(1), fragmentMembers, members);
  if (!members.has('from')) throw refusal('not-an-invitation', 'it names no profile');
  return invitationOf(checked(members));
}

function parseAddress(text: string): URL {
  // URL would quietly drop tabs and line breaks: what was shown would not be what is opened.
  if (text.length > maximumLength || /[\s\p{Cc}]/u.test(text) || !URL.canParse(text)) {
    throw refusal('not-an-invitation', 'it is not a link');
  }
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') {
    throw refusal('unsafe-address', 'it carries credentials');
  }
  if (url.protocol === 'http:') throw refusal('unsafe-address', 'it is not https');
  if (url.protocol !== 'https:' && !isJoinAddress(url)) {
    throw refusal('not-an-invitation', 'it is another kind of link');
  }
  return url;
}

/** Some systems hand a link on with a slash after its host. */
function isJoinAddress({ protocol, host, pathname }: URL): boolean {
  return (
    protocol === 'countersign:' && host.toLowerCase() === 'join' && ['', '/'].includes(pathname)
  );
}

function collect(encoded: string, allowed: readonly string[], members: Map<string, string>): void {
  for (const part of encoded.split('&').filter((text) => text !== '')) {
    const [name = '', ...value] = part.split('=');
    if (trustMembers.includes(name.toLowerCase().replace(/[^a-z0-9]/g, ''))) {
      throw refusal('carries-trust', 'it says whom to trust');
    }
    if (!allowed.includes(name)) throw refusal('malformed', 'it has a member that is not known');
    if (members.has(name)) throw refusal('malformed', 'it has a member twice');
    members.set(name, decoded(value.join('=')));
  }
}

/** Percent-decoding only: a plus sign is a plus sign, as e-mail addresses have it. */
function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch (error) {
    throw refusal('malformed', 'it is not encoded as links are', error);
  }
}

function checked(members: ReadonlyMap<string, string>): z.infer<typeof values> {
  const result = values.safeParse(Object.fromEntries(members));
  if (result.success) return result.data;
  // The cause would quote the link, so it is left out.
  if (result.error.issues.some(({ path: [member] }) => member === 'from')) {
    throw refusal('unsafe-address', 'its profile does not lie at a plain https address');
  }
  throw refusal('malformed', 'a member has a value that it cannot have');
}

function invitationOf(members: z.infer<typeof values>): Invitation {
  const { from, kid, mac, credential, email } = members;
  if ((kid === undefined) !== (mac === undefined)) {
    throw refusal('malformed', 'it has half an account binding');
  }
  return {
    from: new URL(from).href,
    ...(credential !== undefined && { offerId: credential }),
    ...(email !== undefined && { email }),
    ...(kid !== undefined && mac !== undefined && { binding: { kid, macKey: mac } }),
  };
}

function refusal(reason: InvitationFault, why: string, cause?: unknown): InvitationError {
  return new InvitationError(reason, `the invitation is refused: ${why}`, { cause });
}
