import { afterEach, beforeEach, expect, test } from 'vitest';
import { enrollmentProfile } from './enrollment-profile.ts';
import { offers, offersFor, offersOf } from './offers.ts';
import { profileNamed } from './profiles.ts';
import type { RunningCa } from './running-ca.ts';
import { startCa } from './server.ts';

let ca: RunningCa;

beforeEach(async () => {
  ca = await startCa({ demoPerson: true });
});

afterEach(() => ca.stop());

const ids = (list: readonly { readonly id: string }[]): string[] => list.map(({ id }) => id);

test('each domain of an organisation has its offers, which say how many have to approve', () => {
  const { id } = ca.organizations.create({ name: 'Example Corp', domains: ['corp.example'] });
  const rule = { required: 3, by: ['cert-01'], hardware: true, hours: 4 } as const;
  ca.organizations.setRule(id, 'ev-document-signing', rule);
  const further = offersOf(ca).slice(offers.length);
  expect(
    further.map(({ id, purpose, places, approval }) => [
      id,
      purpose,
      places[0],
      approval?.required,
    ]),
  ).toEqual([
    ['ev-code-corp.example', 'codeSigning', 'token', 2],
    ['ev-documents-corp.example', 'documentSigning', 'token', 3],
    ['one-time-code-corp.example', 'codeSigning', 'software', 2],
  ]);
  for (const { profile = '', places } of further) {
    const { approval } = profileNamed(profile) ?? {};
    expect(places.includes('software')).toBe(approval?.key === 'any');
  }
  const subject = { ...ca, externalAccountRequired: true, offers: further };
  const { credentials } = enrollmentProfile(subject, new Date()) as { credentials: object[] };
  expect(credentials[0]).toMatchObject({
    approval: {
      required: 2,
      by: { en: 'the approvers of Example Corp', de: 'die Freigebenden von Example Corp' },
    },
    subject: { commonName: 'corp.example' },
    timestamp: { url: ca.timestampUrl },
  });
  // By whom they may be had is nobody else's business.
  expect(JSON.stringify(credentials)).not.toContain(id);
  ca.organizations.removeDomain(id, 'corp.example');
  expect(offersOf(ca)).toEqual(offers);
});

test('only requesters of the organisation are invited to them', () => {
  const { id } = ca.organizations.create({ name: 'Example Corp', domains: ['corp.example'] });
  const kim = ca.people.register({ name: 'Kim', email: 'kim@corp.example' });
  ca.organizations.addMember(id, `person:${kim.id}`, 'approver');
  expect(ids(offersFor(kim, ca))).toEqual(ids(offers));
  ca.organizations.addMember(id, `person:${kim.id}`, 'requester');
  expect(ids(offersFor(kim, ca))).toContain('ev-code-corp.example');
});

test('what wallets would refuse for its length is cut off', () => {
  const domain = `${'a'.repeat(60)}.${'b'.repeat(60)}.example`;
  ca.organizations.create({ name: 'x'.repeat(80), domains: [domain] });
  for (const { id, name, description, approval } of offersOf(ca).slice(offers.length)) {
    expect(id).toMatch(/^[A-Za-z0-9.-]{1,64}$/);
    for (const language of ['en', 'de'] as const) {
      expect(name[language].length).toBeLessThanOrEqual(80);
      expect(description[language].length).toBeLessThanOrEqual(400);
      expect(approval?.by[language].length).toBeLessThanOrEqual(200);
    }
  }
});
