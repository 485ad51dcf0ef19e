import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readOutput, readReply, readRequest, type CallName } from './messages.ts';

const identity = { label: 'l', manufacturer: 'm', model: 'o', serial: 's' };
const place = { slot: '0100000000000000', token: identity };
const pin = Uint8Array.of(1, 2);
const hold = { seconds: 60, uses: 8 };
const key = { ...place, id: 'aa' };
const change = { ...place, current: pin, next: null, acceptFinalTry: true };

const inputs: Readonly<Record<CallName, Readonly<Record<string, unknown>>>> = {
  open: { path: '/usr/lib/x.so' },
  inventory: {},
  lock: place,
  login: { ...place, pin, acceptFinalTry: false, hold },
  logout: place,
  generateKeyPair: { ...key, type: 'P-256', label: 'x' },
  findKey: key,
  sign: { ...key, type: 'P-384', data: pin, authentication: { pin: null, acceptFinalTry: true } },
  readCertificates: place,
  writeCertificates: { ...key, label: 'x', certificate: pin, chain: [pin] },
  remove: { ...key, chain: [pin] },
  removeCertificates: { ...key, certificates: [pin] },
  changePin: change,
  unblockPin: change,
};
const calls = Object.keys(inputs) as CallName[];

const foundKey = {
  type: 'P-256',
  publicSpki: pin,
  alwaysAuthenticate: false,
  isExtractable: false,
  neverExtractable: true,
  local: true,
};
const lock = {
  ...{ login: 'pin', pin: 'ok', puk: 'ok', isLoggedIn: true },
  pinLength: { min: 4, max: 8 },
};
const token = {
  ...{ label: 'l', manufacturer: 'm', model: 'o', serial: 's', kind: 'token', login: 'pin' },
  ...{ isInitialized: true, isWritable: true, pin: 'ok', puk: 'ok' },
  pinLength: { min: 4, max: 8 },
  ...{ makes: ['P-256'], signs: [], keys: [], certificates: [], unread: 0 },
};
const reader = { slot: place.slot, name: 'r', isHardware: false, token };
const outputs: Readonly<Partial<Record<CallName, unknown>>> = {
  open: { name: 'x' },
  inventory: { readers: [reader] },
  lock,
  generateKeyPair: foundKey,
  findKey: foundKey,
  sign: pin,
  readCertificates: [{ keyId: 'aa', certificate: pin }],
};

describe('a request', () => {
  it.for(calls)('%s is read as it was written', (call) => {
    const message = { id: 1, call, input: inputs[call] };
    expect(readRequest(message)).toEqual(message);
  });

  it('is none with a member more or less, wherever', () => {
    for (const call of calls) {
      const input = inputs[call];
      expect(readRequest({ id: 1, call, input: { ...input, more: 1 } })).toBe(null);
      expect(readRequest({ id: 1, call, input, more: 1 })).toBe(null);
      for (const name of Object.keys(input).filter((each) => each !== 'authentication')) {
        const less = Object.fromEntries(Object.entries(input).filter(([each]) => each !== name));
        expect(readRequest({ id: 1, call, input: less })).toBe(null);
      }
    }
  });

  it('is none when any member is something else', () => {
    const other = fc.oneof(fc.object(), fc.double(), fc.array(fc.anything()), fc.constant('\0'));
    fc.assert(
      fc.property(fc.constantFrom(...calls), fc.nat(), other, (call, place_, value) => {
        const names = Object.keys(inputs[call]);
        const name = names[place_ % Math.max(names.length, 1)];
        // Any text may be a label or a path; false is a value of switches.
        const isFree = ['label', 'path', 'chain', 'certificates'].includes(name ?? '');
        if (name === undefined || isFree) return;
        expect(readRequest({ id: 1, call, input: { ...inputs[call], [name]: value } })).toBe(null);
      }),
    );
  });

  it('is bounded', () => {
    const long = new Uint8Array(1_025);
    expect(readRequest({ id: 1, call: 'login', input: { ...inputs.login, pin: long } })).toBe(null);
    for (const bad of [
      { seconds: 0, uses: 1 },
      { seconds: 1, uses: 0 },
      { seconds: 4_000, uses: 1 },
    ]) {
      expect(readRequest({ id: 1, call: 'login', input: { ...inputs.login, hold: bad } })).toBe(
        null,
      );
    }
  });

  it('is never anything that comes by chance', () => {
    fc.assert(
      fc.property(fc.anything(), (message) => {
        expect(readRequest(message)).toBe(null);
      }),
    );
  });
});

describe('a reply', () => {
  it.for([
    { event: 'slots-changed' },
    { id: 1, value: null },
    { id: 1, fault: 'removed', detail: 'CKR_DEVICE_REMOVED' },
    { id: 1, moduleFault: 'not-pkcs11' },
  ])('%j is read as it was written', (message) => {
    expect(readReply(message)).toEqual(message);
  });

  it.for([
    { event: 'another' },
    { event: 'slots-changed', id: 1 },
    { id: -1, value: null },
    { id: 0.5, value: null },
    { id: 1, fault: 'none' },
    { id: 1, fault: 'removed', detail: 'x'.repeat(513) },
    { id: 1, fault: 'removed', value: 1 },
    { id: 1, moduleFault: 'removed' },
    { value: null },
    [],
  ])('%j is none', (message) => {
    expect(readReply(message)).toBe(null);
  });

  it('is never anything that comes by chance', () => {
    const isReply = (message: unknown): boolean =>
      typeof message === 'object' && message !== null && 'id' in message;
    fc.assert(
      fc.property(
        fc.anything().filter((message) => !isReply(message)),
        (message) => {
          expect(readReply(message)).toBe(null);
        },
      ),
    );
  });

  it('gives what its call gives, whole', () => {
    for (const call of calls) {
      const output = outputs[call] ?? null;
      expect(readOutput(call, output)).toEqual(output);
      const isObject = output !== null && !(output instanceof Uint8Array);
      if (isObject) expect(readOutput(call, { ...output, more: 1 })).toBe(undefined);
    }
  });

  it('gives what comes by chance only where that is all that the call has to give', () => {
    fc.assert(
      fc.property(fc.constantFrom(...calls), chance, (call, value) => {
        const expected = plainest(call, value) ? value : undefined;
        expect(readOutput(call, value)).toEqual(expected);
      }),
      { examples: plain },
    );
  });

  it.for([
    ['more readers than anybody has', { readers: Array.from({ length: 65 }, () => reader) }],
    [
      'a key type that we do not know',
      { readers: [{ ...reader, token: { ...token, makes: ['X'] } }] },
    ],
    ['a text without end', { readers: [{ ...reader, name: 'x'.repeat(600) }] }],
    ['a slot that is none', { readers: [{ ...reader, slot: '../..' }] }],
  ] as const)('gives no inventory with %s', ([, value]) => {
    expect(readOutput('inventory', value)).toBe(undefined);
  });

  it('gives no signature that is longer than any', () => {
    expect(readOutput('sign', new Uint8Array(1_025))).toBe(undefined);
  });
});

/** Records have names that are nobody's: one with a text by the name of `name` would be what `open` gives. */
const chance = fc.anything({ key: fc.string().map((text) => `-${text}`), withTypedArray: true });

/** A token may hold no certificate, a key may be missing or be only half there, and any octets may be a signature. */
function plainest(call: CallName, value: unknown): boolean {
  if (call === 'sign') return value instanceof Uint8Array && value.length <= 1_024;
  if (call === 'readCertificates') return Array.isArray(value) && value.length === 0;
  if (call === 'findKey') return value === null || value === 'incomplete';
  return value === null && !(call in outputs);
}

const plain: [CallName, unknown][] = calls.flatMap((call) =>
  [null, 'incomplete', [], [[]], {}, '', 0, new Uint8Array(64)].map(
    (value): [CallName, unknown] => [call, value],
  ),
);
