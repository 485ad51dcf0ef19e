import type { RecordPermission, RecordSighting } from '../../../shared/enrollment-state.ts';
import type { DnsRecord } from '../../../shared/enrollment-state.ts';
import { tokenKind } from '../../acme/challenge.ts';
import { DnsError } from '../../domain-proofs/dns-error.ts';
import { issuerOf } from '../../domain-proofs/dns-persist-01.ts';
import { recordFor, type DnsProofType } from '../../domain-proofs/dns-proof.ts';
import { DomainProofError } from '../../domain-proofs/domain-proof-error.ts';
import type { Sighting } from '../../domain-proofs/visibility.ts';
import { notAnAnswer, type Asked, type ChallengeType, type ProofRooms } from './challenge-type.ts';

/** RFC 8555 §8.4 and its siblings: a TXT record that the person publishes where only they can; the answer says that it is there. */
export const byRecord = (type: DnsProofType): ChallengeType => ({
  kind: 'record',
  type,

  show: (asked, rooms) => {
    const record = recordOf(type, asked, rooms);
    if (record === undefined) return undefined;
    const permits = type === 'dns-persist-01' ? permissionOf(asked, rooms) : undefined;
    const sighting = rooms.sightings.get(asked.challenge.url);
    return {
      ...{ kind: 'record', record, stays: type === 'dns-persist-01' },
      ...(permits && { permits }),
      ...(sighting && { sighting }),
    };
  },

  respond: async (asked, answer, { rooms, signal }) => {
    const record = recordOf(type, asked, rooms);
    if (answer.by !== 'record' || record === undefined) throw notAnAnswer();
    const sighting = await rooms.lookAtRecord(record, signal);
    signal.throwIfAborted();
    rooms.sightings.set(asked.challenge.url, viewSighting(sighting, rooms.clock.now()));
    const isKnown = sighting.seen === 'record' || (answer.unseen && sighting.seen === 'unknown');
    return isKnown ? {} : undefined;
  },
});

/** Undefined when no record answers the challenge. */
function recordOf(
  type: DnsProofType,
  { authorization, challenge }: Asked,
  { client }: ProofRooms,
): DnsRecord | undefined {
  const { identifier, wildcard } = authorization;
  if (identifier.type !== 'dns') return undefined;
  const { token } = challenge;
  const sound = token !== undefined && tokenKind({ token }) === 'sound';
  try {
    return recordFor(type, {
      ...{ identifier, wildcard, challenge },
      keyAuthorization: sound ? client.challenges.keyAuthorization(token) : undefined,
      accountUrl: client.accountUrl ?? '',
      newAccountUrl: client.directory.newAccount,
    });
  } catch (error) {
    if (error instanceof DnsError || error instanceof DomainProofError) return undefined;
    throw error;
  }
}

/**
 * Whom a record that stays lets issue. draft-ietf-acme-dns-persist §2: issuers MAY be drawn from `caaIdentities`, they
 * need not be: one that is not is no reason to refuse the challenge, but the person is to know.
 */
function permissionOf(
  { authorization: { wildcard }, challenge }: Asked,
  { client: { directory } }: ProofRooms,
): RecordPermission {
  const issuer = issuerOf(challenge.issuerDomainNames);
  const listed = (directory.meta.caaIdentities ?? []).map((name) => name.toLowerCase());
  return { issuer, isUnlisted: !listed.includes(issuer), includesNamesBelow: wildcard };
}

const mostValues = 5;
const longestValue = 300;

/** What the name servers said, as the person sees it. */
function viewSighting(sighting: Sighting, at: Date): RecordSighting {
  const time = { at: at.toISOString() };
  if (sighting.seen !== 'other') return { ...time, seen: sighting.seen };
  return { ...time, seen: 'other', values: sighting.values.slice(0, mostValues).map(printable) };
}

/** Whatever stands in a record that is not ours: no character of it may do anything to the text around it. */
const printable = (text: string): string =>
  text.slice(0, longestValue).replaceAll(/[^\x20-\x7e]/g, '\ufffd');
