import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCredentialRegister } from '../passkeys/credential-register.ts';
import { createPasskeyDesk } from '../passkeys/passkey-desk.ts';
import { relyingPartyAt } from '../passkeys/relying-party.ts';
import { readRegistration } from '../passkeys/responses.ts';
import type { Person } from '../people-types.ts';
import { openState } from '../state.ts';
import type { State } from '../state.ts';
import type { Account } from '../state/accounts.ts';
import type { Passkey } from '../state/passkeys.ts';
import { SoftwareAuthenticator } from '../testing/software-authenticator.ts';
import type { AnsweredChallengeType, Verdict } from './challenge-type.ts';
import { createPpkp } from './ppkp-01.ts';
import { createThrottle } from './throttle.ts';

const origin = 'https://ca.example';
const now = new Date(0);
const clock = () => now;
const later = new Date(3_600_000);
const person: Person = {
  ...{ id: 'p', name: 'Alex', email: 'alex@example.test', role: 'employee', registered: now },
};

let state: State;
let account: Account;
let type: AnsweredChallengeType;
let authenticator: SoftwareAuthenticator;
let passkey: Passkey;

beforeEach(async () => {
  state = openState(undefined);
  state.persons.add(person);
  account = state.accounts.add({
    ...{ id: 'a', jwk: {}, thumbprint: 't', contact: [], termsAgreedAt: undefined },
    ...{ termsVersion: '1', binding: undefined, kid: undefined, personId: 'p', createdAt: now },
  });
  const relyingParty = relyingPartyAt({ origin, name: 'CA', page: undefined });
  const credentials = createCredentialRegister({ state, clock });
  const desk = createPasskeyDesk({ state, clock, credentials, relyingParty });
  authenticator = new SoftwareAuthenticator();
  const applicant = { person, holder: 'h' };
  const made = authenticator.create(desk.begin(applicant).publicKey, { origin });
  passkey = await desk.finish(applicant, { response: readRegistration(made), name: 'Key' });
  const throttle = createThrottle({ state, clock });
  type = createPpkp({ state, clock, throttle, relyingParty });
});

afterEach(() => state.close());

/** Takes an assertion for a new challenge in, as the resource does, and leaves the judging for later. */
function takeIn(id: string, signCount: number): () => Promise<Verdict> {
  const authorization = state.authorizations.add({
    ...{ id: `authz ${id}`, accountId: 'a', identifier: { type: 'email', value: person.email } },
    ...{ wildcard: false, subdomains: false, preauthorized: false, grantedAt: undefined },
    profile: 'employee',
    ...{ createdAt: now, expiresAt: later, challenges: [{ id, type: 'ppkp-01', token: id }] },
  });
  const [challenge] = authorization.challenges;
  if (challenge === undefined) throw new Error('the challenge is missing');
  const described = type.describe?.({
    ...{ challenge, authorization, account, person, accountUrl: '', issuerDomainNames: [] },
  }) as { readonly publicKey: { readonly challenge: string } };
  const credential = authenticator.get(described.publicKey, { origin, signCount });
  const keyAuthorization = `${id}.t`;
  const verdict = type.answer({
    ...{ challenge, challengeUrl: '', identifier: authorization.identifier, account, person },
    ...{ profile: 'employee', keyAuthorization, payload: { credential } },
  });
  if (verdict.outcome !== 'deliberating') throw new Error(`judged at once: ${verdict.outcome}`);
  state.challenges.recordResponse(id, keyAuthorization, now);
  return () => verdict.verdict(new AbortController().signal);
}

const stored = () => state.passkeys.find(passkey.id);

describe('what happens while an assertion is being judged', () => {
  it('counts: another with the same counter was first', async () => {
    const [first, second] = [takeIn('1', 5), takeIn('2', 5)];
    expect(await second()).toEqual({ outcome: 'valid' });
    expect(await first()).toEqual({ outcome: 'unusable' });
    expect(stored()).toMatchObject({ signCount: 5, flaggedAt: now });
  });

  it('counts: the passkey was found to have a copy', async () => {
    const [first, second, third] = [takeIn('1', 5), takeIn('2', 4), takeIn('3', 6)];
    expect(await first()).toEqual({ outcome: 'valid' });
    expect(await second()).toEqual({ outcome: 'unusable' });
    expect(await third()).toEqual({ outcome: 'unusable' });
    expect(stored()).toMatchObject({ signCount: 5, flaggedAt: now });
  });

  it('counts: the passkey was removed', async () => {
    const judge = takeIn('1', 5);
    state.passkeys.remove(passkey.id, 'p');
    expect(await judge()).toEqual({ outcome: 'unusable' });
  });

  it('counts: the challenge was decided otherwise, and the counter stays', async () => {
    const judge = takeIn('1', 5);
    state.challenges.fail('1', { type: 'about:blank', detail: 'ended' }, now);
    expect(await judge()).toEqual({ outcome: 'unusable' });
    expect(stored()).toMatchObject({ signCount: 0, lastUsedAt: undefined, flaggedAt: undefined });
  });

  it('is nothing to one that is newer all the same', async () => {
    const [first, second] = [takeIn('1', 5), takeIn('2', 6)];
    expect(await first()).toEqual({ outcome: 'valid' });
    expect(await second()).toEqual({ outcome: 'valid' });
    expect(stored()).toMatchObject({ signCount: 6, lastUsedAt: now });
  });
});
