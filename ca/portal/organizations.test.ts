import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHttpsClient } from '../testing/https.ts';
import type { HttpsClient, Reply } from '../testing/https.ts';
import { startLocalCa, type LocalCa } from './local-ca.ts';

let localCa: LocalCa;
let https: HttpsClient;
let cookie: string;
let directory: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'ca-'));
  localCa = await startLocalCa({ state: { directory }, demoPerson: true });
  https = createHttpsClient(localCa.ca.rootPem);
  const { headers } = await https.send(localCa.portalAddress);
  cookie = headers['set-cookie']?.[0]?.split(';')[0] ?? '';
});

afterAll(async () => {
  https.close();
  await localCa.ca.stop();
  rmSync(directory, { recursive: true });
});

async function page(path: string, language = 'en'): Promise<string> {
  const headers = { cookie, 'accept-language': language };
  return (await https.send(localCa.ca.origin + path, { headers })).bytes.toString();
}

function post(path: string, fields: Record<string, string> | [string, string][]): Promise<Reply> {
  const { origin } = localCa.ca;
  const contentType = 'application/x-www-form-urlencoded';
  return https.send(origin + path, {
    ...{ method: 'POST', headers: { cookie, origin, 'content-type': contentType } },
    body: new URLSearchParams(fields).toString(),
  });
}

const events = (): string[] =>
  localCa.ca.organizations.log.entries(0, 99).map(({ event }) => event);

test('an organisation is set up, and each step is in the log', async () => {
  const { organizations, people } = localCa.ca;
  const fields = { name: '<Corp> & Sons', domain: 'corp.example' };
  const created = await post('/portal/organizations', fields);
  expect(created.status).toBe(303);
  const path = created.headers.location ?? '';
  const [corp] = organizations.list();
  expect(path).toBe(`/portal/organizations/${corp?.id ?? ''}`);
  expect(await page('/portal/organizations')).toContain('&lt;Corp&gt; &amp; Sons</a>');
  const alex = people.findByEmail('alex@example.test')?.id ?? '';
  people.invite({ for: { service: 'build' } });
  await post(`${path}/members`, { member: `person:${alex}`, role: 'approver' });
  await post(`${path}/members`, { member: 'service:build', role: 'requester' });
  await post(`${path}/domains`, { domain: 'Other.Example' });
  await post(`${path}/domains/remove`, { domain: 'corp.example' });
  const rule = [
    ...[['profile', 'ev-code-signing'] as [string, string], ['required', '1']],
    ...[['hours', '48'] as [string, string], ['by', 'ppkp-01'], ['by', 'cert-01']],
  ] as [string, string][];
  expect((await post(`${path}/rules`, rule)).status).toBe(303);
  expect(organizations.rule(corp?.id ?? '', 'ev-code-signing')).toEqual({
    ...{ required: 1, by: ['ppkp-01', 'cert-01'], hardware: false, hours: 48 },
  });
  const shown = await page(path);
  for (const text of ['Alex Demo', 'Service build', 'other.example', 'A rule of this organ']) {
    expect(shown).toContain(text);
  }
  expect(await page(path, 'de')).toContain('Offene Anfragen');
  await post(`${path}/rules`, { profile: 'ev-code-signing', reset: 'yes' });
  await post(`${path}/members/remove`, { member: 'service:build', role: 'requester' });
  expect(organizations.members(corp?.id ?? '')).toMatchObject([{ roles: ['approver'] }]);
  expect(events()).toEqual([
    ...['organization-added', 'domain-added', 'member-added', 'member-added', 'domain-added'],
    ...['domain-removed', 'rule-changed', 'rule-changed', 'member-removed'],
  ]);
  const log = await page('/portal/approval-log');
  expect(log).toContain('unchanged: 9 entries');
  expect(log).toContain('Member removed');
  expect(log).toContain('&lt;Corp&gt;');
});

test('a form that asks for what cannot be changes nothing, and says why', async () => {
  const { organizations } = localCa.ca;
  const { id } = organizations.create({ name: 'Strict', domains: ['strict.example'] });
  const before = events().length;
  const path = `/portal/organizations/${id}`;
  const alex = localCa.ca.people.findByEmail('alex@example.test')?.id ?? '';
  const rule = { profile: 'ev-code-signing', required: '2', hours: '24', by: 'ppkp-01' };
  const refused: [string, Record<string, string>, string][] = [
    ['/portal/organizations', { name: 'Strict' }, 'of this name already'],
    ['/portal/organizations', { name: 'a\u202eb' }, 'up to 80 characters'],
    ['/portal/organizations', { name: 'New', domain: 'strict.example' }, 'has this domain'],
    ['/portal/organizations', { name: 'New', domain: '*.x.example' }, 'without an asterisk'],
    [`${path}/domains`, { domain: 'a b' }, 'without an asterisk'],
    [`${path}/members`, { member: 'person:nobody', role: 'approver' }, 'people and services'],
    [`${path}/members`, { member: 'service:unheard', role: 'requester' }, 'people and services'],
    [`${path}/members`, { member: `person:${alex}`, role: 'owner' }, 'Choose one of the roles'],
    [`${path}/members`, { member: 'service:build', role: 'approver' }, 'nothing else'],
    [`${path}/rules`, { ...rule, required: '9' }, '1 to 8 approvers'],
    [`${path}/rules`, { ...rule, hours: 'x' }, '1 to 8 approvers'],
    [`${path}/rules`, { ...rule, by: 'totp-01' }, '1 to 8 approvers'],
    [`${path}/rules`, { ...rule, profile: 'employee' }, '1 to 8 approvers'],
  ];
  for (const [action, fields, why] of refused) {
    const { status, bytes } = await post(action, fields);
    expect([status, bytes.toString().includes(why), why]).toEqual([422, true, why]);
  }
  expect(events()).toHaveLength(before);
  expect((await post('/portal/organizations/unknown/members', {})).status).toBe(404);
});

test('nobody without the key of the portal sees or changes anything', async () => {
  const { origin, organizations } = localCa.ca;
  const [first] = organizations.list();
  const paths = ['', `/${first?.id ?? ''}`].map((path) => `/portal/organizations${path}`);
  for (const path of [...paths, '/portal/approval-log']) {
    const { status, bytes } = await https.send(origin + path);
    expect([status, bytes.toString().includes('Corp')]).toEqual([403, false]);
  }
  const before = events().length;
  const headers = { origin, 'content-type': 'application/x-www-form-urlencoded' };
  const body = 'name=Mine';
  const reply = await https.send(`${origin}/portal/organizations`, {
    ...{ method: 'POST', headers, body },
  });
  expect(reply.status).toBe(403);
  expect(events()).toHaveLength(before);
});

const REQUEST = 'evOGpD-hFJRzLaVqzqyTWA';

test('the page that mails lead to is for everybody, runs nothing and tells nothing', async () => {
  const { origin, directoryUrl } = localCa.ca;
  const query = new URLSearchParams({
    ...{ from: directoryUrl, approval: `${origin}/acme/approval/${REQUEST}` },
  });
  const reply = await https.send(`${origin}/portal/approval?${query.toString()}`);
  expect(reply.status).toBe(200);
  const policy = String(reply.headers['content-security-policy']);
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain('script-src');
  const text = reply.bytes.toString();
  const link = `countersign://approve?from=${encodeURIComponent(directoryUrl)}&amp;approval=${encodeURIComponent(`${origin}/acme/approval/${REQUEST}`)}`;
  expect(text).toContain(`href="${link}"`);
  expect(text).toContain('<svg');
  expect(text).toContain('cannot approve anything');
  expect(text).not.toMatch(/<form|<script/);
});

test.each([
  ['no query', ''],
  ['another CA', `from=https%3A%2F%2Fevil.example%2Facme%2Fdirectory&approval=$approval`],
  ['another request', 'from=$from&approval=https%3A%2F%2Fevil.example%2Facme%2Fapproval%2Fx'],
  ['what is no request', 'from=$from&approval=$origin%2Facme%2Forder%2FevOGpD-hFJRzLaVqzqyTWA'],
  ['more behind the request', 'from=$from&approval=$approval%26x'],
  ['a fragment', 'from=$from&approval=$approval%23x'],
  ['two requests', 'from=$from&approval=$approval&approval=$approval'],
  ['two CAs', 'from=$from&from=https%3A%2F%2Fevil.example&approval=$approval'],
  ['markup', 'from=$from&approval=%22%3E%3Cscript%3E'],
])('a link with %s leads nowhere', async (_what, template) => {
  const { origin, directoryUrl } = localCa.ca;
  const query = template
    .replaceAll('$from', encodeURIComponent(directoryUrl))
    .replaceAll('$approval', encodeURIComponent(`${origin}/acme/approval/${REQUEST}`))
    .replaceAll('$origin', encodeURIComponent(origin));
  const reply = await https.send(`${origin}/portal/approval?${query}`);
  expect(reply.status).toBe(400);
  expect(reply.bytes.toString()).not.toMatch(/countersign:|evil\.example|<script/);
});

test('a damaged log is on every page, and no form gets past it', async () => {
  const database = new DatabaseSync(join(directory, 'ca.sqlite'));
  database.exec(`DROP TRIGGER approval_log_is_not_changed;
    UPDATE approval_log SET entry = replace(entry, 'corp.example', 'evil.example') WHERE sequence = 2`);
  database.close();
  expect(await page('/portal/approval-log')).toContain('entry 2 is not what it was');
  expect(await page('/portal/')).toContain('entry 2 is not what it was');
  expect(await page('/portal/', 'de')).toContain('Eintrag 2 ist nicht mehr');
  const { organizations } = localCa.ca;
  const count = organizations.list().length;
  const reply = await post('/portal/organizations', { name: 'Late' });
  expect(reply.status).toBe(422);
  expect(organizations.list()).toHaveLength(count);
  const stranger = await https.send(`${localCa.ca.origin}/about/terms`);
  expect(stranger.bytes.toString()).not.toContain('entry 2');
});
