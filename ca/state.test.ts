import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openState } from './state.ts';
import type { State } from './state.ts';

let state: State;

beforeEach(() => {
  state = openState(undefined);
});

afterEach(() => state.close());

const person = (id: string) => ({
  id,
  name: 'Sam',
  email: `${id}@example.test`,
  role: 'employee' as const,
  registered: new Date(0),
});

describe('a transaction', () => {
  it('keeps all of its steps, or none', () => {
    const broken = (): void =>
      state.transaction(() => {
        state.persons.add(person('a'));
        throw new Error('broken off');
      });
    expect(broken).toThrow('broken off');
    expect(state.persons.list()).toEqual([]);
    state.transaction(() => state.persons.add(person('a')));
    expect(state.persons.list()).toHaveLength(1);
  });

  it('inside another is part of it', () => {
    const broken = (): void =>
      state.transaction(() => {
        state.transaction(() => state.persons.add(person('a')));
        throw new Error('broken off');
      });
    expect(broken).toThrow();
    expect(state.persons.list()).toEqual([]);
  });
});

describe('the state', () => {
  it('cannot hold what contradicts itself', () => {
    const invitation = {
      kid: 'k',
      macKey: Buffer.of(1),
      reusable: false,
      createdAt: new Date(0),
      expiresAt: new Date(1),
    };
    const nobody = { ...invitation, personId: undefined, service: undefined };
    expect(() => state.invitations.add(nobody)).toThrow(/CHECK/);
    const stranger = { ...invitation, personId: 'nobody', service: undefined };
    expect(() => state.invitations.add(stranger)).toThrow(/FOREIGN KEY/);
  });

  it('numbers revocation lists from one on', () => {
    expect([1, 2, 3].map(() => state.nextCrlNumber())).toEqual([1, 2, 3]);
  });
});
