import 'reflect-metadata';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as x509 from '@peculiar/x509';
import {
  alexIdentifier,
  connectBound,
  enroll,
  placeOrder,
  startTestCa,
} from '../testing/enrollment.ts';
import { credentialOf, proveWith } from '../testing/certificate-proof.ts';
import { alexMail, createCertificateWorld, provingPolicy } from '../testing/certificate-world.ts';
import type { CertificateWorld } from '../testing/certificate-world.ts';
import { ForeignCa, newKeys } from '../testing/foreign-ca.ts';
import type { Issued, KeyKind } from '../testing/foreign-ca.ts';

let world: CertificateWorld;

beforeEach(async () => {
  world = await createCertificateWorld();
});

afterEach(() => world.stop());

const alex = (): `person:${string}` => `person:${world.ca.alex.id}`;

/** Status and problem of the answer to a challenge of Alex's. */
async function prove(credential: Pick<Issued, 'chain' | 'keys'>, payload?: object) {
  const { challenge } = await world.open(world.client, payload);
  const { status, problem } = await proveWith(world.client, challenge, credential);
  return problem ?? status;
}

describe('a certificate', () => {
  it('proves who somebody is, and makes the order ready', async () => {
    const { placed, challenge } = await world.open();
    const credential = await world.byAddress.issue({ names: [...alexMail] });
    const reply = await proveWith(world.client, challenge, credential);
    expect([reply.status, reply.body['status']]).toEqual([200, 'valid']);
    expect(reply.body).not.toHaveProperty('sig');
    expect((await world.client.order(placed.url)).status).toBe('ready');
  });

  it.each<KeyKind>(['P-256', 'P-384', 'P-521', 'RSA-2048', 'RSA-2048-PSS', 'Ed25519'])(
    'may have a key of %s',
    async (kind) => {
      const keys = await newKeys(kind);
      expect(await prove(await world.byAddress.issue({ names: [...alexMail], keys }))).toBe(200);
    },
  );

  it('may be known by its issuer and serial number, and is nothing before that', async () => {
    const credential = await world.byCertificate.issue();
    expect(await prove(credential)).toBe('unauthorized');
    world.ca.registry.addCertificate(alex(), credential.certificate.toString('pem'));
    expect(await prove(credential)).toBe(200);
    const renewed = await world.byCertificate.issue({ keys: credential.keys });
    expect(await prove(renewed)).toBe('unauthorized');
  });

  it('may be known by its key, in a later certificate too', async () => {
    const credential = await world.byKey.issue();
    world.ca.registry.addCertificate(alex(), credential.certificate.toString('pem'));
    const renewed = await world.byKey.issue({ keys: credential.keys });
    expect(await prove(renewed)).toBe(200);
    expect(await prove(await world.byKey.issue())).toBe('unauthorized');
  });

  it('may come by way of CAs between, and with the root, which is not needed', async () => {
    const upper = await world.byAddress.authority('Upper', { pathLength: 1 });
    const lower = await world.byAddress.authority('Lower', { pathLength: 0 }, upper);
    const leaf = await world.byAddress.issue({ names: [...alexMail], issuer: lower });
    expect(leaf.chain).toHaveLength(3);
    expect(await prove(leaf)).toBe(200);
    const root = world.byAddress.root.certificate;
    expect(await prove({ ...leaf, chain: [...leaf.chain, root] })).toBe(200);
  });

  it('may be for a purpose that the anchor names, by its policy or its extended key usage', async () => {
    const policy = new x509.CertificatePolicyExtension([provingPolicy]);
    const details = { names: [...alexMail], purposes: [], extensions: [policy] };
    expect(await prove(await world.byAddress.issue(details))).toBe(200);
    const purposes = [provingPolicy];
    expect(await prove(await world.byAddress.issue({ names: [...alexMail], purposes }))).toBe(200);
    expect(await prove(await world.listed.issue(details))).toBe('unauthorized');
  });

  it('of this CA proves its person once an administrator said so, and until it is revoked', async () => {
    const { chain, keys, reply } = await enroll(world.ca, world.client);
    expect(reply.status).toBe(200);
    const credential = credentialOf(chain, keys);
    expect(await prove(credential)).toBe('unauthorized');
    world.ca.registry.acceptIssued(world.ca.alex.id, true);
    expect(await prove(credential)).toBe(200);
    const certificate = Buffer.from(credential.chain[0]?.rawData ?? new ArrayBuffer(0)).toString(
      'base64url',
    );
    await world.client.post(world.client.directory.revokeCert, { certificate });
    expect(await prove(credential)).toBe('unauthorized');
  });

  it('of this CA proves nobody but its own person', async () => {
    const { ca } = world;
    const sam = ca.people.register({ name: 'Sam', email: 'sam@example.test' });
    const { chain, keys } = await enroll(ca, await world.connect(sam), sam);
    ca.registry.acceptIssued(ca.alex.id, true);
    ca.registry.acceptIssued(sam.id, true);
    expect(await prove(credentialOf(chain, keys))).toBe('unauthorized');
  });

  it('that an administrator removed proves nothing any more', async () => {
    const credential = await world.byCertificate.issue();
    const pem = credential.certificate.toString('pem');
    const id = world.ca.registry.addCertificate(alex(), pem);
    world.ca.registry.removeCertificate(id);
    expect(await prove(credential)).toBe('unauthorized');
  });
});

describe('the challenge', () => {
  const offered = async (): Promise<readonly string[]> => {
    const { order } = await placeOrder(world.client, { identifiers: [alexIdentifier] });
    const { challenges } = await world.client.authorization(order.authorizations[0] ?? '');
    return challenges.map(({ type }) => type);
  };

  it('names the issuers that the subject may have certificates of, and the algorithms', async () => {
    const leaf = await world.byCertificate.issue();
    world.ca.registry.addCertificate(alex(), leaf.certificate.toString('pem'));
    const { challenge } = await world.open();
    const { issuers, algs } = challenge as unknown as { issuers: string[]; algs: string[] };
    const nameOf = ({ root }: { root: Issued }): string =>
      Buffer.from(root.certificate.subjectName.toArrayBuffer()).toString('base64url');
    const { byAddress, byCertificate, byKey, listed, cards } = world;
    const expected = [byCertificate, byAddress, byKey, listed, cards].map(nameOf);
    expect(issuers.toSorted()).toEqual(expected.toSorted());
    // Nobody has a use for certificates of a CA that is no anchor, nor under one.
    const stranger = await ForeignCa.create(() => new Date(), 'Stranger');
    const useless = await stranger.issue();
    world.ca.registry.addCertificate(alex(), useless.certificate.toString('pem'));
    const after = (await world.open()).challenge as unknown as { issuers: string[] };
    expect(after.issuers.toSorted()).toEqual(expected.toSorted());
    expect(algs).toContain('ES256');
    expect(algs).not.toContain('HS256');
    expect(algs).not.toContain('none');
  });

  it('is offered where an anchor or the register may have something for the person', async () => {
    expect(await offered()).toEqual(['totp-01', 'cert-01']);
  });

  it('is not offered to a person who has no certificate, at a CA without anchors', async () => {
    const ca = await startTestCa();
    const client = await connectBound(ca);
    const { order } = await placeOrder(client);
    const { challenges } = await client.authorization(order.authorizations[0] ?? '');
    expect(challenges.map(({ type }) => type)).toEqual(['totp-01']);
    client.close();
    await ca.stop();
  });

  it('is for the device itself where a maker is trusted', async () => {
    const identifiers = [{ type: 'permanent-identifier', value: 'SN-7' }];
    const named = await world.maker.issue({ subject: [{ '2.5.4.5': ['SN-7'] }] });
    const other = await world.maker.issue({ subject: [{ '2.5.4.5': ['SN-8'] }] });
    const payload = { identifiers, profile: 'managed-device' };
    expect(await prove(other, payload)).toBe('unauthorized');
    expect(await prove(named, payload)).toBe(200);
    expect(await prove(named)).toBe('unauthorized');
  });
});
