import { z } from 'zod';
import { AcmeProtocolError } from './protocol-error.ts';

const resource = z.url({ protocol: /^https$/ }).max(2048);

// Members of meta inform; one that cannot be read must not keep anybody from the CA.
const optionally = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined);

const metaSchema = z.looseObject({
  /** Of any scheme: whoever offers to open it looks at that first. */
  termsOfService: optionally(z.url().max(2048)),
  website: optionally(z.url({ protocol: /^https?$/ }).max(2048)),
  caaIdentities: optionally(z.array(z.string().max(255)).max(64)),
  /** Not lenient: taken for false, it would cost an account without its binding. */
  externalAccountRequired: z.boolean().exactOptional(),
  /** draft-ietf-acme-profiles: what each profile is, as a text or a URL. */
  profiles: optionally(z.record(z.string().max(255), z.string().max(4096))),
  /** RFC 9444 §4.3. */
  subdomainAuthAllowed: optionally(z.boolean()),
});

const directorySchema = z.looseObject({
  newNonce: resource,
  newAccount: resource,
  newOrder: resource,
  newAuthz: resource.exactOptional(),
  revokeCert: resource.exactOptional(),
  keyChange: resource.exactOptional(),
  /** RFC 9773 §3. */
  renewalInfo: resource.exactOptional(),
  meta: metaSchema.default({}),
});

export type DirectoryMeta = z.infer<typeof metaSchema>;

/** The resources that a server offers (RFC 8555 §7.1.1). */
export type Directory = z.infer<typeof directorySchema>;

/** The resources that a request can be made to; a server need not have them all. */
export type DirectoryResource = Exclude<keyof typeof directorySchema.shape, 'meta'>;

export function parseDirectory(json: unknown, url: string): Directory {
  const parsed = directorySchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const cause = parsed.error;
  throw new AcmeProtocolError('directory-malformed', 'reading the directory', { url, cause });
}

/** Where resources of this server may lie: the directory's own origin, and those that it names. */
export function originsOf(directory: Directory, url: string): ReadonlySet<string> {
  const { newNonce, newAccount, newOrder, newAuthz, revokeCert, keyChange, renewalInfo } =
    directory;
  const all = [url, newNonce, newAccount, newOrder, newAuthz, revokeCert, keyChange, renewalInfo];
  return new Set(all.filter((each) => each !== undefined).map((each) => new URL(each).origin));
}
