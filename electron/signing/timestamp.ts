import { createHash } from 'node:crypto';
import { CertificateError } from '../certificates/certificate-error.ts';
import { readStructure } from '../certificates/certificate-structure.ts';
import { pathToRoot } from '../certificates/chain.ts';
import {
  contentOf,
  DerError,
  derTags,
  encodingOf,
  expectTag,
  membersOf,
  objectIdentifierOf,
  readWhole,
  smallIntegerOf,
  type DerValue,
} from '../certificates/der-reader.ts';
import {
  booleanTrue,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  unsignedInteger,
} from '../certificates/der.ts';
import { commonNameOf } from '../certificates/distinguished-name.ts';
import { isSelfSigned } from '../certificates/self-signed.ts';
import { parseCertificate } from '../certificates/pem.ts';
import type { TimestampExchange } from '../http/timestamp-exchange.ts';
import { TimestampError } from './document-error.ts';
import { readSignedData, SignatureMismatch, type ReadSignedData } from './signed-data-reader.ts';

export interface TimestampServer {
  readonly url: string;
  /** Also on this computer, which no address is asked at otherwise. */
  readonly mayStayHere?: boolean;
  /** Certificates, PEM or DER, that vouch for it. */
  readonly roots: readonly (string | Uint8Array)[];
}

export interface TimestampRooms {
  readonly exchange: TimestampExchange;
  readonly now: () => Date;
  readonly randomBytes: (length: number) => Uint8Array;
  readonly signal?: AbortSignal;
}

export interface Timestamp {
  /** TimeStampToken, DER. */
  readonly token: Buffer;
  readonly at: Date;
  /** The name of whoever says so. */
  readonly by: string;
}

const oids = {
  sha256: '2.16.840.1.101.3.4.2.1',
  tstInfo: '1.2.840.113549.1.9.16.1.4',
  extendedKeyUsage: '2.5.29.37',
  timeStamping: '1.3.6.1.5.5.7.3.8',
} as const;

/** Milliseconds by which this computer's clock and the server's may differ. */
const clockTolerance = 10 * 60_000;

/**
 * Has a timestamp server say when it saw those octets (RFC 3161), by their SHA-256 alone, and believes nothing of the answer that is
 * not signed for this question by whoever these roots vouch for. Rejects with `TimestampError`, and `HttpError`.
 */
export async function timestampOf(
  octets: Uint8Array,
  server: TimestampServer,
  { exchange, now, randomBytes, signal }: TimestampRooms,
): Promise<Timestamp> {
  const digest = createHash('sha256').update(octets).digest();
  // A nonce that is not zero in its first octet stands in DER as it is.
  const nonce = Buffer.from(randomBytes(16));
  nonce[0] = ((nonce[0] ?? 0) & 0x7f) | 0x40;
  const { status, body } = await exchange(server.url, queryFor(digest, nonce), {
    ...{ mayStayHere: server.mayStayHere ?? false },
    ...(signal && { signal }),
  });
  const { host } = new URL(server.url);
  if (status !== 200) throw new TimestampError('refused', host);
  return checked(host, () => {
    const token = tokenIn(Buffer.from(body));
    return judged(token, { digest, nonce, server, host, now: now() });
  });
}

/** RFC 3161 §2.4.1, with the server's certificates asked for. */
const queryFor = (digest: Buffer, nonce: Buffer): Buffer =>
  sequence(
    integer(1),
    sequence(sequence(objectIdentifier(oids.sha256)), octetString(digest)),
    unsignedInteger(nonce),
    booleanTrue(),
  );

class Refused extends Error {}

function checked<T>(host: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof Refused) throw new TimestampError('refused', host, { cause });
    if (cause instanceof DerError) throw new TimestampError('malformed', host, { cause });
    if (cause instanceof SignatureMismatch || cause instanceof CertificateError) {
      throw new TimestampError('untrusted', host, { cause });
    }
    throw cause;
  }
}

/** RFC 3161 §2.4.2: there is a token when it was granted, with or without changes. */
function tokenIn(response: Buffer): Buffer {
  const [information, token] = membersOf(readWhole(response, derTags.sequence));
  const [status] = membersOf(expectTag(information, derTags.sequence));
  if (smallIntegerOf(expectTag(status, derTags.integer)) > 1) throw new Refused();
  return Buffer.from(encodingOf(expectTag(token, derTags.sequence)));
}

interface Question {
  readonly digest: Buffer;
  readonly nonce: Buffer;
  readonly server: TimestampServer;
  readonly host: string;
  readonly now: Date;
}

function judged(token: Buffer, question: Question): Timestamp {
  const { server, host, now } = question;
  const signed = readSignedData(token);
  if (signed.contentType !== oids.tstInfo) throw new DerError('TSTInfo');
  const info = informationIn(signed.content);
  if (info.digest?.equals(question.digest) !== true || !info.nonce?.equals(question.nonce)) {
    throw new TimestampError('other-answer', host);
  }
  checkSigner(signed, server, { host, now });
  if (Math.abs(info.at.getTime() - now.getTime()) > clockTolerance) {
    throw new TimestampError('wrong-time', host);
  }
  return { token, at: info.at, by: commonNameOf(readStructure(signed.signer.raw).subject) ?? host };
}

interface Information {
  /** Undefined: of another kind than was asked for. */
  readonly digest: Buffer | undefined;
  readonly at: Date;
  readonly nonce: Buffer | undefined;
}

/** RFC 3161 §2.4.2, TSTInfo. */
function informationIn(der: Buffer): Information {
  const [version, policy, imprint, serial, at, ...optional] = membersOf(
    readWhole(der, derTags.sequence),
  );
  if (smallIntegerOf(expectTag(version, derTags.integer)) !== 1) throw new DerError('TSTInfo');
  expectTag(policy, derTags.objectIdentifier);
  expectTag(serial, derTags.integer);
  const [algorithm, hashed] = membersOf(expectTag(imprint, derTags.sequence));
  const [oid] = membersOf(expectTag(algorithm, derTags.sequence));
  const isOurs = oid !== undefined && objectIdentifierOf(oid) === oids.sha256;
  const nonce = optional.find(({ tag }) => tag === derTags.integer);
  return {
    digest: isOurs ? contentOf(expectTag(hashed, derTags.octetString)) : undefined,
    at: generalizedTimeOf(expectTag(at, derTags.generalizedTime)),
    nonce: nonce && contentOf(nonce),
  };
}

const timeWithFraction = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d{1,9}))?Z$/;

/** RFC 3161 §2.4.2: with fractions of a second, unlike in certificates. */
function generalizedTimeOf(value: DerValue): Date {
  const parts = timeWithFraction.exec(contentOf(value).toString('latin1'));
  const [, year, month, day, hour, minute, second, fraction = ''] = parts ?? [];
  const milliseconds = fraction.slice(0, 3).padEnd(3, '0');
  const date = `${year ?? ''}-${month ?? ''}-${day ?? ''}`;
  const time = new Date(`${date}T${hour ?? ''}:${minute ?? ''}:${second ?? ''}.${milliseconds}Z`);
  if (Number.isNaN(time.getTime())) throw new DerError('time');
  return time;
}

/** RFC 3161 §2.3: its certificate is for that alone, critically so, and one of the roots vouches for it. */
function checkSigner(
  { signer, certificates }: ReadSignedData,
  { roots }: TimestampServer,
  { host, now }: Pick<Question, 'host' | 'now'>,
): void {
  if (!isForTimestamps(signer.raw)) throw new TimestampError('untrusted', host);
  const path = [signer];
  for (;;) {
    const last = path.at(-1) ?? signer;
    const issuer = certificates.find((each) => !path.includes(each) && last.checkIssued(each));
    if (issuer === undefined || isSelfSigned(last)) break;
    path.push(issuer);
  }
  pathToRoot(path, { roots: roots.map((root) => parseCertificate(root)), now });
}

function isForTimestamps(der: Buffer): boolean {
  const { extensions, criticalExtensions } = readStructure(der);
  const usages = extensions.get(oids.extendedKeyUsage);
  if (usages === undefined || !criticalExtensions.has(oids.extendedKeyUsage)) return false;
  const [only, ...others] = membersOf(readWhole(usages, derTags.sequence));
  return (
    only !== undefined && others.length === 0 && objectIdentifierOf(only) === oids.timeStamping
  );
}
