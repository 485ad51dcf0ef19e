import { describe, expect, it } from 'vitest';
import type { CompatibilityCheck, TokenKeyView, TokenView } from '../../shared/models/token.ts';
import { compatibilityOf, faultOf, roomForKey, type WantedKey } from './compatibility.ts';

const token: TokenView = {
  ...{ label: 'work', manufacturer: 'Maker', model: 'Card', serial: '1', tokenId: 'id' },
  ...{ kind: 'token', isHardware: true, isInitialized: true, isWritable: true },
  ...{ login: 'pin', pin: 'ok', puk: 'ok', pinLength: { min: 4, max: 8 } },
  ...{ makes: ['P-256', 'RSA-2048'], signs: ['P-256', 'RSA-2048', 'RSA-3072'] },
  ...{ keys: [], certificates: [], unread: 0, findings: [] },
};
const wanted: WantedKey = { types: ['RSA-3072', 'RSA-2048', 'P-256'], places: ['tpm', 'token'] };

const key = (changes: Partial<TokenKeyView> = {}): TokenKeyView => ({
  ...{ keyId: '01', label: 'theirs', type: 'RSA-3072', algorithm: 'RSA-3072' },
  ...{ alwaysAuthenticate: false, owner: 'foreign' },
  ...changes,
});

type Row = readonly [
  title: string,
  changes: Partial<TokenView>,
  verdict: 'fits' | 'fits-with-existing-key' | 'does-not-fit',
  check: Partial<CompatibilityCheck>,
  fault: ReturnType<typeof faultOf>,
];

/** What SoftHSM says of the slot that it keeps for the next token. */
const emptySlot: Partial<TokenView> = {
  ...{ label: '', serial: '', isHardware: false, isInitialized: false },
  ...{ pin: 'not-set', puk: 'not-set', pinLength: { min: 4, max: 255 }, makes: [], signs: [] },
};

const makesNothing = { makes: [], keys: [key()] } as const;

const rows: readonly Row[] = [
  ['that has everything', {}, 'fits', { check: 'policy', status: 'pass' }, null],
  [
    'makes what is wanted, best first',
    {},
    'fits',
    { check: 'algorithm', found: 'makes-key', types: ['RSA-2048', 'P-256'], status: 'pass' },
    null,
  ],
  [
    'makes keys that it cannot use',
    { signs: [] },
    'does-not-fit',
    { check: 'algorithm', found: 'no-common-type', status: 'fail' },
    'not-supported',
  ],
  [
    'makes other keys only',
    { makes: ['Ed25519'] },
    'does-not-fit',
    { check: 'algorithm', found: 'no-common-type', offered: ['Ed25519'], status: 'fail' },
    'not-supported',
  ],
  [
    'is a TPM',
    { kind: 'tpm' },
    'fits',
    { check: 'policy', found: 'place-allowed', status: 'pass' },
    null,
  ],
  [
    'makes nothing and has a key that fits',
    makesNothing,
    'fits-with-existing-key',
    { check: 'algorithm', found: 'only-existing-keys', status: 'note' },
    null,
  ],
  [
    'makes nothing, so certificates go elsewhere',
    makesNothing,
    'fits-with-existing-key',
    { check: 'writable', found: 'certificates-elsewhere', status: 'note' },
    null,
  ],
  [
    "has a key of a credential's only",
    { makes: [], keys: [key({ owner: 'credential' })] },
    'does-not-fit',
    { check: 'algorithm', status: 'fail' },
    'not-supported',
  ],
  [
    'has a key that was left behind only',
    { makes: [], keys: [key({ owner: 'left-behind' })] },
    'does-not-fit',
    { check: 'algorithm', status: 'fail' },
    'not-supported',
  ],
  [
    'has a key of another kind only',
    { makes: [], keys: [key({ type: null })] },
    'does-not-fit',
    { check: 'algorithm', status: 'fail' },
    'not-supported',
  ],
  [
    'has a key of a type that is not wanted',
    { makes: [], keys: [key({ type: 'P-384' })] },
    'does-not-fit',
    { check: 'algorithm', status: 'fail' },
    'not-supported',
  ],
  [
    'has a key that it cannot use',
    { makes: [], signs: [], keys: [key()] },
    'does-not-fit',
    { check: 'algorithm', status: 'fail' },
    'not-supported',
  ],
  [
    'is read-only',
    { isWritable: false },
    'does-not-fit',
    { check: 'writable', found: 'read-only', status: 'fail' },
    'read-only',
  ],
  [
    'is read-only and has a key that fits',
    { isWritable: false, keys: [key()] },
    'fits-with-existing-key',
    { check: 'writable', found: 'certificates-elsewhere', status: 'note' },
    null,
  ],
  [
    'does not say how much room it has',
    {},
    'fits',
    { check: 'room', found: 'unknown', status: 'pass' },
    null,
  ],
  [
    'has room',
    { freeMemory: roomForKey },
    'fits',
    { check: 'room', found: 'enough', status: 'pass' },
    null,
  ],
  [
    'has too little room',
    { freeMemory: roomForKey - 1 },
    'does-not-fit',
    { check: 'room', found: 'full', status: 'fail' },
    'full',
  ],
  [
    'is full and has a key that fits',
    { freeMemory: 0, keys: [key()] },
    'fits-with-existing-key',
    { check: 'room', found: 'full', status: 'note' },
    null,
  ],
  [
    'has a PIN pad',
    { login: 'pin-pad' },
    'fits',
    { check: 'login', found: 'pin-pad', status: 'pass' },
    null,
  ],
  [
    'needs no login',
    { login: 'none', pin: 'not-set' },
    'fits',
    { check: 'login', found: 'none', status: 'note' },
    null,
  ],
  [
    'needs no login, so no PIN',
    { login: 'none', pin: 'locked' },
    'fits',
    { check: 'pin', status: 'pass' },
    null,
  ],
  [
    'has seen a wrong PIN',
    { pin: 'count-low' },
    'fits',
    { check: 'pin', found: 'count-low', status: 'note' },
    null,
  ],
  [
    'has one try left',
    { pin: 'final-try' },
    'fits',
    { check: 'pin', found: 'final-try', status: 'note' },
    null,
  ],
  [
    'is locked',
    { pin: 'locked' },
    'does-not-fit',
    { check: 'pin', found: 'locked', status: 'fail' },
    'pin-locked',
  ],
  [
    'has no PIN',
    { pin: 'not-set' },
    'does-not-fit',
    { check: 'pin', found: 'not-set', status: 'fail' },
    'pin-not-set',
  ],
  [
    'wants its PIN changed',
    { pin: 'to-be-changed' },
    'does-not-fit',
    { check: 'pin', found: 'to-be-changed', status: 'fail' },
    'pin-to-be-changed',
  ],
  [
    'was never set up',
    emptySlot,
    'does-not-fit',
    { check: 'setup', found: 'not-initialized', status: 'fail' },
    'pin-not-set',
  ],
  [
    'is a file, or does not say',
    { isHardware: false },
    'fits',
    { check: 'hardware', found: 'not-said', status: 'note' },
    null,
  ],
  [
    'could not be read',
    { failure: { code: 'token', reason: 'crashed', module: 'Driver' } },
    'does-not-fit',
    { check: 'reading', status: 'fail' },
    'crashed',
  ],
  [
    'could not be read for another reason',
    { failure: { code: 'internal' } },
    'does-not-fit',
    { check: 'reading', status: 'fail' },
    'malformed',
  ],
];

describe('a token', () => {
  it.each(rows)('%s', (_title, changes, verdict, check, fault) => {
    const found = compatibilityOf({ ...token, ...changes }, wanted);
    expect(found.verdict).toBe(verdict);
    expect(found.checks).toContainEqual(expect.objectContaining(check));
    expect(faultOf(found)).toBe(fault);
    expect(verdict === 'does-not-fit').toBe(found.checks.some(({ status }) => status === 'fail'));
  });

  it('in a place that the offer does not allow does not fit', () => {
    const found = compatibilityOf(token, { ...wanted, places: ['tpm', 'software'] });
    expect(found.verdict).toBe('does-not-fit');
    expect(found.checks[0]).toEqual({
      check: 'policy',
      found: 'place-not-allowed',
      status: 'fail',
    });
    expect(faultOf(found)).toBe('not-supported');
  });

  it('that was never set up is told by that alone', () => {
    const found = compatibilityOf({ ...token, ...emptySlot }, { ...wanted, places: ['software'] });
    expect(found).toEqual({
      ...{ tokenId: 'id', verdict: 'does-not-fit', types: [], existingKeys: [] },
      checks: [{ check: 'setup', found: 'not-initialized', status: 'fail' }],
    });
  });

  it('that makes keys offers those that are there as well', () => {
    const keys = [key(), key({ keyId: '02', owner: 'account' }), key({ keyId: '03' })];
    const { verdict, existingKeys } = compatibilityOf({ ...token, keys }, wanted);
    expect(verdict).toBe('fits');
    expect(existingKeys.map(({ keyId }) => keyId)).toEqual(['01', '03']);
  });
});
