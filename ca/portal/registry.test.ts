import 'reflect-metadata';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Person } from '../people-types.ts';
import { ForeignCa, newKeys } from '../testing/foreign-ca.ts';
import { createHttpsClient } from '../testing/https.ts';
import type { HttpsClient, Reply } from '../testing/https.ts';
import { toPem } from '../x509/certificate.ts';
import { startLocalCa, type LocalCa } from './local-ca.ts';

let localCa: LocalCa;
let https: HttpsClient;
let cookie: string;
let person: Person;
let foreign: ForeignCa;

beforeAll(async () => {
  localCa = await startLocalCa();
  https = createHttpsClient(localCa.ca.rootPem);
  const { headers } = await https.send(localCa.portalAddress);
  cookie = headers['set-cookie']?.[0]?.split(';')[0] ?? '';
  person = localCa.ca.people.register({ name: 'Robin', email: 'robin@example.test' });
  foreign = await ForeignCa.create(() => new Date());
  localCa.ca.people.invite({ for: { service: 'Mail & more' } });
});

afterAll(async () => {
  https.close();
  await localCa.ca.stop();
});

const at = (path: string): string => `${localCa.ca.origin}/portal/${path}`;

async function page(path: string, language = 'en'): Promise<string> {
  const headers = { cookie, 'accept-language': language };
  return (await https.send(at(path), { headers })).bytes.toString();
}

function post(path: string, fields: Record<string, string>, from = cookie): Promise<Reply> {
  return https.send(at(path), {
    method: 'POST',
    headers: {
      cookie: from,
      origin: localCa.ca.origin,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams(fields).toString(),
  });
}

test('a certificate is registered for a person, marked as on a token, and removed', async () => {
  const { registry } = localCa.ca;
  const path = `people/${person.id}`;
  const { certificate } = await foreign.issue({ subject: [{ CN: ['<Robin>'] }] });
  const pem = certificate.toString('pem');
  const reply = await post(`${path}/certificates`, { pem });
  expect(reply.status).toBe(200);
  expect(reply.bytes.toString()).toContain('its issuer is not trusted for challenges');
  expect(await page(path)).toContain('Not trusted here');
  const [added] = registry.certificates(`person:${person.id}`);
  expect(added).toMatchObject({
    subject: String.raw`CN=\<Robin\>`,
    issuer: 'CN=Other CA',
    onToken: false,
  });
  expect(await page(path)).toContain(String.raw`\&lt;Robin\&gt;`);
  expect(await page(path, 'de')).toContain('Zertifikate als Nachweis');
  const id = added?.id ?? '';
  await post(`${path}/certificates/mark`, { id, onToken: 'yes' });
  expect(registry.certificates(`person:${person.id}`)[0]?.onToken).toBe(true);
  const again = await post(`${path}/certificates`, { pem });
  expect(again.status).toBe(422);
  expect(again.bytes.toString()).toContain('registered already');
  await post(`${path}/certificates/remove`, { id });
  expect(registry.certificates(`person:${person.id}`)).toEqual([]);
});

test('nobody’s certificate is marked or removed by way of somebody else’s page', async () => {
  const { registry, people } = localCa.ca;
  const { certificate } = await foreign.issue();
  const id = registry.addCertificate(`person:${person.id}`, certificate.toString('pem'));
  const other = people.register({ name: 'Sam', email: 'sam@example.test' });
  await post(`people/${other.id}/certificates/mark`, { id, onToken: 'yes' });
  await post(`people/${other.id}/certificates/remove`, { id });
  expect(registry.certificates(`person:${person.id}`)).toMatchObject([{ id, onToken: false }]);
  registry.removeCertificate(id);
});

test('what this CA issued is registered without a warning', async () => {
  const { ca } = localCa;
  const path = `people/${person.id}`;
  // Whatever the CA signed with its issuer will do.
  const [leaf] = ca.documentSigner.chain;
  const pem = toPem('CERTIFICATE', leaf ?? Buffer.alloc(0));
  expect((await post(`${path}/certificates`, { pem })).status).toBe(303);
  expect(await page(path)).not.toContain('Not trusted here');
  const [added] = ca.registry.certificates(`person:${person.id}`);
  expect(added?.knownIssuer).toBe(true);
  ca.registry.removeCertificate(added?.id ?? '');
});

test('a person is invited only to what their role may have', async () => {
  const { people, registry } = localCa.ca;
  const admin = { name: 'Root', email: 'root@example.test', role: 'administrator' } as const;
  const { id } = people.register(admin);
  registry.addDomain('organization', 'example.test');
  registry.addDomain('service:Mail & more', 'mail.example.test');
  const forRoles = ['value="administrator"', 'value="code-example.test"'];
  const [theirs, other] = [await page(`people/${id}`), await page(`people/${person.id}`)];
  for (const option of forRoles) {
    expect([theirs.includes(option), other.includes(option)]).toEqual([true, false]);
  }
  expect(`${theirs}${other}`).not.toContain('value="service-');
  const before = people.invitations().length;
  const fields = { credential: 'administrator', lifetime: 'day' };
  expect((await post(`people/${person.id}/invitations`, fields)).status).toBe(422);
  expect(people.invitations()).toHaveLength(before);
  expect((await post(`people/${id}/invitations`, fields)).status).toBe(200);
  registry.removeDomain('organization', 'example.test');
  registry.removeDomain('service:Mail & more', 'mail.example.test');
});

test('the page of a service speaks of no one-time code', async () => {
  const shown = await page('services/Mail%20%26%20more');
  expect(shown).toContain('with no person at hand');
  expect(shown).not.toMatch(/one-time code/i);
});

test.each(['', 'Hello', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'])(
  'what is no certificate is refused in words (%j)',
  async (pem) => {
    const reply = await post(`people/${person.id}/certificates`, { pem });
    expect(reply.status).toBe(422);
    expect(reply.bytes.toString()).toContain('That cannot be read as a certificate');
  },
);

test('an expired certificate and one with a weak key are refused', async () => {
  const expired = await foreign.issue({ from: -7200, until: -60 });
  const weak = await foreign.issue({ keys: await newKeys('RSA-1024') });
  const cases = [
    [expired, 'has expired'],
    [weak, 'is too weak'],
  ] as const;
  for (const [{ certificate }, words] of cases) {
    const pem = certificate.toString('pem');
    const reply = await post(`people/${person.id}/certificates`, { pem });
    expect(reply.status).toBe(422);
    expect(reply.bytes.toString()).toContain(words);
  }
});

test('a certificate that could not be shown afterwards is not registered', async () => {
  const { certificate } = await foreign.issue();
  const bytes = Buffer.from(certificate.rawData);
  // The issuer, whose name nothing but the page reads, is a list of lists, not of sets.
  bytes.writeUInt8(0x30, bytes.indexOf('0603550403', 'hex') - 4);
  const pem = toPem('CERTIFICATE', bytes);
  const path = `people/${person.id}`;
  expect((await post(`${path}/certificates`, { pem })).status).toBe(422);
  expect(await page(path)).toContain('Robin');
});

test('whether what this CA issued proves its person is an administrator’s word', async () => {
  const { registry } = localCa.ca;
  expect(registry.acceptsIssued(person.id)).toBe(false);
  await post(`people/${person.id}/certificates/issued`, { accepted: 'yes' });
  expect(registry.acceptsIssued(person.id)).toBe(true);
  await post(`people/${person.id}/certificates/issued`, { accepted: 'no' });
  expect(registry.acceptsIssued(person.id)).toBe(false);
});

test('a service and the organisation have their DNS names, in one spelling, without wildcards', async () => {
  const { registry } = localCa.ca;
  const path = 'services/Mail%20%26%20more';
  expect(await page('services')).toContain(`/portal/${path}`);
  expect((await post(`${path}/domains`, { domain: ' Mail.Example.test ' })).status).toBe(303);
  expect(registry.domains('service:Mail & more')).toEqual(['mail.example.test']);
  expect(await page(path)).toContain('mail.example.test');
  await post(`${path}/domains/remove`, { domain: 'mail.example.test' });
  expect(registry.domains('service:Mail & more')).toEqual([]);
  await post('organization/domains', { domain: 'example.test' });
  expect(registry.domains('organization')).toEqual(['example.test']);
  for (const domain of ['*.example.test', 'no name', '', '127.0.0.1']) {
    expect((await post('organization/domains', { domain })).status).toBe(422);
  }
  expect(await page('organization', 'de')).toContain('example.test');
  await post('organization/domains/remove', { domain: 'example.test' });
  expect(registry.domains('organization')).toEqual([]);
});

test('there is no page for a service or a person that nobody made', async () => {
  const { certificate } = await foreign.issue();
  const pem = certificate.toString('pem');
  for (const path of ['services/Nothing', 'people/nobody']) {
    expect((await post(`${path}/certificates`, { pem })).status).toBe(404);
  }
  expect((await https.send(at('services/Nothing'), { headers: { cookie } })).status).toBe(404);
});

test('nobody registers anything without the key of the portal', async () => {
  const { certificate } = await foreign.issue();
  const pem = certificate.toString('pem');
  for (const path of [`people/${person.id}/certificates`, 'organization/domains']) {
    const reply = await post(path, { pem, domain: 'a.test' }, '');
    expect([200, 401, 403]).toContain(reply.status);
  }
  expect(localCa.ca.registry.certificates(`person:${person.id}`)).toEqual([]);
  expect(localCa.ca.registry.domains('organization')).toEqual([]);
});
