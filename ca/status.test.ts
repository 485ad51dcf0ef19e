import { describe, expect, it } from 'vitest';
import type { Authorization, Challenge } from './state/authorizations.ts';
import type { Order } from './state/orders.ts';
import { authorizationStatus, challengeStatus, orderStatus } from './status.ts';

const now = new Date('2026-06-01T12:00:00Z');
const past = new Date('2026-06-01T11:00:00Z');
const future = new Date('2026-06-01T13:00:00Z');
const error = { type: 'urn:ietf:params:acme:error:malformed', detail: '' };

function challenge(facts: Partial<Challenge> = {}): Challenge {
  return {
    id: 'c',
    authorizationId: 'a',
    type: 'dns-01',
    token: 't',
    attempts: 0,
    keyAuthorization: undefined,
    respondedAt: undefined,
    validatedAt: undefined,
    failedAt: undefined,
    error: undefined,
    ...facts,
  };
}

function authorization(facts: Partial<Authorization> = {}): Authorization {
  return {
    id: 'a',
    accountId: 'x',
    identifier: { type: 'dns', value: 'a.test' },
    wildcard: false,
    subdomains: false,
    preauthorized: false,
    expiresAt: future,
    grantedAt: undefined,
    profile: 'employee',
    deactivatedAt: undefined,
    challenges: [challenge(), challenge()],
    ...facts,
  };
}

function order(facts: Partial<Order> = {}): Order {
  return {
    sequence: 1,
    id: 'o',
    accountId: 'x',
    profile: 'server',
    identifiers: [],
    notBefore: undefined,
    notAfter: undefined,
    createdAt: past,
    expiresAt: future,
    replacesId: undefined,
    request: undefined,
    certificateId: undefined,
    error: undefined,
    ...facts,
  };
}

const valid = authorization({ challenges: [challenge(), challenge({ validatedAt: past })] });
const invalid = authorization({ challenges: [challenge(), challenge({ failedAt: past })] });
const pending = authorization();

describe('the status of a challenge', () => {
  it.each([
    ['pending', {}],
    ['pending', { attempts: 4, error }],
    ['processing', { respondedAt: past }],
    ['processing', { respondedAt: past, error }],
    ['valid', { respondedAt: past, validatedAt: past }],
    ['invalid', { respondedAt: past, failedAt: past, error }],
    ['invalid', { failedAt: past, error }],
  ])('is %s for %j', (status, facts) => {
    expect(challengeStatus(challenge(facts))).toBe(status);
  });
});

describe('the status of an authorization', () => {
  it.each<[string, string, Authorization]>([
    ['pending', 'no challenge is decided', pending],
    ['valid', 'any challenge is valid', valid],
    ['valid', 'it was granted', authorization({ grantedAt: past, challenges: [] })],
    ['invalid', 'a challenge failed', invalid],
    [
      'valid',
      'one failed and another is valid',
      { ...valid, challenges: [...invalid.challenges, ...valid.challenges] },
    ],
    ['expired', 'a valid one has run out', { ...valid, expiresAt: past }],
    ['expired', 'a pending one has run out', { ...pending, expiresAt: past }],
    ['expired', 'it runs out now', { ...valid, expiresAt: now }],
    ['invalid', 'an invalid one has run out', { ...invalid, expiresAt: past }],
    ['deactivated', 'a valid one was deactivated', { ...valid, deactivatedAt: past }],
    ['deactivated', 'a pending one was deactivated', { ...pending, deactivatedAt: past }],
  ])('is %s when %s', (status, _when, facts) => {
    expect(authorizationStatus(facts, now)).toBe(status);
  });
});

describe('the status of an order', () => {
  const begun = { request: Buffer.of(1) };
  const expired = { ...valid, expiresAt: past };
  const deactivated = { ...valid, deactivatedAt: past };

  it.each<[string, Partial<Order>, Authorization[]]>([
    ['pending', {}, [pending]],
    ['pending', {}, [valid, pending]],
    ['ready', {}, [valid]],
    ['ready', {}, [valid, valid]],
    ['invalid', {}, [valid, invalid]],
    ['invalid', {}, [pending, invalid]],
    ['invalid', {}, [valid, expired]],
    ['invalid', {}, [valid, deactivated]],
    ['invalid', { expiresAt: past }, [valid]],
    ['invalid', { expiresAt: now }, [pending]],
    ['processing', begun, [valid]],
    ['processing', begun, [expired]],
    ['processing', { ...begun, expiresAt: past }, [valid]],
    ['invalid', { ...begun, error }, [valid]],
    ['valid', { ...begun, certificateId: 'z' }, [valid]],
    ['valid', { ...begun, certificateId: 'z', expiresAt: past }, [expired]],
  ])('is %s for %j (%#)', (status, facts, authorizations) => {
    const account = { deactivatedAt: undefined };
    expect(orderStatus({ order: order(facts), authorizations, account }, now)).toBe(status);
  });

  it('is invalid when the account is deactivated, unless the certificate was issued', () => {
    const account = { deactivatedAt: past };
    const view = { authorizations: [valid], account };
    expect(orderStatus({ order: order(), ...view }, now)).toBe('invalid');
    expect(orderStatus({ order: order(begun), ...view }, now)).toBe('invalid');
    const issued = order({ ...begun, certificateId: 'z' });
    expect(orderStatus({ order: issued, ...view }, now)).toBe('valid');
  });
});
