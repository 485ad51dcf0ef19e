import { createHmac, timingSafeEqual } from 'node:crypto';
import { importAccountKey } from '../account-key.ts';
import type { Authority } from '../authority.ts';
import { parseJson, readAlgorithm, readFlattenedJws, readHeader } from '../jws.ts';
import type { FlattenedJws, JwsHeader } from '../jws.ts';
import { Problem } from '../problems.ts';
import type { KeyRequest } from '../requests.ts';
import type { StoredInvitation } from '../state/invitations.ts';

export type Binding = {
  readonly kid: string;
  readonly personId: string | undefined;
  /** The field as it was sent, to be shown in the account object. */
  readonly object: FlattenedJws;
};

const macDigests: Readonly<Record<string, string>> = {
  HS256: 'sha256',
  HS384: 'sha384',
  HS512: 'sha512',
};

const WHAT = 'The external account binding';

/** Follows the five steps of RFC 8555 §7.3.4. */
export function verifyBinding(value: unknown, request: KeyRequest, authority: Authority): Binding {
  const jws = readFlattenedJws(value, WHAT);
  const header = readHeader(jws, 'the external account binding');
  const digest = macDigests[readAlgorithm(header, Object.keys(macDigests))] ?? '';
  const kid = readKid(header, request.url);
  const invitation = authority.state.invitations.find(kid);
  if (invitation === undefined || !hasMac(jws, invitation.macKey, digest)) {
    throw new Problem('unauthorized', 'The external account key is unknown or its MAC is wrong.');
  }
  checkUsable(invitation, authority.clock());
  const payload = parseJson(Buffer.from(jws.payload, 'base64url'), WHAT);
  const { thumbprint } = importAccountKey(payload);
  if (thumbprint !== request.key.thumbprint) {
    throw new Problem('unauthorized', `${WHAT} is for another account key.`);
  }
  return { kid, personId: invitation.personId, object: jws };
}

function readKid(header: JwsHeader, url: string): string {
  const { kid } = header as { readonly kid?: unknown };
  if (typeof kid !== 'string') throw new Problem('malformed', `${WHAT} has no "kid".`);
  for (const name of ['nonce', 'jwk']) {
    if (name in header) throw new Problem('malformed', `${WHAT} may not have a "${name}".`);
  }
  if (header['url'] !== url) {
    throw new Problem('malformed', `${WHAT} has not the "url" of the request around it.`);
  }
  return kid;
}

function hasMac(jws: FlattenedJws, key: Buffer, digest: string): boolean {
  const expected = createHmac(digest, key).update(`${jws.protected}.${jws.payload}`).digest();
  const given = Buffer.from(jws.signature, 'base64url');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** Only who knows the MAC key learns why it is of no use any more. */
function checkUsable(invitation: StoredInvitation, now: Date): void {
  if (invitation.usedAt !== undefined && !invitation.reusable) {
    throw new Problem('unauthorized', 'The external account key was used already.');
  }
  if (invitation.expiresAt <= now) {
    throw new Problem('unauthorized', 'The external account key has expired.');
  }
}
