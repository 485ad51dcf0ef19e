import { AcmeProtocolError } from './protocol-error.ts';
import {
  flag,
  lenient,
  list,
  missing,
  object,
  record,
  resourceUrl,
  text,
  url,
  type Reader,
} from './shape.ts';

/** RFC 8555 §9.7.6, with what the extensions add. */
export interface DirectoryMeta {
  /** Of any scheme: whoever offers to open it looks at that first. */
  readonly termsOfService: string | undefined;
  readonly website: string | undefined;
  /** What a CAA record may call this CA (RFC 8659); a DNS operator needs one of them. */
  readonly caaIdentities: readonly string[] | undefined;
  readonly externalAccountRequired: boolean | undefined;
  /** draft-ietf-acme-profiles §3: what each profile is, as a text or a URL. */
  readonly profiles: Readonly<Record<string, string>> | undefined;
  /** RFC 9444 §4.4. */
  readonly subdomainAuthAllowed: boolean | undefined;
  /** Where passkeys and key pairs are registered; no resource of ACME's (docs/wire-profile.md §4.3). */
  readonly credentials: string | undefined;
  /** The list of requests for approval; no resource of ACME's either (docs/approvals.md §5). */
  readonly approvals: string | undefined;
}

const resources = [
  'newNonce',
  'newAccount',
  'newOrder',
  'newAuthz',
  'revokeCert',
  'keyChange',
  'renewalInfo',
] as const;
/** The resources that a request can be made to; a server need not have them all. */
export type DirectoryResource = (typeof resources)[number];

/** The resources that a server offers (RFC 8555 §7.1.1). */
export interface Directory extends Readonly<Record<DirectoryResource, string | undefined>> {
  readonly newNonce: string;
  readonly newAccount: string;
  readonly newOrder: string;
  readonly meta: DirectoryMeta;
}

// Members of meta inform; one that cannot be read must not keep anybody from the CA.
const meta: Reader<DirectoryMeta> = object({
  termsOfService: lenient(url()),
  website: lenient(url('https:', 'http:')),
  caaIdentities: lenient(list(text({ maximum: 255 }), { maximum: 64 })),
  // Not lenient: taken for false, it would cost an account without its binding.
  externalAccountRequired: missing(flag),
  profiles: lenient(record(text({ maximum: 4096 }), { longestName: 255, maximum: 256 })),
  subdomainAuthAllowed: lenient(flag),
  credentials: lenient(resourceUrl),
  approvals: lenient(resourceUrl),
});

const directory: Reader<Directory> = object({
  newNonce: resourceUrl,
  newAccount: resourceUrl,
  newOrder: resourceUrl,
  newAuthz: missing(resourceUrl),
  revokeCert: missing(resourceUrl),
  keyChange: missing(resourceUrl),
  /** RFC 9773 §3. */
  renewalInfo: missing(resourceUrl),
  meta: (value, path) => meta(value ?? {}, path),
});

export const parseDirectory = (json: unknown, url: string): Directory =>
  AcmeProtocolError.guard(() => directory(json, ''), {
    reason: 'directory-malformed',
    doing: 'reading the directory',
    url,
  });

/** Where resources of this server may lie: the directory's own origin, and those that it names. */
export function originsOf(directory: Directory, url: string): ReadonlySet<string> {
  const all = [url, ...resources.map((name) => directory[name])];
  return new Set(all.filter((each) => each !== undefined).map((each) => new URL(each).origin));
}
