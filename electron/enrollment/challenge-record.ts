import type { DnsRecord, RecordPermission, RecordSighting } from '../../shared/enrollment-state.ts';
import type { Authorization } from '../acme/authorization.ts';
import { tokenKind, type Challenge } from '../acme/challenge.ts';
import type { AcmeClient } from '../acme/client.ts';
import { DnsError } from '../domain-proofs/dns-error.ts';
import { DomainProofError } from '../domain-proofs/domain-proof-error.ts';
import type { Sighting } from '../domain-proofs/visibility.ts';
import { challengeType } from './challenges/challenge-types.ts';

/** The record that answers a challenge; undefined when none can. */
export function recordOf(
  client: AcmeClient,
  authorization: Authorization,
  challenge: Challenge,
): DnsRecord | undefined {
  const known = challengeType(challenge.type);
  if (known?.kind !== 'record' || authorization.identifier.type !== 'dns') return undefined;
  const { identifier, wildcard, expires } = authorization;
  const { accountUrl = '' } = client;
  const newAccountUrl = client.directory.newAccount;
  const keyAuthorization = keyAuthorizationOf(client, challenge);
  try {
    return known.record({
      ...{ identifier, wildcard, challenge, keyAuthorization, expires },
      ...{ accountUrl, newAccountUrl },
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
export function permissionOf(
  { directory }: AcmeClient,
  { wildcard }: Authorization,
  challenge: Challenge,
): RecordPermission | undefined {
  const known = challengeType(challenge.type);
  const issuer = known?.kind === 'record' ? known.issuer?.(challenge) : undefined;
  if (issuer === undefined) return undefined;
  const listed = (directory.meta.caaIdentities ?? []).map((name) => name.toLowerCase());
  return { issuer, isUnlisted: !listed.includes(issuer), includesNamesBelow: wildcard };
}

function keyAuthorizationOf({ challenges }: AcmeClient, { token }: Challenge): string | undefined {
  const sound = token !== undefined && tokenKind({ token }) === 'sound';
  return sound ? challenges.keyAuthorization(token) : undefined;
}

const mostValues = 5;
const longestValue = 300;

/** What the name servers said, as the person sees it. */
export function viewSighting(sighting: Sighting, at: Date): RecordSighting {
  const time = { at: at.toISOString() };
  if (sighting.seen !== 'other') return { ...time, seen: sighting.seen };
  return { ...time, seen: 'other', values: sighting.values.slice(0, mostValues).map(printable) };
}

/** Whatever stands in a record that is not ours: no character of it may do anything to the text around it. */
const printable = (text: string): string =>
  text.slice(0, longestValue).replaceAll(/[^\x20-\x7e]/g, '\ufffd');
