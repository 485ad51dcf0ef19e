import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPeople, registerDemoPerson } from './people.ts';
import type { People } from './people-types.ts';
import { openState } from './state.ts';
import type { State } from './state.ts';
import { createTestClock } from './testing/enrollment.ts';
import type { TestClock } from './testing/enrollment.ts';

let state: State;
let clock: TestClock;
let people: People;

beforeEach(() => {
  state = openState(undefined);
  clock = createTestClock();
  people = createPeople({ state, clock, issuerName: 'Local CA' });
});

afterEach(() => state.close());

describe('a person', () => {
  it('is registered with an address in lower case and a fresh authenticator', () => {
    const person = people.register({ name: ' Sam Second ', email: 'Sam@Example.TEST' });
    expect(person).toMatchObject({
      name: 'Sam Second',
      email: 'sam@example.test',
      role: 'employee',
      registered: clock(),
    });
    expect(people.list()).toEqual([person]);
    expect(people.find(person.id)).toEqual(person);
    expect(people.findByEmail(' SAM@example.test ')).toEqual(person);
    const { uri, secret, digits, period } = people.totpSetup(person.id);
    expect([digits, period]).toEqual([6, 30]);
    const parsed = new URL(uri);
    expect([parsed.protocol, parsed.host]).toEqual(['otpauth:', 'totp']);
    expect(decodeURIComponent(parsed.pathname)).toBe('/Local CA:sam@example.test');
    expect(parsed.searchParams.get('secret')).toBe(secret);
    expect(secret).toMatch(/^[A-Z2-7]{32}$/);
  });

  it('is registered once', () => {
    people.register({ name: 'Sam', email: 'sam@example.test' });
    const again = (): unknown => people.register({ name: 'Sam', email: 'SAM@example.test' });
    expect(again).toThrow(expect.objectContaining({ code: 'alreadyRegistered' }));
    registerDemoPerson(people);
    registerDemoPerson(people);
    expect(people.list()).toHaveLength(2);
  });

  it.each([
    ['', 'a@example.test'],
    ['x'.repeat(65), 'a@example.test'],
    ['Sam\u0000', 'a@example.test'],
    ['Sam\u202eevil', 'a@example.test'],
    ['Sam', 'nobody'],
    ['Sam', 'ä@example.test'],
    ['Sam', 'a b@example.test'],
    ['Sam', 'a@example.test, b@example.test'],
  ])('is not registered as %j with %j', (name, email) => {
    expect(() => people.register({ name, email })).toThrow(
      expect.objectContaining({ code: 'badDetails' }),
    );
  });

  it('gets another authenticator that replaces the first', () => {
    const { id } = people.register({ name: 'Sam', email: 'sam@example.test' });
    const before = people.totpSetup(id);
    const after = people.resetTotp(id);
    expect(after.secret).not.toBe(before.secret);
    expect(people.totpSetup(id)).toEqual(after);
    expect(() => people.resetTotp('x')).toThrow(expect.objectContaining({ code: 'unknownPerson' }));
  });
});

describe('an invitation', () => {
  it('is for a person or a service, and shows its key only once', () => {
    const { id } = people.register({ name: 'Sam', email: 'sam@example.test' });
    const forSam = people.invite({ for: { personId: id } });
    expect(forSam).toMatchObject({
      personId: id,
      email: 'sam@example.test',
      service: undefined,
      reusable: false,
      usedAt: undefined,
      expires: new Date(clock().getTime() + 7 * 86_400_000),
    });
    expect(Buffer.from(forSam.macKey, 'base64url')).toHaveLength(32);
    clock.advance(1);
    const forWeb = people.invite({ for: { service: 'web' }, reusable: true, lifetime: 60 });
    expect(people.invitations().map(({ kid }) => kid)).toEqual([forWeb.kid, forSam.kid]);
    expect(JSON.stringify(people.invitations())).not.toContain(forSam.macKey);
  });

  it('is for nobody who is not registered', () => {
    expect(() => people.invite({ for: { personId: 'x' } })).toThrow(
      expect.objectContaining({ code: 'unknownPerson' }),
    );
  });

  it('has names and keys that no program takes for an option', () => {
    const invited = Array.from({ length: 500 }, () => people.invite({ for: { service: 'web' } }));
    expect(
      invited.filter(({ kid, macKey }) => kid.startsWith('-') || macKey.startsWith('-')),
    ).toEqual([]);
  });

  it('ends when it is withdrawn', () => {
    const { kid } = people.invite({ for: { service: 'web' } });
    clock.advance(5);
    people.withdraw(kid);
    expect(people.invitations()[0]?.expires).toEqual(clock());
  });
});
