import { describe, expect, test } from 'vitest';
import { parseChallenge } from './challenge.ts';

const url = 'https://ca.example/object/1';
const base = { type: 'ppkp-01', url, status: 'pending', token: 'x'.repeat(43) };
const read = (members: object) => parseChallenge({ ...base, ...members }, url);

const publicKey = {
  rpId: 'ca.example',
  timeout: 120_000,
  userVerification: 'required',
  allowCredentials: [{ type: 'public-key', id: 'AbC', transports: ['usb', 'internal'] }],
  hints: ['security-key'],
  challenge: 'TsRKynps8WR2t_mg14_-b9KAPI5z6dVS6CzKil2SuXU',
};

describe('what a CA asks of a passkey', () => {
  test('is read, and nothing is that could never be passed on', () => {
    const strange = { extensions: { appid: 'https://a.example' }, attestation: 'direct', rp: {} };
    expect(read({ publicKey: { ...publicKey, ...strange } }).publicKey).toStrictEqual(publicKey);
  });

  test('may be missing', () => {
    expect(read({}).publicKey).toBeUndefined();
    expect(read({ publicKey: null }).publicKey).toBeUndefined();
  });

  test.each<[string, unknown]>([
    ['a text', 'ca.example'],
    ['an rpId of another kind', { ...publicKey, rpId: ['ca.example'] }],
    ['an rpId longer than a name', { ...publicKey, rpId: 'a'.repeat(254) }],
    ['a challenge of another kind', { ...publicKey, challenge: [1, 2] }],
    ['a challenge without an end', { ...publicKey, challenge: 'x'.repeat(1025) }],
    ['65 credentials', { allowCredentials: Array(65).fill(publicKey.allowCredentials[0]) }],
    ['a credential without an id', { allowCredentials: [{ type: 'public-key' }] }],
    ['a credential of another type', { allowCredentials: [{ type: 'password', id: 'AbC' }] }],
    ['an id that is no base64url', { allowCredentials: [{ type: 'public-key', id: 'A+C=' }] }],
    ['an id of 2 KB', { allowCredentials: [{ type: 'public-key', id: 'x'.repeat(2_048) }] }],
  ])('counts neither as said nor as left out with %s', (_name, odd) => {
    expect(read({ publicKey: odd }).publicKey).toBe('unreadable');
  });

  test('does without what only eases its use', () => {
    const odd = { ...publicKey, timeout: 1e300, hints: Array(9).fill('a'), userVerification: 'no' };
    expect(read({ publicKey: odd }).publicKey).toEqual({
      ...publicKey,
      ...{ timeout: undefined, hints: undefined, userVerification: undefined },
    });
  });

  test.each(['http://ca.example/p', 'javascript:alert(1)', '//ca.example/p', 7, `${url}\n`])(
    'is on no page that is %j',
    (webauthnUrl) => {
      expect(read({ webauthnUrl }).webauthnUrl).toBe('unreadable');
    },
  );

  test('is on the page that it names', () => {
    expect(read({ webauthnUrl: url }).webauthnUrl).toBe(url);
  });
});

describe('lists of a challenge', () => {
  const thumbprint = 'oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U';

  test('are read up to what anybody needs', () => {
    const lists = {
      issuers: Array<string>(64).fill('A'.repeat(10_923)),
      algs: ['ES256', 'RS256'],
      keys: Array<string>(64).fill(thumbprint),
    };
    expect(read(lists)).toMatchObject(lists);
  });

  test.each([
    ['issuers', Array(65).fill('MAA')],
    ['issuers', ['A'.repeat(10_924)]],
    ['issuers', ['MAA=', 'MAA']],
    ['issuers', ['']],
    ['issuers', [{ toString: 'MAA' }]],
    ['issuers', { length: 1, 0: 'MAA' }],
    ['algs', Array(33).fill('ES256')],
    ['algs', ['ES 256']],
    ['algs', 'ES256'],
    ['keys', Array(65).fill(thumbprint)],
    ['keys', [thumbprint.slice(1)]],
    ['keys', [`${thumbprint}=`]],
  ] as const)('called %s are not read when they are otherwise', (member, value) => {
    expect(read({ [member]: value })[member]).toBeUndefined();
  });

  test('spoil no challenge of a type that means something else by them', () => {
    const strange = { type: 'x-01', issuers: 1, algs: {}, keys: 'all', publicKey: 2 };
    expect(read(strange)).toMatchObject({ type: 'x-01', status: 'pending' });
  });
});
