import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createThrottle } from '../challenges/throttle.ts';
import type { Attempt, Refusal } from '../challenges/throttle.ts';
import { openState } from '../state.ts';
import type { State } from '../state.ts';
import type { Challenge } from './authorizations.ts';
import { migrations, SEALED_SINCE } from './schema.ts';

const MINUTE = 60_000;
const start = Date.UTC(2026, 0, 1);

let directory: string;
let state: State;
let now: number;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ca-throttles-'));
  now = start;
});

afterEach(() => {
  state.close();
  rmSync(directory, { recursive: true });
});

/** A state of the last version in which totp-01 had a throttle of its own. */
function fillOldState(rows: string): void {
  const database = new DatabaseSync(join(directory, 'ca.sqlite'));
  for (const migration of migrations.slice(0, SEALED_SINCE - 1)) database.exec(String(migration));
  database.exec(`
    PRAGMA user_version = ${SEALED_SINCE - 1};
    INSERT INTO people VALUES ('a', 'a', 'a@example.test', 'employee', 0),
      ('b', 'b', 'b@example.test', 'employee', 0);
    ${rows}
  `);
  database.close();
}

const admit = (person: string): Attempt | Refusal =>
  createThrottle({ state, clock: () => new Date(now) }).admit({
    credential: `totp:${person}`,
    challenge: openChallenge(),
  });

function openChallenge(): Challenge {
  const id = crypto.randomUUID();
  state.accounts.add({
    ...{ id, jwk: {}, thumbprint: id, contact: [], termsAgreedAt: undefined, termsVersion: '1' },
    ...{ binding: undefined, kid: undefined, personId: undefined, createdAt: new Date(now) },
  });
  const { challenges } = state.authorizations.add({
    ...{ id, accountId: id, identifier: { type: 'email', value: 'a@example.test' } },
    ...{ wildcard: false, subdomains: false, preauthorized: false, grantedAt: undefined },
    ...{ profile: 'employee', createdAt: new Date(now), expiresAt: new Date(now + 60 * MINUTE) },
    challenges: [{ id, type: 'totp-01', token: 'token' }],
  });
  const [challenge] = challenges;
  if (challenge === undefined) throw new Error('there is no challenge');
  return challenge;
}

describe('the throttle of an earlier version', () => {
  const times = (count: number): string =>
    Array.from({ length: count }, (_, index) => `('a', ${start - count + index})`).join(', ');

  it('keeps its lock to the millisecond', () => {
    fillOldState(`
      INSERT INTO totp_credentials VALUES ('a', 'SECRET', 6, 30, 7, 12, ${start - 1 + 4 * MINUTE}),
        ('b', 'OTHER', 8, 60, -1, 0, 0);
      INSERT INTO totp_failures VALUES ${times(12)};
    `);
    state = openState(directory);
    expect(admit('a')).toEqual({ outcome: 'throttled', until: new Date(start - 1 + 4 * MINUTE) });
    expect(admit('b').outcome).toBe('admitted');
    expect(state.totpCredentials.find('a')).toEqual({
      ...{ personId: 'a', secret: 'SECRET', digits: 6, period: 30, lastStep: 7 },
    });
    now = start - 1 + 4 * MINUTE;
    expect(admit('a').outcome).toBe('admitted');
  });

  it('keeps what it had ended, and its failures in a row', () => {
    fillOldState(`
      INSERT INTO totp_credentials VALUES ('a', 'SECRET', 6, 30, 7, 100, 0),
        ('b', 'OTHER', 8, 60, -1, 99, 0);
    `);
    state = openState(directory);
    expect(admit('a')).toEqual({ outcome: 'unusable' });
    expect(admit('b').outcome).toBe('admitted');
    expect(admit('b')).toEqual({ outcome: 'unusable' });
    state.throttles.forget('totp:a');
    expect(admit('a').outcome).toBe('admitted');
  });
});

describe('an attempt', () => {
  const admitted = (): Attempt => {
    const attempt = admit('a');
    if (attempt.outcome !== 'admitted') throw new Error(attempt.outcome);
    return attempt;
  };

  it('counts as failed from the start, so that no number of them at once gives more guesses', () => {
    state = openState(undefined);
    const outcomes = Array.from({ length: 12 }, () => admit('a').outcome);
    expect(outcomes.filter((outcome) => outcome === 'admitted')).toHaveLength(10);
    expect(outcomes.slice(10)).toEqual(['throttled', 'throttled']);
  });

  it('that succeeds is no failure, and ends the failures in a row', () => {
    state = openState(undefined);
    for (let count = 0; count < 3; count += 1) admitted().fail();
    expect(state.throttles.failuresInARow('totp:a')).toBe(3);
    expect(admitted().succeed()).toEqual({ outcome: 'valid' });
    expect(state.throttles.failuresInARow('totp:a')).toBe(0);
    expect(state.throttles.failuresAfter('totp:a', new Date(0))).toHaveLength(3);
  });

  it('that nobody judged is no failure, but a response to the challenge', () => {
    state = openState(undefined);
    const throttle = createThrottle({ state, clock: () => new Date(now) });
    const challenge = openChallenge();
    for (let count = 0; count < 30; count += 1) {
      const attempt = throttle.admit({ credential: 'otp:a', challenge });
      if (attempt.outcome === 'admitted') attempt.withdraw();
    }
    expect(state.challenges.find(challenge.id)?.attempts).toBe(30);
    expect(state.throttles.failuresInARow('otp:a')).toBe(0);
    expect(state.throttles.failuresAfter('otp:a', new Date(0))).toEqual([]);
  });

  it('that leads to another is no failure, but one of as many as the challenge takes', () => {
    state = openState(undefined);
    const throttle = createThrottle({ state, clock: () => new Date(now) });
    const challenge = openChallenge();
    const outcomes = Array.from({ length: 3 }, () => {
      const attempt = throttle.admit({ credential: 'otp:a', challenge, tries: 3 });
      return attempt.outcome === 'admitted' ? attempt.proceed() : attempt;
    });
    expect(outcomes).toEqual([
      { outcome: 'continues' },
      { outcome: 'continues' },
      { outcome: 'wrong', attemptsRemaining: 0 },
    ]);
    expect(state.throttles.failuresInARow('otp:a')).toBe(1);
  });

  it('that fails after ten in an hour locks, each time twice as long, until the hour is over', () => {
    state = openState(undefined);
    for (let count = 0; count < 10; count += 1) admitted().fail();
    const minutes = [];
    for (let count = 0; count < 6; count += 1) {
      const refusal = admit('a');
      if (refusal.outcome !== 'throttled') throw new Error(refusal.outcome);
      minutes.push((refusal.until.getTime() - now) / MINUTE);
      now = refusal.until.getTime();
      admitted().fail();
    }
    expect(minutes).toEqual([1, 2, 4, 8, 16, 32]);
    // Of the first ten, none is within the hour any more.
    expect(admit('a').outcome).toBe('admitted');
  });
});
