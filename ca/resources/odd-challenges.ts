import { randomBytes } from 'node:crypto';
import type { Authority } from '../authority.ts';
import type { StrayPasskey } from '../fault-kinds.ts';
import type { Place } from '../faults.ts';
import type { Authorization, NewChallenge } from '../state/authorizations.ts';
import { newId } from '../state/rows.ts';
import type { AuthorizationObject, ChallengeObject } from './objects.ts';

/** The challenges of a new authorization, made odd by the faults that are armed for it. */
export function draftChallenges(
  types: readonly string[],
  place: Place,
  { faults }: Authority,
): readonly NewChallenge[] {
  const shared = faults.strike('sharedToken', place) === undefined ? undefined : newToken();
  return oddTypes(types, place, faults).map((type) => ({
    id: newId(),
    type,
    token: faultyToken(type, place, faults) ?? shared ?? newToken(),
  }));
}

function oddTypes(
  types: readonly string[],
  place: Place,
  faults: Authority['faults'],
): readonly string[] {
  const unknown = faults.strike('unknownChallenges', place);
  const beside = faults.strike('besideDomainProof', place) === undefined ? [] : ['dns-01'];
  const real = [...(unknown?.alone === true ? [] : types), ...beside];
  return unknown === undefined ? real : ['unheard-of-01', ...real, 'unheard-of-02'];
}

/** RFC 8555 §8.3 asks for 128 bits; these are 256. */
function newToken(): string {
  return randomBytes(32).toString('base64url');
}

function faultyToken(type: string, place: Place, faults: Authority['faults']): string | undefined {
  if (type === 'totp-01' && faults.strike('literalTotp', place) !== undefined) return '123456';
  if (faults.strike('tokenWithSpaces', place) === undefined) return undefined;
  return 'Some challenge to digitally sign';
}

/** An authorization as it will be shown. */
export function strikeChallenges(
  authorization: Authorization,
  place: Place,
  { faults }: Authority,
): Authorization {
  if (faults.strike('shuffledChallenges', place) === undefined) return authorization;
  return { ...authorization, challenges: authorization.challenges.toReversed() };
}

/** What challenges are shown by: with other names for this CA while that fault strikes. */
export function strikeIssuers(place: Place, authority: Authority): Authority {
  const fault = authority.faults.strike('issuerDomainNames', place);
  if (fault === undefined) return authority;
  const names = Array.from({ length: fault.count }, (_, index) => `ca${index}.example`);
  return { ...authority, rules: { ...authority.rules, caaIdentities: names } };
}

/** An authorization as it will be sent. */
export function strikePasskeys(
  authorization: AuthorizationObject,
  place: Place,
  { faults }: Authority,
): AuthorizationObject {
  const fault = faults.strike('strayPasskey', place);
  if (fault === undefined) return authorization;
  const { challenges } = authorization;
  return {
    ...authorization,
    challenges: challenges.map((one) => ({ ...one, ...stray(one, fault.by) })),
  };
}

function stray({ publicKey }: ChallengeObject, by: StrayPasskey): ChallengeObject {
  if (typeof publicKey !== 'object') return {};
  switch (by) {
    case 'otherHost':
      return { publicKey: { ...publicKey, rpId: 'elsewhere.example' } };
    case 'otherChallenge':
      return { publicKey: { ...publicKey, challenge: 'A'.repeat(43) } };
    case 'otherPage':
      return { webauthnUrl: 'https://elsewhere.example/portal/passkey' };
  }
}
