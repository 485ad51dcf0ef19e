import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRequest } from './passkey-request.mjs';

const challenge = 'TsRKynps8WR2t_mg14_-b9KAPI5z6dVS6CzKil2SuXU';
const use = {
  ...{ rpId: 'ca.example', challenge, timeout: 120_000, userVerification: 'required' },
  allowCredentials: [{ type: 'public-key', id: 'AbCd', transports: ['usb', 'internal'] }],
};
const create = {
  rp: { id: 'ca.example', name: 'CA' },
  user: { id: 'AbCd', name: 'alex@example.test', displayName: 'Alex' },
  challenge,
  pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
  authenticatorSelection: { userVerification: 'required', residentKey: 'preferred' },
  excludeCredentials: [],
};
const request = { publicKey: use, code: 'oKIywvGU', state: 's-1' };
const loopback = 'http://127.0.0.1:4711/s3cret';

function fragment(value: unknown, returnTo = loopback): string {
  const encoded = Buffer.from(JSON.stringify(value)).toString('base64url');
  return `#request=${encoded}&return=${encodeURIComponent(returnTo)}`;
}

const read = (text: string) => readRequest(text, 'ca.example');

describe('a request that a wallet makes', () => {
  it('is read, to use a passkey or to make one', () => {
    expect(read(fragment(request))).toMatchObject({
      ...{ kind: 'use', code: 'oKIywvGU', state: 's-1', returnTo: loopback, options: use },
    });
    expect(read(fragment({ ...request, publicKey: create }, 'window'))).toMatchObject({
      ...{ kind: 'create', returnTo: 'window', options: create },
    });
  });

  it('needs no state, no list and no time', () => {
    const least = { publicKey: { rpId: 'ca.example', challenge }, code: 'oKIywvGU' };
    expect(read(fragment(least))).toMatchObject({
      state: undefined,
      options: { timeout: 120_000, userVerification: 'required', allowCredentials: [] },
    });
  });

  it('gets no more and no less time than a person needs', () => {
    const within = (timeout: number) =>
      read(fragment({ ...request, publicKey: { ...use, timeout } }))?.options['timeout'];
    expect([within(1), within(1e12)]).toEqual([30_000, 600_000]);
  });
});

describe('what comes back', () => {
  it.each([
    'https://127.0.0.1:4711/s3cret',
    'http://localhost:4711/s3cret',
    'http://127.0.0.1.evil.example:4711/s3cret',
    'http://127.0.0.1:4711@evil.example/s3cret',
    'http://evil.example#http://127.0.0.1:4711/s3cret',
    'http://evil.example/?http://127.0.0.1:4711/s3cret',
    'http://127.0.0.1/s3cret',
    'http://127.0.0.1:0/s3cret',
    'http://127.0.0.1:65536/s3cret',
    'http://127.0.0.1:4711',
    'http://127.0.0.1:4711/',
    'http://127.0.0.1:4711/../s3cret',
    'http://127.0.0.1:4711/s3cret?x',
    'http://127.0.0.1:4711/s3cret#x',
    'http://127.0.0.1:4711/s3cret\n',
    'http://0x7f000001:4711/s3cret',
    'http://[::1]:4711/s3cret',
    'https://ca.example/portal/passkey',
    'javascript:alert(1)',
    'window.open',
    'WINDOW',
    '//evil.example/x',
    '',
  ])('goes to no %s', (returnTo) => {
    expect(read(fragment(request, returnTo))).toBeUndefined();
  });
});

describe('a request is refused whole', () => {
  const changed = (publicKey: unknown) => fragment({ ...request, publicKey });
  it.each([
    ['for a parent domain', changed({ ...use, rpId: 'example' })],
    ['for another host', changed({ ...use, rpId: 'evil.example' })],
    ['without a host', changed({ challenge })],
    ['with a short challenge', changed({ ...use, challenge: 'AAAA' })],
    ['with a long challenge', changed({ ...use, challenge: `${challenge}AA` })],
    ['without verification of the person', changed({ ...use, userVerification: 'preferred' })],
    ['with extensions', changed({ ...use, extensions: { appid: 'https://evil.example' } })],
    ['with a time that is none', changed({ ...use, timeout: '120000' })],
    [
      'with a credential of another type',
      changed({ ...use, allowCredentials: [{ type: 'x', id: 'AA' }] }),
    ],
    [
      'with too many credentials',
      changed({ ...use, allowCredentials: Array(65).fill(use.allowCredentials[0]) }),
    ],
    ['with an unknown hint', changed({ ...use, hints: ['ask-nobody'] })],
    [
      'to make one for another host',
      changed({ ...create, rp: { id: 'evil.example', name: 'CA' } }),
    ],
    ['to make one without a host', changed({ ...create, rp: { name: 'CA' } })],
    [
      'to make one unverified',
      changed({ ...create, authenticatorSelection: { userVerification: 'discouraged' } }),
    ],
    ['to make one with attestation', changed({ ...create, attestation: 'direct' })],
    ['to make one by no algorithm', changed({ ...create, pubKeyCredParams: [] })],
    ['with a list for options', changed([use])],
    ['with null for options', changed(null)],
    ['with markup for a code', fragment({ ...request, code: '<b>hi</b>' })],
    ['with a short code', fragment({ ...request, code: 'oKIywvG' })],
    ['without a code', fragment({ publicKey: use })],
    ['with a state that is no word', fragment({ ...request, state: 'a b' })],
    ['with what nobody knows', fragment({ ...request, send: 'https://evil.example' })],
    [
      'with a prototype',
      `#request=${Buffer.from('{"__proto__":{"publicKey":1},"code":"oKIywvGU"}').toString('base64url')}&return=window`,
    ],
    ['with a second return', `${fragment(request)}&return=window`],
    ['with another field', `${fragment(request)}&more=1`],
    ['without a return', fragment(request).split('&')[0] ?? ''],
    ['in other letters than base64url', '#request=e30%3D&return=window'],
    ['that is no JSON', '#request=AAAA&return=window'],
    ['that is too long', `#request=${'A'.repeat(70_000)}&return=window`],
    ['that is not there', ''],
    ['in the query', fragment(request).replace('#', '?')],
  ])('%s', (_what, text) => {
    expect(read(text)).toBeUndefined();
  });

  it('whatever it is that was put there', () => {
    const garbage = fc.oneof(
      fc.string().map((text) => `#${text}`),
      fc.json().map((text) => `#request=${Buffer.from(text).toString('base64url')}&return=window`),
      fc.object().map((publicKey) => fragment({ ...request, publicKey })),
    );
    fc.assert(
      fc.property(garbage, (text) => read(text) === undefined),
      { numRuns: 100 },
    );
  });
});
