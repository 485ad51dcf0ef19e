import { createHash, randomBytes } from 'node:crypto';
import { basename } from 'node:path';
import type { SignedDocument } from '../../shared/models/signing.ts';
import { createSignedData, timeStampAttribute } from '../certificates/cms-signed-data.ts';
import { readDetails } from '../certificates/certificate-details.ts';
import { anyExtendedKeyUsage } from '../certificates/extended-key-usage.ts';
import { derOf, readChain } from '../certificates/pem.ts';
import { CredentialError } from '../credentials/credential-error.ts';
import { keyUse } from '../credentials/key-use.ts';
import { isHere } from '../http/own-address.ts';
import type { TimestampExchange } from '../http/timestamp-exchange.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import type { Signer } from '../keys/signer.ts';
import type { CredentialRecord } from '../wallet/credential-store.ts';
import type { Wallet } from '../wallet/wallet.ts';
import { assertFree, readDocument, writeDocument } from './document-file.ts';
import { DocumentError, TimestampError } from './document-error.ts';
import { prepareDocument, type AppendPlaceholder } from './prepared-document.ts';
import { timestampOf, type Timestamp, type TimestampServer } from './timestamp.ts';

export interface DocumentToSign {
  readonly credentialId: string;
  readonly source: string;
  /** Nothing may be there yet. */
  readonly destination: string;
  readonly signal?: AbortSignal;
  /** Nobody is there: what needs a PIN fails with `pin-needed`. */
  readonly isUnattended?: boolean;
}

export interface DocumentRooms {
  readonly wallet: Pick<Wallet, 'credentials' | 'organizations' | 'activity'>;
  readonly keys: Pick<KeyRing, 'signer'>;
  readonly exchange: TimestampExchange;
  readonly append: AppendPlaceholder;
  readonly now: () => Date;
}

/**
 * Signs a PDF (PAdES baseline, ETSI EN 319 142-1): B-T where the organisation names a timestamp server, B-B where it names none.
 * The person's own file stays as it is. Rejects with `DocumentError`, `TimestampError`, `HttpError`, and what keys reject with;
 * nothing was written then.
 */
export async function signDocument(
  document: DocumentToSign,
  rooms: DocumentRooms,
): Promise<SignedDocument> {
  const { destination } = document;
  const record = signerRecord(document.credentialId, rooms);
  const source = await readDocument(document.source);
  await assertFree(destination);
  const { octets, timestamp } = await signed(source.octets, { record, document }, rooms);
  await writeDocument(destination, { octets, mode: source.mode });
  remember(record, { destination, octets }, rooms);
  return {
    path: destination,
    ...(timestamp && { timestampedAt: timestamp.at.toISOString(), timestampedBy: timestamp.by }),
  };
}

interface Signing {
  readonly record: CredentialRecord;
  readonly document: DocumentToSign;
}

interface Signed {
  readonly octets: Buffer;
  readonly timestamp: Timestamp | undefined;
}

async function signed(source: Buffer, signing: Signing, rooms: DocumentRooms): Promise<Signed> {
  const { record, document } = signing;
  const { signal } = document;
  const [certificate, ...chain] = readChain(record.chain).map(derOf);
  if (certificate === undefined) throw new TypeError('a chain has at least one certificate');
  const server = timestampServer(record, rooms);
  const room = roomFor([certificate, ...chain], server);
  const prepared = await prepareDocument(source, { now: rooms.now(), room, append: rooms.append });
  let timestamp: Timestamp | undefined;
  const signature = await createSignedData({
    ...{ certificate, chain, content: prepared.signed, form: 'detached' },
    signer: await signerFor(signing, rooms),
    unsignedAttributes: async (octets) => {
      signal?.throwIfAborted();
      timestamp =
        server &&
        (await timestampOf(octets, server, { ...rooms, randomBytes, ...optional(signal) }));
      if (server && timestamp && timestamp.token.length > roomForTimestamp) {
        throw new TimestampError('malformed', new URL(server.url).host);
      }
      return timestamp ? [timeStampAttribute(timestamp.token)] : [];
    },
  });
  return { octets: prepared.fill(signature), timestamp };
}

const optional = (signal: AbortSignal | undefined) => signal && { signal };

/** Octets: what stands around certificates, and a token with certificates of its own. */
const roomAround = 4 * 1024;
const roomForTimestamp = 24 * 1024;

const roomFor = (
  certificates: readonly Uint8Array[],
  server: TimestampServer | undefined,
): number =>
  certificates.reduce((sum, { length }) => sum + length, roomAround) +
  (server ? roomForTimestamp : 0);

function signerFor(
  { record, document }: Signing,
  { wallet, keys }: DocumentRooms,
): Promise<Signer> {
  const { organizationId, id: purpose } = record;
  const { signal, isUnattended = false } = document;
  const use = { organizationId, purpose, reason: 'sign-document', isUnattended } as const;
  return keys.signer(record.key.id, keyUse(wallet, { ...use, ...optional(signal) }));
}

/** RFC 9336; before that, documents were signed as mail is. */
const documentUsages: readonly string[] = [
  '1.3.6.1.5.5.7.3.36',
  // The one that was used before there was a standard (Microsoft's szOID_KP_DOCUMENT_SIGNING).
  '1.3.6.1.4.1.311.10.3.12',
  '1.3.6.1.5.5.7.3.4',
  anyExtendedKeyUsage,
];

/** Throws `CredentialError` and `DocumentError`. */
export function assertSignsDocuments(credentialId: string, rooms: DocumentRooms): void {
  signerRecord(credentialId, rooms);
}

function signerRecord(credentialId: string, { wallet, now }: DocumentRooms): CredentialRecord {
  const record = wallet.credentials.find(credentialId);
  if (record === undefined) throw new CredentialError({ code: 'not-found' }, 'signing a document');
  const [leaf] = readChain(record.chain);
  const usages = leaf === undefined ? [] : readDetails(derOf(leaf)).extendedKeyUsages;
  const isAllowed = usages.length === 0 || usages.some((usage) => documentUsages.includes(usage));
  if (record.purpose !== 'documentSigning' || !isAllowed) {
    throw new DocumentError('not-for-documents', 'choosing a credential');
  }
  const at = now().getTime();
  const isNow = Date.parse(record.notBefore) <= at && at <= Date.parse(record.notAfter);
  if (record.status !== 'active' || !isNow) {
    throw new DocumentError('not-valid-now', 'choosing a credential');
  }
  return record;
}

/** The roots that the offer names for it, or the organisation's own. */
function timestampServer(
  { timestamp, organizationId, directoryUrl }: CredentialRecord,
  { wallet }: DocumentRooms,
): TimestampServer | undefined {
  if (timestamp === undefined) return undefined;
  const own = wallet.organizations.find(organizationId)?.profile.roots ?? [];
  const roots = (timestamp.roots ?? own).map((root) => Buffer.from(root, 'base64'));
  return { url: timestamp.url, roots, mayStayHere: isHere(directoryUrl) };
}

interface Written {
  readonly destination: string;
  readonly octets: Buffer;
}

function remember(
  { id: credentialId, organizationId }: CredentialRecord,
  { destination, octets }: Written,
  { wallet }: DocumentRooms,
): void {
  const digest = createHash('sha256').update(octets).digest('hex');
  const detail = `${basename(destination)} (SHA-256 ${digest})`;
  wallet.activity.append({ event: 'document-signed', organizationId, credentialId, detail });
}
