import { createCipheriv, createDecipheriv, createHash, createPublicKey, verify } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { factoryManagementKey, PivState, type PivDefaults } from './piv-state.ts';
import { readTlvs, tlv, valueOf } from './piv-tlv.ts';
import { VirtualPivCard } from './virtual-piv-card.ts';

const select = '00a4040005a000000308';
const rightPin = '0020008008313233343536ffff';
const wrongPin = '0020008008303030303030ffff';
const nothing = Buffer.alloc(0);

let folder: string;
let card: VirtualPivCard;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'piv-card-'));
  card = insertedCard();
});
afterEach(() => rmSync(folder, { recursive: true }));

function insertedCard(defaults?: PivDefaults): VirtualPivCard {
  const inserted = new VirtualPivCard(new PivState(join(folder, 'card.json'), defaults));
  expect(statusOf(inserted.transmit(Buffer.from(select, 'hex')))).toBe('9000');
  return inserted;
}

const statusOf = (response: Buffer): string => response.subarray(-2).toString('hex');
const send = (hex: string): string => statusOf(card.transmit(Buffer.from(hex, 'hex')));

/** As a driver sends it: in parts of 255 octets, and asking for more until there is no more. */
function exchange(header: string, data: Buffer): { status: string; data: Buffer } {
  let rest = data;
  while (rest.length > 255) {
    const part = rest.subarray(0, 255);
    rest = rest.subarray(255);
    expect(send(`10${header}ff${part.toString('hex')}`)).toBe('9000');
  }
  const last = Buffer.concat([Buffer.from(`00${header}`, 'hex'), Buffer.of(rest.length), rest]);
  let response = card.transmit(Buffer.concat([last, Buffer.of(0)]));
  const parts = [response.subarray(0, -2)];
  while (response.at(-2) === 0x61) {
    response = card.transmit(
      Buffer.from(`00c00000${response.subarray(-1).toString('hex')}`, 'hex'),
    );
    parts.push(response.subarray(0, -2));
  }
  return { status: statusOf(response), data: Buffer.concat(parts) };
}

const getData = (tag: string) => exchange('cb3fff', tlv(0x5c, Buffer.from(tag, 'hex')));
const putData = (tag: string, value: Buffer) =>
  exchange('db3fff', Buffer.concat([tlv(0x5c, Buffer.from(tag, 'hex')), tlv(0x53, value)]));
const sign = (reference: string, input: Buffer) =>
  exchange(`87${reference}`, tlv(0x7c, tlv(0x82), tlv(0x81, input)));
const authenticate = (message: Buffer, algorithm = '03') => {
  const { status, data } = exchange(`87${algorithm}9b`, tlv(0x7c, message));
  return { status, message: readTlvs(valueOf(0x7c, readTlvs(data)) ?? nothing) };
};

function ecb(cipher: string, key: string) {
  const secret = Buffer.from(key, 'hex');
  return {
    encrypt: (block: Buffer) =>
      createCipheriv(cipher, secret, null).setAutoPadding(false).update(block),
    decrypt: (block: Buffer) =>
      createDecipheriv(cipher, secret, null).setAutoPadding(false).update(block),
  };
}

/** The card proves that it knows the key too. */
function authenticateMutually(key: ReturnType<typeof ecb>, block: number, algorithm: string) {
  const witness = valueOf(0x80, authenticate(tlv(0x80), algorithm).message) ?? nothing;
  const challenge = Buffer.alloc(block, 5);
  const answers = Buffer.concat([tlv(0x80, key.decrypt(witness)), tlv(0x81, challenge), tlv(0x82)]);
  const { status, message } = authenticate(answers, algorithm);
  const response = valueOf(0x82, message);
  return { status, isOurCard: response !== undefined && key.decrypt(response).equals(challenge) };
}

const tripleDes = ecb('des-ede3-ecb', factoryManagementKey);

test('what is said before the application is selected, or without meaning, is refused', () => {
  card.reset();
  expect(send(rightPin)).toBe('6985');
  expect(send('00a4040005a000000167')).toBe('6a82');
  expect(send(select)).toBe('9000');
  expect(send('0099000000')).toBe('6d00');
  expect(send('00cb')).toBe('6700');
  expect(send('00cb3fff055c035fc1')).toBe('6700');
  expect(send('00cb3fff045c7f5fc1')).toBe('6a80');
});

test('three wrong PINs block it, also across a loss of power; the PUK gives it a new one', () => {
  expect([send('0020008000'), send(wrongPin), send(wrongPin)]).toEqual(['63c3', '63c2', '63c1']);
  card = insertedCard();
  expect([send(wrongPin), send(rightPin), send('0020008000')]).toEqual(['63c0', '6983', '6983']);
  const next = '363534333231ffff';
  expect(send(`002c0080103030303030303030${next}`)).toBe('63c2');
  expect(send(`002c0080103132333435363738${next}`)).toBe('9000');
  expect(send(`0020008008${next}`)).toBe('9000');
  expect(card.pinTriesLeft).toBe(3);
});

test('three wrong PUKs are the end of it', () => {
  const unblock = '002c0080103030303030303030363534333231ffff';
  expect([1, 2, 3, 4].map(() => send(unblock))).toEqual(['63c2', '63c1', '63c0', '6983']);
});

test('PIN and PUK are changed by who knows them, to something that can be one', () => {
  const old = '313233343536ffff';
  expect(send(`0024008010${old}31323334ffffffff`)).toBe('6a80');
  expect(send(`0024008010${old}373737373737ffff`)).toBe('9000');
  expect(send(`0024008010${old}373737373737ffff`)).toBe('63c2');
  expect(send('0020008008373737373737ffff')).toBe('9000');
  expect(send('002400811031323334353637383737373737373737')).toBe('9000');
  expect(send('002400811031323334353637383737373737373737')).toBe('63c2');
});

test.each(['P-256', 'P-384'] as const)('%s in 9A signs after the PIN, as Node verifies', (type) => {
  const hash = { 'P-256': 'sha256', 'P-384': 'sha384' }[type];
  const algorithm = { 'P-256': '11', 'P-384': '14' }[type];
  const spki = card.generate('9a', type);
  const digest = createHash(hash).update('text').digest();
  expect(sign(`${algorithm}9a`, digest).status).toBe('6982');
  send(rightPin);
  for (const { status, data } of [sign(`${algorithm}9a`, digest), sign(`${algorithm}9a`, digest)]) {
    const signature = valueOf(0x82, readTlvs(valueOf(0x7c, readTlvs(data)) ?? nothing)) ?? nothing;
    const key = createPublicKey({ key: spki, type: 'spki', format: 'der' });
    expect(status).toBe('9000');
    expect(verify(hash, Buffer.from('text'), key, signature)).toBe(true);
  }
  expect(sign(`${algorithm}9a`, digest.subarray(1)).status).toBe('6a80');
  expect(sign('079a', digest).status).toBe('6a86');
  expect(sign('119d', digest).status).toBe('6a88');
  card.reset();
  send(select);
  expect(sign(`${algorithm}9a`, digest).status).toBe('6982');
});

test('9C wants the PIN right before each signature, 9E never', () => {
  const digest = createHash('sha256').update('text').digest();
  card.generate('9c', 'P-256');
  card.generate('9e', 'P-256');
  expect(sign('119e', digest).status).toBe('9000');
  send(rightPin);
  expect(sign('119c', digest).status).toBe('9000');
  expect(sign('119c', digest).status).toBe('6982');
  send(rightPin);
  getData('5fc102');
  expect(sign('119c', digest).status).toBe('6982');
});

test('RSA comes and goes in chained pieces', () => {
  const spki = card.generate('9d', 'RSA-2048');
  send(rightPin);
  const prefix = Buffer.from('3031300d060960864801650304020105000420', 'hex');
  const info = Buffer.concat([prefix, createHash('sha256').update('text').digest()]);
  const filling = Buffer.alloc(256 - 3 - info.length, 0xff);
  const block = Buffer.concat([Buffer.of(0, 1), filling, Buffer.of(0), info]);
  const { status, data } = sign('079d', block);
  const signature = valueOf(0x82, readTlvs(valueOf(0x7c, readTlvs(data)) ?? nothing)) ?? nothing;
  expect(status).toBe('9000');
  const key = createPublicKey({ key: spki, type: 'spki', format: 'der' });
  expect(verify('sha256', Buffer.from('text'), key, signature)).toBe(true);
});

test('nobody writes without the management key', () => {
  send(rightPin);
  expect(putData('5fc105', Buffer.alloc(600, 1)).status).toBe('6982');
  expect(exchange('47009a', tlv(0xac, tlv(0x80, Buffer.of(0x11)))).status).toBe('6982');
  expect(getData('5fc105').status).toBe('6a82');
});

test('who answers the challenge of the card writes and makes keys, until the next reset', () => {
  const challenge = valueOf(0x81, authenticate(tlv(0x81)).message) ?? nothing;
  expect(challenge).toHaveLength(8);
  expect(authenticate(tlv(0x82, tripleDes.encrypt(challenge))).status).toBe('9000');
  const value = Buffer.alloc(600, 1);
  expect(putData('5fc105', value).status).toBe('9000');
  expect(getData('5fc105')).toEqual({ status: '9000', data: tlv(0x53, value) });
  const made = exchange('47009a', tlv(0xac, tlv(0x80, Buffer.of(0x11))));
  expect(made.data.subarray(0, 5).toString('hex')).toBe('7f49438641');
  expect(putData('5fc105', nothing).status).toBe('9000');
  expect(getData('5fc105').status).toBe('6a82');
  card.reset();
  send(select);
  expect(putData('5fc105', value).status).toBe('6982');
});

test('a wrong answer, an answer to an old challenge, and one without a challenge are refused', () => {
  const challenge = valueOf(0x81, authenticate(tlv(0x81)).message) ?? nothing;
  const response = tlv(0x82, tripleDes.encrypt(challenge));
  expect(authenticate(tlv(0x82, Buffer.alloc(8))).status).toBe('6982');
  expect(authenticate(response).status).toBe('6982');
  expect(putData('5fc105', nothing).status).toBe('6982');
});

test('card and driver prove to each other that they know the key', () => {
  expect(authenticateMutually(tripleDes, 8, '03')).toEqual({ status: '9000', isOurCard: true });
  expect(putData('5fc105', nothing).status).toBe('9000');
  const wrong = ecb('des-ede3-ecb', '11'.repeat(24));
  expect(authenticateMutually(wrong, 8, '03')).toEqual({ status: '6982', isOurCard: false });
  expect(putData('5fc105', nothing).status).toBe('6982');
});

test.each([
  ['aes-128-ecb', '08', 16],
  ['aes-192-ecb', '0a', 24],
  ['aes-256-ecb', '0c', 32],
] as const)('the management key may be for %s', (cipher, algorithm, length) => {
  rmSync(join(folder, 'card.json'));
  const managementKey = { algorithm: Number(`0x${algorithm}`), value: '42'.repeat(length) };
  card = insertedCard({ managementKey });
  expect(authenticate(tlv(0x81), '03').status).toBe('6a86');
  const key = ecb(cipher, managementKey.value);
  const result = authenticateMutually(key, 16, algorithm);
  expect(result).toEqual({ status: '9000', isOurCard: true });
});

test('keys and certificates are there after a loss of power', () => {
  card.generate('9a', 'P-256');
  card.writeCertificate('9a', Buffer.from('3000', 'hex'));
  card = insertedCard();
  expect(card.certificate('9a')).toEqual(Buffer.from('3000', 'hex'));
  send(rightPin);
  expect(sign('119a', Buffer.alloc(32)).status).toBe('9000');
});
