import 'reflect-metadata';
import { execFileSync } from 'node:child_process';
import * as x509 from '@peculiar/x509';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { profiles as allProfiles } from '../profiles.ts';
import type { AcmeClient, AuthorizationObject, OrderObject } from '../testing/acme-client.ts';
import { AcmeClient as Client } from '../testing/acme-client.ts';
import { connectBound, makeRequest, placeOrder, startTestCa } from '../testing/enrollment.ts';
import type { TestCa } from '../testing/enrollment.ts';

/** Those that others approve are tried in `ca/approvals`. */
const profiles = allProfiles.filter(({ approval }) => approval === undefined);

let ca: TestCa;
let administrator: AcmeClient;
let service: AcmeClient;

beforeAll(async () => {
  ca = await startTestCa({ externalAccountRequired: false });
  const details = { name: 'Ada Admin', email: 'ada@example.test', role: 'administrator' } as const;
  administrator = await connectBound(ca, ca.people.register(details));
  service = await Client.connect(ca);
  await service.register(ca.people.invite({ for: { service: 'mail' } }));
  ca.registry.addDomain('service:mail', 'mail.example.test');
  ca.registry.addDomain('organization', 'example.test');
});

afterAll(async () => {
  administrator.close();
  service.close();
  await ca.stop();
});

const email = { type: 'email', value: 'ada@example.test' } as const;
const mail = { type: 'dns', value: 'mail.example.test' } as const;
const organization = { type: 'dns', value: 'example.test' } as const;
const device = { type: 'permanent-identifier', value: 'SN-1' } as const;

type Ordered = { readonly type: string; readonly value: string };

/** What an account of each kind orders by a profile. */
function orderedBy(profile: string): { readonly client: AcmeClient; readonly identifier: Ordered } {
  switch (profile) {
    case 'device':
    case 'managed-device':
      return { client: administrator, identifier: device };
    case 'server':
    case 'web-service':
    case 'service':
    case 'service-server':
      return { client: service, identifier: mail };
    case 'code-signing':
    case 'document-signing':
      return { client: administrator, identifier: organization };
    default:
      return { client: administrator, identifier: email };
  }
}

type Wanted = { readonly purposes?: readonly string[]; readonly usages?: number };

async function finalize(profile: string, { purposes, usages }: Wanted = {}) {
  const { client, identifier } = orderedBy(profile);
  ca.faults.arm({ kind: 'validAuthorization' });
  const { order } = await placeOrder(client, { profile, identifiers: [identifier] });
  const extensions = [
    ...(purposes === undefined ? [] : [new x509.ExtendedKeyUsageExtension([...purposes])]),
    ...(usages === undefined
      ? []
      : [new x509.Extension('2.5.29.15', true, Buffer.of(3, 2, 7, usages))]),
  ];
  const names: x509.JsonGeneralNames =
    identifier.type === 'permanent-identifier'
      ? []
      : [{ type: identifier.type === 'dns' ? 'dns' : 'email', value: identifier.value }];
  const { csr } = await makeRequest({ names, extensions });
  return { client, reply: await client.post(order.finalize, { csr }) };
}

/** The certificate in the words of OpenSSL, in one line each. */
async function issue(profile: string, wanted?: Wanted): Promise<string> {
  const { client, reply } = await finalize(profile, wanted);
  const { certificate = '' } = reply.body as OrderObject;
  const { bytes } = await client.get(certificate);
  const asked = ['-subject', '-ext', 'keyUsage,extendedKeyUsage,subjectAltName,basicConstraints'];
  return execFileSync('openssl', ['x509', '-noout', ...asked], { input: bytes })
    .toString()
    .replaceAll(/ *\n {4}/g, ' ');
}

const client = 'X509v3 Extended Key Usage: TLS Web Client Authentication\n';
const server = 'X509v3 Extended Key Usage: TLS Web Server Authentication\n';
const oids = {
  client: '1.3.6.1.5.5.7.3.2',
  server: '1.3.6.1.5.5.7.3.1',
  code: '1.3.6.1.5.5.7.3.3',
  document: '1.3.6.1.5.5.7.3.36',
} as const;
const code = 'X509v3 Extended Key Usage: Code Signing\n';
const dns = (name: string): string => `DNS:${name}`;

describe('a certificate says what it is for', () => {
  it.each([
    ['employee', client, 'subject=CN = Ada Admin\n', 'email:ada@example.test'],
    ['wifi', client, 'subject=CN = Ada Admin\n', 'email:ada@example.test'],
    ['administrator', client, 'subject=CN = Ada Admin\n', 'email:ada@example.test'],
    ['contractor', client, 'subject=CN = Ada Admin\n', 'email:ada@example.test'],
    ['device', client, 'subject=\n', 'othername: Permanent Identifier'],
    ['managed-device', client, 'subject=\n', 'othername: Permanent Identifier'],
    ['server', server, 'subject=CN = mail.example.test\n', dns(mail.value)],
    ['service', client, 'subject=CN = mail.example.test\n', dns(mail.value)],
    ['service-server', server, 'subject=CN = mail.example.test\n', dns(mail.value)],
    ['code-signing', code, 'subject=CN = example.test\n', dns(organization.value)],
    ['document-signing', oids.document, 'subject=CN = example.test\n', dns(organization.value)],
  ])('by the profile %s', async (profile, purpose, subject, name) => {
    const words = await issue(profile);
    for (const word of [purpose, subject, name]) expect(words).toContain(word);
    expect(words).toContain('X509v3 Key Usage: critical Digital Signature\n');
    expect(words).toContain('CA:FALSE');
  });

  it('by web-service for both sides of a connection', async () => {
    const both = 'TLS Web Client Authentication, TLS Web Server Authentication';
    expect(await issue('web-service')).toContain(both);
  });

  it('by service as the request asks, and no further', async () => {
    expect(await issue('service', { purposes: [oids.server] })).toContain(server);
    expect(await issue('service', { purposes: [oids.client] })).toContain(client);
    const both = await issue('service', { purposes: [oids.server, oids.client] });
    expect(both).toContain('TLS Web Client Authentication, TLS Web Server Authentication');
  });

  it('and a request for something else is refused, the order staying ready', async () => {
    for (const { name, purposes, choosablePurposes = [] } of profiles) {
      const own: readonly string[] = [...purposes, ...choosablePurposes];
      for (const [purpose, oid] of [
        ...([
          ['serverAuth', oids.server],
          ['clientAuth', oids.client],
        ] as const),
        ...([
          ['codeSigning', oids.code],
          ['documentSigning', oids.document],
        ] as const),
        ['anything', '2.5.29.37.0'],
      ] as const) {
        const { reply } = await finalize(name, { purposes: [oid] });
        const expected = own.includes(purpose) ? undefined : 'badCSR';
        expect([name, purpose, reply.problem]).toEqual([name, purpose, expected]);
      }
      // keyCertSign.
      expect((await finalize(name, { usages: 0x04 })).reply.problem).toBe('badCSR');
    }
  }, 60_000);
});

describe('who may ask', () => {
  const problemOf = async (who: AcmeClient, profile: string, identifier: Ordered) =>
    (await who.post(who.directory.newOrder, { profile, identifiers: [identifier] })).problem;

  it('is asked of every account for every profile, and what is for people stands beside no proof of control', async () => {
    const stranger = await Client.connect(ca);
    await stranger.register();
    const alex = await connectBound(ca);
    const personal = ['totp-01', 'hotp-01', 'otp-01', 'ppkp-01', 'cert-01'];
    const seen = new Set<string>();
    for (const who of [administrator, alex, service, stranger]) {
      for (const { name } of profiles) {
        for (const identifier of [email, mail, organization, device]) {
          const { newOrder } = who.directory;
          const { status, body } = await who.post(newOrder, {
            ...{ profile: name, identifiers: [identifier] },
          });
          if (status !== 201) continue;
          seen.add(name);
          const kinds = await challengeKinds(who, body as OrderObject, personal);
          for (const kind of kinds) expect(kind).toHaveLength(1);
        }
      }
    }
    expect([...seen].toSorted()).toEqual(profiles.map(({ name }) => name).toSorted());
    stranger.close();
    alex.close();
  }, 60_000);

  it('is a matter of role, and of the names that are registered', async () => {
    const alex = await connectBound(ca);
    const address = { type: 'email', value: 'alex@example.test' };
    expect(await problemOf(alex, 'administrator', address)).toBe('unauthorized');
    for (const profile of ['code-signing', 'document-signing']) {
      expect(await problemOf(alex, profile, organization)).toBe('unauthorized');
      expect(await problemOf(service, profile, organization)).toBe('unauthorized');
      for (const value of [mail.value, 'a.example.test', '*.example.test']) {
        expect(await problemOf(administrator, profile, { type: 'dns', value })).toBe(
          'rejectedIdentifier',
        );
      }
    }
    for (const profile of ['service', 'service-server']) {
      expect(await problemOf(administrator, profile, mail)).toBe('unauthorized');
      for (const value of ['*.mail.example.test', 'a.mail.example.test', 'example.test']) {
        expect(await problemOf(service, profile, { type: 'dns', value })).toBe(
          'rejectedIdentifier',
        );
      }
    }
    alex.close();
  });

  it('is nobody for an address, by no profile', async () => {
    const address = { type: 'ip', value: '192.0.2.1' };
    for (const { name } of profiles) {
      for (const who of [administrator, service]) {
        expect(await problemOf(who, name, address)).toBe('unsupportedIdentifier');
      }
    }
  });

  it('and an ancestor is no way around the names that are registered', async () => {
    const { newOrder } = service.directory;
    const identifier = { ...mail, ancestorDomain: 'example.test' };
    const reply = await service.post(newOrder, { profile: 'service', identifiers: [identifier] });
    const { authorizations } = reply.body as OrderObject;
    expect((await service.authorization(authorizations[0] ?? '')).identifier).toEqual(mail);
  });
});

/** Of each authorization: whether it has challenges for people, for names, or both. */
async function challengeKinds(
  who: AcmeClient,
  { authorizations }: OrderObject,
  personal: readonly string[],
) {
  const shown: AuthorizationObject[] = [];
  for (const url of authorizations) shown.push(await who.authorization(url));
  return shown.map(({ challenges }) => [
    ...new Set(challenges.map(({ type }) => (personal.includes(type) ? 'people' : 'names'))),
  ]);
}
