import { describe, expect, it } from 'vitest';
import type { ChallengeView } from '../../shared/enrollment-state.ts';
import { authorizationWith, proofRooms } from '../testing/proof-rooms.ts';
import { refusalOf, viewAuthorization } from './authorization-view.ts';
import { strongest } from './strongest.ts';

const rooms = proofRooms();
const view = (types: readonly string[], more = {}) =>
  viewAuthorization(
    authorizationWith(
      types.map((type) => ({ type })),
      more,
    ),
    new Map(),
    rooms,
  );

const personal = ['totp-01', 'hotp-01', 'otp-01', 'cert-01', 'ppkp-01'];
const domainProofs = ['dns-01', 'http-01', 'tls-alpn-01', 'dns-account-01', 'dns-persist-01'];
const domain = { identifier: { type: 'dns', value: 'corp.example' } };

describe('a code, certificate or passkey', () => {
  it.each(domainProofs.flatMap((proof) => personal.map((type) => [type, proof] as const)))(
    '%s beside %s is refused, and not that',
    (type, proof) => {
      const { challenges, proposed } = view([type, proof], domain);
      expect(challenges[0]).toMatchObject({ kind: 'unsupported', because: 'beside-domain-proof' });
      expect(challenges[1]).not.toHaveProperty('because');
      expect(proposed).not.toBe(challenges[0]?.challengeId);
    },
  );

  it.each([
    ['an address', { identifier: { type: 'ip', value: '192.0.2.1' } }],
    ['all names below a domain', { ...domain, wildcard: true }],
    ['a name with a star', { identifier: { type: 'dns', value: '*.corp.example' } }],
  ])('proves nothing about %s', (_title, more) => {
    const { challenges } = view(personal, more);
    for (const each of challenges) {
      expect(each).toMatchObject({ kind: 'unsupported', because: 'identifier' });
    }
  });
});

describe('an authorization', () => {
  it('of which something can be met is not given up', () => {
    expect(refusalOf(authorizationWith([{ type: 'x-01' }, { type: 'otp-01' }]), rooms)).toBe(
      undefined,
    );
  });

  it('of types that nobody knows says which', () => {
    const strange = authorizationWith([{ type: 'x-01' }, { type: 'y-01' }, { type: 'x-01' }]);
    expect(refusalOf(strange, rooms)?.failure).toEqual({
      ...{ code: 'unsupported-challenge', types: ['x-01', 'y-01'] },
    });
    expect(viewAuthorization(strange, new Map(), rooms).challenges[0]).toMatchObject({
      ...{ kind: 'unsupported', type: 'x-01' },
    });
  });

  it('that asks for a code for an address alone says why that is refused', () => {
    const address = { identifier: { type: 'ip', value: '192.0.2.1' } };
    expect(refusalOf(authorizationWith([{ type: 'totp-01' }], address), rooms)?.failure).toEqual({
      ...{ code: 'unsafe-challenge', reason: 'identifier', type: 'totp-01' },
    });
  });

  it.each(['ppkp-01', 'cert-01', 'totp-01', 'dns-01', 'x-01'])(
    'that would have %s approve something is refused, whatever it says of it',
    (type) => {
      for (const approval of [{ version: 1 }, {}, null, false]) {
        const asking = authorizationWith([{ type, approval }]);
        expect(refusalOf(asking, rooms)?.failure).toEqual({
          ...{ code: 'unsafe-challenge', reason: 'approval', type },
        });
      }
    },
  );

  it('that waits for others is given up neither for its lack of challenges nor shown as provable', () => {
    const waiting = authorizationWith([], { approval: 'https://ca.example:14000/approval/1' });
    expect(refusalOf(waiting, rooms)).toBe(undefined);
    expect(refusalOf(authorizationWith([]), rooms)?.failure.code).toBe('unsupported-challenge');
  });

  it('of two hundred challenges is shown, and nothing is done about the strange ones', () => {
    const types = [...Array.from({ length: 255 }, (_each, n) => `x-${n}`), 'totp-01'];
    const { challenges, proposed } = view(types);
    expect(challenges).toHaveLength(256);
    expect(proposed).toBe(challenges[255]?.challengeId);
  });
});

describe('what is proposed', () => {
  const base = (n: number) =>
    ({ challengeId: `https://ca.example/${n}`, status: 'pending' }) as const;
  const candidate = {
    ...{ candidateId: 'a'.repeat(64), subject: 'CN=a', issuer: 'CN=b', purposes: [] },
    notAfter: '2031-01-01T00:00:00.000Z',
  };
  const passkey = (ways: readonly ('window' | 'browser')[]): ChallengeView => ({
    ...base(1),
    ...{ kind: 'passkey', type: 'ppkp-01', rpId: 'ca.example', ways, matchingCode: 'x', keys: [] },
  });
  const certificate = (
    n: number,
    place: 'token' | 'software',
    hindrance?: 'pin-locked',
  ): ChallengeView => ({
    ...base(n),
    ...{ kind: 'certificate', type: 'cert-01', issuers: [] },
    candidates: [{ ...candidate, place, ...(hindrance && { hindrance }) }],
  });
  const code = (n: number, type: string): ChallengeView => ({ ...base(n), kind: 'code', type });
  const all = [
    code(6, 'otp-01'),
    code(5, 'hotp-01'),
    code(4, 'totp-01'),
    certificate(3, 'software'),
    certificate(2, 'token'),
    passkey(['window']),
  ];

  it('is the strongest that can be met now', () => {
    const order: number[] = [];
    for (let left = all; left.length > 0;) {
      const url = strongest(left);
      order.push(Number(url?.at(-1)));
      left = left.filter(({ challengeId }) => challengeId !== url);
    }
    expect(order).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('is nothing that cannot be met', () => {
    const hindered = [passkey([]), certificate(2, 'token', 'pin-locked'), code(5, 'hotp-01')];
    expect(strongest(hindered)).toBe('https://ca.example/5');
    expect(strongest([passkey([])])).toBeUndefined();
    expect(strongest([{ ...code(1, 'totp-01'), status: 'invalid' }])).toBeUndefined();
  });

  it('is of equals the one that the CA names first', () => {
    expect(strongest([code(2, 'totp-01'), code(1, 'totp-01')])).toBe('https://ca.example/2');
  });
});
