import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Person } from '../people-types.ts';
import { openState } from '../state.ts';
import type { State } from '../state.ts';
import { createCredentialRegister } from './credential-register.ts';
import { createPasskeyDesk } from './passkey-desk.ts';
import type { PasskeyDesk } from './passkey-desk.ts';
import { relyingPartyAt } from './relying-party.ts';

const person: Person = {
  ...{ id: 'p', name: 'Alex', email: 'alex@example.test', role: 'employee' },
  registered: new Date(0),
};

let state: State;
let desk: PasskeyDesk;
let seconds: number;

beforeEach(() => {
  state = openState(undefined);
  state.persons.add(person);
  seconds = 0;
  const clock = (): Date => new Date(seconds * 1000);
  const relyingParty = relyingPartyAt({
    ...{ origin: 'https://ca.example', name: 'CA', page: undefined },
  });
  const credentials = createCredentialRegister({ state, clock });
  desk = createPasskeyDesk({ state, clock, credentials, relyingParty });
});

afterEach(() => state.close());

describe('a registration that nobody answers', () => {
  it('is forgotten once it is over and somebody begins another', () => {
    desk.begin({ person, holder: 'first' });
    desk.begin({ person, holder: 'second' });
    seconds = 299;
    desk.begin({ person, holder: 'third' });
    expect(state.registrations.take('first')?.holder).toBe('first');
    seconds = 300;
    desk.begin({ person, holder: 'fourth' });
    const left = ['second', 'third', 'fourth'].filter((one) => state.registrations.take(one));
    expect(left).toEqual(['third', 'fourth']);
  });
});
