import { generateSync } from 'otplib/functional';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Person } from '../people-types.ts';
import { createHttpsClient } from '../testing/https.ts';
import type { HttpsClient, Reply } from '../testing/https.ts';
import { startLocalCa, type LocalCa } from './local-ca.ts';

let localCa: LocalCa;
let https: HttpsClient;
let cookie: string;
let person: Person;
const logged: string[] = [];

beforeAll(async () => {
  localCa = await startLocalCa({ log: (line) => logged.push(line) });
  https = createHttpsClient(localCa.ca.rootPem);
  const { headers } = await https.send(localCa.portalAddress);
  cookie = headers['set-cookie']?.[0]?.split(';')[0] ?? '';
});

afterAll(async () => {
  https.close();
  await localCa.ca.stop();
});

let count = 0;
beforeEach(() => {
  count += 1;
  const details = { name: 'Robin Remote', email: `robin${count}@example.test` };
  person = localCa.ca.people.register(details);
});

const codes = () => localCa.ca.people.codes;

const page = async (language = 'en'): Promise<string> => {
  const url = `${localCa.ca.origin}/portal/people/${person.id}`;
  const headers = { cookie, 'accept-language': language };
  return (await https.send(url, { headers })).bytes.toString();
};

function post(path: string, fields: Record<string, string> = {}): Promise<Reply> {
  return https.send(`${localCa.ca.origin}/portal/people/${person.id}/${path}`, {
    method: 'POST',
    headers: {
      cookie,
      origin: localCa.ca.origin,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams(fields).toString(),
  });
}

test('a token that counts is set up with a key and a code to scan', async () => {
  expect(codes().hotp(person.id)).toBeUndefined();
  expect((await post('hotp')).status).toBe(303);
  const { secret, uri } = codes().hotp(person.id) ?? { secret: '', uri: '' };
  expect(uri).toMatch(
    new RegExp(`^otpauth://hotp/Local%20CA:robin${count}%40example\\.test\\?secret=${secret}&`),
  );
  expect(new URL(uri).searchParams.get('counter')).toBe('0');
  const body = await page();
  expect(body).toContain(secret.slice(0, 4));
  expect(body).toContain('6 digits, next counter 0');
  expect(body.match(/<svg/g)).toHaveLength(2);
});

test('a token that was left behind is found by two codes in a row, with spaces or without', async () => {
  await post('hotp');
  const { secret = '' } = codes().hotp(person.id) ?? {};
  const code = (counter: number): string => generateSync({ strategy: 'hotp', secret, counter });
  const wrong = await post('hotp/synchronization', { first: code(20), second: code(22) });
  expect(wrong.status).toBe(422);
  expect(wrong.bytes.toString()).toContain('not two codes in a row');
  expect(codes().hotp(person.id)?.counter).toBe(0);
  const first = code(20).replace(/^.../, '$& ');
  expect((await post('hotp/synchronization', { first, second: code(21) })).status).toBe(303);
  expect(codes().hotp(person.id)?.counter).toBe(22);
});

test.each([
  ['OCRA-1:HOTP-SHA1-6:QN08', 40],
  ['OCRA-1:HOTP-SHA256-8:QN08', 64],
])('a token by %s gets a key of its length', async (method, length) => {
  expect((await post('otp', { method })).status).toBe(303);
  const setup = codes().otp(person.id);
  if (setup?.kind !== 'ocra') throw new Error('no token was set up');
  expect(setup.suite).toBe(method);
  expect(setup.secret).toMatch(new RegExp(`^[0-9a-f]{${length}}$`));
  expect(await page()).toContain(setup.secret.slice(0, 4));
});

test('a name at the RADIUS server is kept, the address where none is given', async () => {
  await post('otp', { method: 'radius', userName: '  robin.r  ' });
  expect(codes().otp(person.id)).toEqual({ kind: 'radius', userName: 'robin.r' });
  expect(await page('de')).toContain('Name beim RADIUS-Server');
  await post('otp', { method: 'radius', userName: '' });
  expect(codes().otp(person.id)).toEqual({ kind: 'radius', userName: person.email });
});

test('what is no method and what is no name is refused', async () => {
  expect((await post('otp', { method: 'OCRA-1:HOTP-SHA1-4:QN08' })).status).toBe(422);
  expect((await post('otp', {})).status).toBe(422);
  const long = { method: 'radius', userName: 'x'.repeat(65) };
  expect((await post('otp', long)).status).toBe(422);
  expect((await post('otp', { method: 'radius', userName: 'a\nb' })).status).toBe(422);
  expect(codes().otp(person.id)).toBeUndefined();
});

test('each kind is removed by itself', async () => {
  await post('hotp');
  await post('otp', { method: 'radius' });
  expect(codes().kinds(person.id)).toEqual(['totp', 'hotp', 'otp']);
  for (const kind of ['hotp', 'totp', 'otp', 'otp', 'nonsense']) {
    expect((await post('codes/remove', { kind })).status).toBe(303);
  }
  expect(codes().kinds(person.id)).toEqual([]);
  expect(await page()).toContain('No authenticator app is set up.');
  await post('totp');
  expect(codes().kinds(person.id)).toEqual(['totp']);
});

test('no secret reaches the log', async () => {
  await post('hotp');
  await post('otp', { method: 'OCRA-1:HOTP-SHA1-6:QN08' });
  await page();
  const setup = codes().otp(person.id);
  const secrets = [codes().hotp(person.id)?.secret ?? '', setup?.kind === 'ocra' && setup.secret];
  expect(logged.filter((line) => secrets.some((text) => line.includes(String(text))))).toEqual([]);
});
