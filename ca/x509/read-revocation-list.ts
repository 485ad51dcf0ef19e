import * as der from './der.ts';
import { listedExtensions, readExtensions } from './read-extensions.ts';
import type { FoundExtensions } from './read-extensions.ts';
import { readSignatureAlgorithm } from './signature.ts';
import type { SignedStructure } from './signature.ts';

/** A complete revocation list of one issuer (RFC 5280 §5.1), whose signature nobody has looked at yet. */
export type ReadRevocationList = SignedStructure & {
  /** DER Name. */
  readonly issuer: Buffer;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  /** The serial numbers' octets, hex. */
  readonly revoked: ReadonlySet<string>;
};

/** Reads a DER list. Throws DerError, also for one that does not speak of all its issuer's certificates. */
export function readRevocationList(bytes: Buffer): ReadRevocationList {
  const [body, algorithm, signature] = der.readAll(
    der.readSingle(bytes, der.tags.sequence).content,
  );
  const toBeSigned = der.expectTag(body, der.tags.sequence);
  const outer = der.expectTag(algorithm, der.tags.sequence);
  const all = der.readAll(toBeSigned.content);
  // §5.1.2.1: version 2 says so, version 1 says nothing.
  const fields = all[0]?.tag === der.tags.integer ? all.slice(1) : all;
  const [inner, issuer, thisUpdate, nextUpdate, ...rest] = fields;
  if (!der.expectTag(inner, der.tags.sequence).raw.equals(outer.raw)) {
    throw new der.DerError('two different signature algorithms');
  }
  const holder = rest.find(({ tag }) => tag === 0xa0);
  if (holder !== undefined) refuseCritical(readExtensions(holder));
  const entries = rest.find(({ tag }) => tag === der.tags.sequence);
  return {
    ...{ signed: toBeSigned.raw, algorithm: readSignatureAlgorithm(outer) },
    signature: der.readBitString(signature),
    issuer: der.expectTag(issuer, der.tags.sequence).raw,
    thisUpdate: der.readTime(thisUpdate),
    // §5.1.2.5: without it nobody could say when the list is too old.
    nextUpdate: der.readTime(nextUpdate),
    revoked: new Set(entries === undefined ? [] : der.readAll(entries.content).map(readSerial)),
  };
}

function readSerial(entry: der.Element): string {
  const [serial, , extensions] = der.readAll(der.expectTag(entry, der.tags.sequence).content);
  // §5.3.3: such an entry may be about another issuer's certificate.
  if (extensions !== undefined) {
    refuseCritical(listedExtensions(der.expectTag(extensions, der.tags.sequence)));
  }
  return der.expectTag(serial, der.tags.integer).content.toString('hex');
}

/** §5.2.4, §5.2.5: lists of changes and partial lists mark themselves so. */
function refuseCritical(extensions: FoundExtensions): void {
  for (const [type, { critical }] of extensions) {
    if (critical) throw new der.DerError(`the critical extension ${type}`);
  }
}
