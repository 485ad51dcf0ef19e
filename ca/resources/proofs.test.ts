import 'reflect-metadata';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AcmeClient, AuthorizationObject, OrderObject } from '../testing/acme-client.ts';
import { AcmeClient as Client, newKeyPair } from '../testing/acme-client.ts';
import { credentialOf, proveWith } from '../testing/certificate-proof.ts';
import { createCertificateWorld } from '../testing/certificate-world.ts';
import type { CertificateWorld } from '../testing/certificate-world.ts';
import { codeOf, makeRequest, placeOrder } from '../testing/enrollment.ts';
import type { Issued } from '../testing/foreign-ca.ts';
import { credentialsUrl, keyRegistration } from '../testing/passkeys.ts';

let world: CertificateWorld;
let ada: AcmeClient;
let adaId: string;

beforeEach(async () => {
  world = await createCertificateWorld();
  const details = { name: 'Ada', email: 'ada@example.test', role: 'administrator' } as const;
  const person = world.ca.people.register(details);
  adaId = person.id;
  ada = await world.connect(person);
});

afterEach(() => world.stop());

type Credential = Pick<Issued, 'chain' | 'keys'>;
const email = { type: 'email', value: 'ada@example.test' } as const;
const names = [email];
const device = { type: 'permanent-identifier', value: 'SN-1' } as const;

async function prove(who: AcmeClient, payload: object, credential: Credential): Promise<unknown> {
  const { placed, challenge } = await world.open(who, payload);
  const reply = await proveWith(who, challenge, credential);
  return reply.problem ?? (await who.order(placed.url)).status;
}

describe('an administrator’s certificate', () => {
  const payload = { profile: 'administrator', identifiers: [email] };

  it('is proven by a key on a token, and by no other', async () => {
    const { registry } = world.ca;
    const credential = await world.byCertificate.issue();
    const id = registry.addCertificate(`person:${adaId}`, credential.certificate.toString('pem'));
    expect(await prove(ada, payload, credential)).toBe('unauthorized');
    registry.markOnToken(id, true);
    expect(await prove(ada, payload, credential)).toBe('ready');
    expect(await prove(ada, payload, await world.byAddress.issue({ names }))).toBe('unauthorized');
    expect(await prove(ada, payload, await world.cards.issue({ names }))).toBe('ready');
  });

  it('is not had by what this CA issued, until that is marked as on a token', async () => {
    const { ca } = world;
    const { order } = await placeOrder(ada, { profile: 'employee', identifiers: [email] });
    const { url } = await ada.challenge(order, 'totp-01');
    const person = ca.people.find(adaId);
    await ada.post(url, { otp: codeOf(ca, person) });
    const { csr, keys } = await makeRequest({ names });
    const { certificate = '' } = (await ada.post(order.finalize, { csr })).body as OrderObject;
    const credential = credentialOf((await ada.get(certificate)).bytes.toString(), keys);
    ca.registry.acceptIssued(adaId, true);
    expect(await prove(ada, { identifiers: [email] }, credential)).toBe('ready');
    expect(await prove(ada, payload, credential)).toBe('unauthorized');
    ca.registry.addDomain('organization', 'example.test');
    const domain = { type: 'dns', value: 'example.test' } as const;
    const signing = { profile: 'code-signing', identifiers: [domain] };
    expect(await prove(ada, signing, credential)).toBe('unauthorized');
    const [issued] = ca.registry.issued(`person:${adaId}`);
    ca.registry.addCertificate(`person:${adaId}`, issued?.pem ?? '', { onToken: true });
    expect(await prove(ada, payload, credential)).toBe('ready');
  });

  it('is not had by a pre-authorization that asked for less', async () => {
    const { body } = await ada.post(ada.directory.newAuthz, { identifier: email });
    const { challenges } = body as AuthorizationObject;
    const challenge = challenges.find(({ type }) => type === 'cert-01');
    if (challenge === undefined) throw new Error('there is no cert-01');
    const reply = await proveWith(ada, challenge, await world.byAddress.issue({ names }));
    expect(reply.status).toBe(200);
    const usual = await placeOrder(ada, { profile: 'wifi', identifiers: [email] });
    expect(usual.order.status).toBe('ready');
    expect((await placeOrder(ada, payload)).order.status).toBe('pending');
  });
});

describe('a managed device', () => {
  const payload = { profile: 'managed-device', identifiers: [device] };
  const made = (): Promise<Issued> => world.maker.issue({ subject: [{ '2.5.4.5': ['SN-1'] }] });

  it('is proven by its maker’s certificate and by its person', async () => {
    const { placed, challenge } = await world.open(ada, payload);
    const { authorizations, identifiers } = placed.order;
    expect(identifiers).toEqual([device]);
    const shown = await Promise.all(authorizations.map((url) => ada.authorization(url)));
    expect(shown.map(({ identifier }) => identifier)).toEqual([device, email]);
    const kinds = shown.map(({ challenges }) => challenges.map(({ type }) => type));
    expect(kinds).toEqual([['cert-01'], ['totp-01']]);
    await proveWith(ada, challenge, await made());
    expect((await ada.order(placed.url)).status).toBe('pending');
    const [code] = shown[1]?.challenges ?? [];
    await ada.post(code?.url ?? '', { otp: codeOf(world.ca, world.ca.people.find(adaId)) });
    expect((await ada.order(placed.url)).status).toBe('ready');
    const { csr } = await makeRequest({ names: [] });
    expect((await ada.post(placed.order.finalize, { csr })).body['status']).toBe('valid');
  });

  it('is not proven by its person’s certificate, which an unmanaged one is', async () => {
    const credential = await world.byAddress.issue({ names });
    expect(await prove(ada, payload, credential)).toBe('unauthorized');
    expect(await prove(ada, { profile: 'device', identifiers: [device] }, credential)).toBe(
      'ready',
    );
  });

  it('is not proven by a pre-authorization through its person’s certificate', async () => {
    const { body } = await ada.post(ada.directory.newAuthz, { identifier: device });
    const { challenges } = body as AuthorizationObject;
    const challenge = challenges.find(({ type }) => type === 'cert-01');
    if (challenge === undefined) throw new Error('there is no cert-01');
    await proveWith(ada, challenge, await world.byAddress.issue({ names }));
    const managed = await placeOrder(ada, payload);
    const [first = ''] = managed.order.authorizations;
    expect((await ada.authorization(first)).status).toBe('pending');
  });

  it.each([
    ['its serial number', { subject: [{ '2.5.4.5': ['SN-1'] }] }, 'ready'],
    ['another serial number', { subject: [{ '2.5.4.5': ['SN-10'] }] }, 'unauthorized'],
    ['other letters', { subject: [{ '2.5.4.5': ['sn-1'] }] }, 'unauthorized'],
    ['its serial number as a name', { subject: [{ CN: ['SN-1'] }] }, 'unauthorized'],
  ])('is known, or not, by %s', async (_name, details, outcome) => {
    const credential = await world.maker.issue(details);
    expect(await prove(ada, { profile: 'device', identifiers: [device] }, credential)).toBe(
      outcome,
    );
  });
});

describe('a service', () => {
  const mail = { type: 'dns', value: 'mail.example.test' } as const;
  const payload = { profile: 'service', identifiers: [mail] };

  async function connect(service: string): Promise<AcmeClient> {
    const client = await Client.connect(world.ca);
    await client.register(world.ca.people.invite({ for: { service } }));
    return client;
  }

  async function issue(
    who: AcmeClient,
    order: object,
    credential: Credential,
  ): Promise<Credential> {
    const { placed, challenge } = await world.open(who, order);
    expect((await proveWith(who, challenge, credential)).status).toBe(200);
    const { csr, keys } = await makeRequest({ names: [mail] });
    const reply = await who.post(placed.order.finalize, { csr });
    const { certificate = '' } = reply.body as OrderObject;
    return credentialOf((await who.get(certificate)).bytes.toString(), keys);
  }

  it('begins with a registered certificate, and renews itself with what it was issued', async () => {
    const { registry } = world.ca;
    const client = await connect('mail');
    registry.addDomain('service:mail', mail.value);
    const first = await world.byKey.issue();
    registry.addCertificate('service:mail', first.certificate.toString('pem'));
    const second = await issue(client, payload, first);
    const server = { ...payload, profile: 'service-server' };
    const third = await issue(client, server, second);
    // Made for servers alone, and good for its own renewal all the same.
    await issue(client, server, third);
    const twin = await connect('mail');
    await issue(twin, payload, third);
    client.close();
    twin.close();
  });

  it('is not proven by a certificate for a name that is not registered for it', async () => {
    const { registry, faults } = world.ca;
    const thief = await connect('mail');
    registry.addDomain('service:mail', mail.value);
    // Who has the key of the account controls some domain, and proves that.
    const own = { type: 'dns', value: 'thief.example' } as const;
    faults.arm({ kind: 'validAuthorization' });
    const { order } = await placeOrder(thief, { profile: 'web-service', identifiers: [own] });
    const { csr, keys } = await makeRequest({ names: [own] });
    const { certificate = '' } = (await thief.post(order.finalize, { csr })).body as OrderObject;
    const credential = credentialOf((await thief.get(certificate)).bytes.toString(), keys);
    expect(await prove(thief, payload, credential)).toBe('unauthorized');
    thief.close();
  });

  it('is not proven by another service’s certificate, nor by a person’s', async () => {
    const { registry } = world.ca;
    const [client, other] = [await connect('mail'), await connect('web')];
    for (const owner of ['service:mail', 'service:web'] as const) {
      registry.addDomain(owner, mail.value);
    }
    const first = await world.byCertificate.issue();
    registry.addCertificate('service:web', first.certificate.toString('pem'));
    const issued = await issue(other, payload, first);
    expect(await prove(client, payload, first)).toBe('unauthorized');
    expect(await prove(client, payload, issued)).toBe('unauthorized');
    expect(await prove(client, payload, await world.byAddress.issue({ names }))).toBe(
      'unauthorized',
    );
    expect(await prove(ada, { identifiers: [email] }, issued)).toBe('unauthorized');
    client.close();
    other.close();
  });
});

describe('a credential of one’s own', () => {
  const add = async (who: AcmeClient): Promise<unknown> => {
    const reply = await who.post(
      credentialsUrl(who),
      await keyRegistration(who, await newKeyPair()),
    );
    return reply.problem ?? reply.status;
  };
  const code = async (): Promise<void> => {
    const { order } = await placeOrder(ada, { profile: 'employee', identifiers: [email] });
    const { url } = await ada.challenge(order, 'totp-01');
    const reply = await ada.post(url, { otp: codeOf(world.ca, world.ca.people.find(adaId)) });
    expect(reply.status).toBe(200);
  };

  it('is not added by the certificate of a device, which anybody may hold', async () => {
    const { client, maker } = world;
    const made = await maker.issue({ subject: [{ '2.5.4.5': ['SN-1'] }] });
    const order = { profile: 'device', identifiers: [device] };
    expect(await prove(client, order, made)).toBe('ready');
    expect(await add(client)).toBe('unauthorized');
  });

  it('of an administrator’s is not added by a code, which would be proof enough for nothing else of theirs', async () => {
    await code();
    expect(await add(ada)).toBe('unauthorized');
    const { body } = await ada.get(credentialsUrl(ada));
    expect(body).not.toHaveProperty('mayAddUntil');
    // In software: it may have been had by a code.
    expect(await prove(ada, { identifiers: [email] }, await world.byAddress.issue({ names }))).toBe(
      'ready',
    );
    expect(await add(ada)).toBe('unauthorized');
    const order = { profile: 'administrator', identifiers: [email] };
    expect(await prove(ada, order, await world.cards.issue({ names }))).toBe('ready');
    expect(await add(ada)).toBe(201);
  });
});

describe('what an administrator takes away', () => {
  it('is not certified, though it was proven before', async () => {
    const { registry } = world.ca;
    const domain = { type: 'dns', value: 'example.test' } as const;
    registry.addDomain('organization', domain.value);
    const order = { profile: 'code-signing', identifiers: [domain] };
    const { placed, challenge } = await world.open(ada, order);
    await proveWith(ada, challenge, await world.byAddress.issue({ names }));
    expect((await ada.order(placed.url)).status).toBe('ready');
    registry.removeDomain('organization', domain.value);
    const { csr } = await makeRequest({ names: [domain] });
    const { body } = await ada.post(placed.order.finalize, { csr });
    expect(body).toMatchObject({ status: 'invalid' });
    expect(body).not.toHaveProperty('certificate');
  });
});

describe('who somebody is', () => {
  it('lets them sign for the organisation, and revoke nothing of its servers’', async () => {
    const { ca } = world;
    const domain = { type: 'dns', value: 'example.test' } as const;
    ca.registry.addDomain('organization', domain.value);
    const web = await Client.connect(ca);
    await web.register(ca.people.invite({ for: { service: 'web' } }));
    ca.faults.arm({ kind: 'validAuthorization' });
    const { order } = await placeOrder(web, { identifiers: [domain] });
    const { csr } = await makeRequest({ names: [domain] });
    const { certificate: url = '' } = (await web.post(order.finalize, { csr })).body as OrderObject;
    const { chain } = credentialOf((await web.get(url)).bytes.toString(), {} as Issued['keys']);
    const credential = await world.byAddress.issue({ names });
    const signing = { profile: 'code-signing', identifiers: [domain] };
    expect(await prove(ada, signing, credential)).toBe('ready');
    const certificate = Buffer.from(chain[0]?.rawData ?? new ArrayBuffer(0)).toString('base64url');
    const reply = await ada.post(ada.directory.revokeCert, { certificate });
    expect([reply.status, reply.problem]).toEqual([403, 'unauthorized']);
    web.close();
  });
});
