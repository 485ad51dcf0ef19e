import { generateSync } from 'otplib/functional';
import { ocraResponse } from '../challenges/ocra.ts';
import type { Person } from '../people-types.ts';
import type { AcmeClient, ChallengeObject } from './acme-client.ts';
import { codeOf, placeOrder } from './enrollment.ts';
import type { PlacedOrder, TestCa } from './enrollment.ts';

/** A way to make one-time codes, as a person does it. */
export type CodeMaker = {
  readonly name: string;
  readonly type: 'totp-01' | 'hotp-01' | 'otp-01';
  readonly profile: 'employee' | 'contractor';
  /** Gives it to a person, in place of what they had of this kind. */
  setUp(ca: TestCa, person: Person): void;
  /** The right code for a challenge, now. */
  code(ca: TestCa, person: Person, challenge: ChallengeObject): string;
  /** Makes the next code another, or lets the same be good again. */
  goOn(ca: TestCa, person: Person): void;
};

export const totp: CodeMaker = {
  ...{ name: 'an authenticator app', type: 'totp-01', profile: 'employee' },
  setUp: (ca, person) => void ca.people.resetTotp(person.id),
  code: (ca, person) => codeOf(ca, person),
  goOn: (ca) => ca.clock.advance(30),
};

export const hotp: CodeMaker = {
  ...{ name: 'a token that counts', type: 'hotp-01', profile: 'employee' },
  setUp: (ca, person) => ca.people.codes.setUpHotp(person.id),
  code: (ca, person) => countedCode(ca, person),
  goOn: () => undefined,
};

export const ocra: CodeMaker = {
  ...{ name: 'a token that answers to a number', type: 'otp-01', profile: 'contractor' },
  setUp: (ca, person) => ca.people.codes.setUpOcra(person.id, 'OCRA-1:HOTP-SHA256-8:QN08'),
  code(ca, person, challenge) {
    const setup = ca.people.codes.otp(person.id);
    if (setup?.kind !== 'ocra') throw new Error('the person has no such token');
    const key = Buffer.from(setup.secret, 'hex');
    return ocraResponse({ suite: setup.suite, key, question: challenge.display ?? '' });
  },
  goOn: () => undefined,
};

/** The code of the person's counter, or so many further. */
export function countedCode(ca: TestCa, person: Person, ahead = 0): string {
  const setup = ca.people.codes.hotp(person.id);
  if (setup === undefined) throw new Error('the person has no token that counts');
  const { secret, digits, counter } = setup;
  return generateSync({ strategy: 'hotp', secret, digits, counter: counter + ahead });
}

export type OpenChallenge = { readonly placed: PlacedOrder; readonly challenge: ChallengeObject };

/** A new order of a person, and its challenge of the kind. */
export async function openChallenge(
  client: AcmeClient,
  { type, profile }: Pick<CodeMaker, 'type' | 'profile'>,
  person: Person,
): Promise<OpenChallenge> {
  const identifiers = [{ type: 'email', value: person.email }];
  const placed = await placeOrder(client, { identifiers, profile });
  return { placed, challenge: await client.challenge(placed.order, type) };
}
