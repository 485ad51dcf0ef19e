import { createHash, X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { enrollmentProfile } from './enrollment-profile.ts';
import { offers, offersOf } from './offers.ts';
import { profiles } from './profiles.ts';
import { startLocalCa } from './portal/local-ca.ts';
import { startCa } from './server.ts';
import { createHttpsClient } from './testing/https.ts';

test('the profile carries the root that the directory is reached by', async () => {
  const ca = await startCa();
  try {
    const subject = { ...ca, externalAccountRequired: true };
    const profile = enrollmentProfile(subject, new Date('2026-01-01T00:00:00Z'));
    expect(profile).toMatchObject({
      issued: '2026-01-01T00:00:00.000Z',
      expires: '2026-04-01T00:00:00.000Z',
      roots: [new X509Certificate(ca.rootPem).raw.toString('base64')],
    });
    expect(JSON.stringify(profile).length).toBeLessThan(20_000);
  } finally {
    await ca.stop();
  }
});

test('every offer is of a kind that the CA issues to people', () => {
  const employee = profiles.find(({ name }) => name === 'employee');
  expect(employee).toMatchObject({
    identifierType: 'email',
    needsPerson: true,
    purposes: ['clientAuth'],
  });
  expect(new Set(offers.map(({ id }) => id)).size).toBe(offers.length);
});

test('an offer that lets the key be copied says so in every language', () => {
  for (const { exportable, description } of offers) {
    expect(description.en.includes('may be copied')).toBe(exportable);
    expect(description.de.includes('darf auf Ihre anderen Geräte')).toBe(exportable);
  }
});

test('one offer is for keys in hardware alone, which nobody may copy', () => {
  const inHardware = offers.filter(({ places }) =>
    places.every((place) => place === 'token' || place === 'tpm'),
  );
  expect(inHardware.map(({ id, exportable }) => ({ id, exportable }))).toEqual([
    { id: 'admin-hardware', exportable: false },
  ]);
});

test('the profile says of each offer where its key may live', async () => {
  const ca = await startCa();
  try {
    const profile = enrollmentProfile({ ...ca, externalAccountRequired: true }, new Date());
    expect(profile).toMatchObject({
      credentials: offers.map(({ id, places }) => ({
        id,
        key: { types: ['P-256', 'P-384', 'RSA-3072', 'RSA-2048'], places },
      })),
    });
  } finally {
    await ca.stop();
  }
});

test('the profile shows the terms that the directory asks agreement to, and they can be read', async () => {
  const local = await startLocalCa();
  const { ca } = local;
  const client = createHttpsClient(ca.rootPem);
  try {
    const payload = Buffer.from(
      (await local.profile()).split('.')[1] ?? '',
      'base64url',
    ).toString();
    const { organization } = JSON.parse(payload) as { organization: { terms: string } };
    const directory = await client.send(ca.directoryUrl);
    const { meta } = JSON.parse(directory.bytes.toString()) as { meta: { termsOfService: string } };
    expect(meta.termsOfService).toBe(organization.terms);
    expect(await client.send(organization.terms)).toMatchObject({ status: 200 });
  } finally {
    client.close();
    await ca.stop();
  }
});

test('contractors have an offer from the start where a RADIUS server judges their passwords', async () => {
  const radius = { host: '127.0.0.1', port: 9, secret: 'a shared secret' };
  const ca = await startCa({ demoPerson: true, radius });
  try {
    expect(offersOf(ca).map(({ id }) => id)).toEqual([...offers.map(({ id }) => id), 'contractor']);
  } finally {
    await ca.stop();
  }
});

test('offers for contractors, administrators, services, devices and signers are there once somebody registered what they need', async () => {
  const ca = await startCa({ demoPerson: true });
  try {
    expect(offersOf(ca)).toEqual(offers);
    const ada = { name: 'Ada', email: 'ada@example.test', role: 'administrator' } as const;
    ca.people.codes.setUpOcra(ca.people.register(ada).id, 'OCRA-1:HOTP-SHA1-6:QN08');
    ca.people.invite({ for: { service: 'mail & more' } });
    ca.registry.addDomain('organization', 'example.test');
    ca.registry.addDomain('service:mail & more', 'mail.example.test');
    const digest = createHash('sha256').update('mail & more').digest('hex').slice(0, 8);
    const further = offersOf({ ...ca, challengeMappings: ['device-serial'] }).slice(offers.length);
    expect(further.map(({ id, purpose, profile }) => [id, purpose, profile])).toEqual([
      ['contractor', undefined, 'contractor'],
      ['administrator', undefined, 'administrator'],
      ['managed-device', 'device', 'managed-device'],
      ['code-example.test', 'codeSigning', 'code-signing'],
      ['documents-example.test', 'documentSigning', 'document-signing'],
      [`service-mail---more-${digest}`, 'service', 'service'],
      [`server-mail---more-${digest}`, 'service', 'service-server'],
    ]);
    for (const { profile, identifiers } of further) {
      const issued = profiles.find(({ name }) => name === profile);
      expect(identifiers?.[0]?.type ?? 'email').toBe(issued?.identifierType);
    }
    const profile = enrollmentProfile(
      { ...ca, externalAccountRequired: true, offers: further },
      new Date(),
    );
    expect(profile).toMatchObject({
      credentials: expect.arrayContaining([
        expect.objectContaining({
          purpose: 'codeSigning',
          profile: 'code-signing',
          identifiers: [{ type: 'dns', value: 'example.test' }],
          subject: { commonName: 'example.test' },
          install: [{ target: 'file' }],
        }),
      ]) as unknown,
    });
  } finally {
    await ca.stop();
  }
});
