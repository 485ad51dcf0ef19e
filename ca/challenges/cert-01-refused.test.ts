import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Person } from '../people-types.ts';
import type { AcmeClient, AcmeReply } from '../testing/acme-client.ts';
import { proveWith } from '../testing/certificate-proof.ts';
import { createCertificateWorld } from '../testing/certificate-world.ts';
import type { CertificateWorld } from '../testing/certificate-world.ts';
import { enroll } from '../testing/enrollment.ts';
import { credentialOf } from '../testing/certificate-proof.ts';
import { ForeignCa, newKeys } from '../testing/foreign-ca.ts';
import type { CaDetails, Issued, LeafDetails } from '../testing/foreign-ca.ts';

let world: CertificateWorld;
let count = 0;

beforeAll(async () => {
  world = await createCertificateWorld();
});

afterAll(() => world.stop());

type Somebody = {
  readonly person: Person;
  readonly client: AcmeClient;
  readonly names: x509.JsonGeneralNames;
};

/** Somebody new, for whom nothing failed yet. */
async function somebody(): Promise<Somebody> {
  count += 1;
  const email = `person-${count}@example.test`;
  const person = world.ca.people.register({ name: `Person ${count}`, email });
  const client = await world.connect(person);
  return { person, client, names: [{ type: 'email', value: email }] };
}

type Credential = Pick<Issued, 'chain' | 'keys'>;
type Make = (who: Somebody) => Promise<Credential>;

async function respond(
  make: Make,
): Promise<{ reply: AcmeReply; status: unknown; order: unknown; who: Somebody }> {
  const who = await somebody();
  const { client, person } = who;
  const identifiers = [{ type: 'email', value: person.email }];
  const { placed, challenge } = await world.open(client, { identifiers });
  const reply = await proveWith(client, challenge, await make(who));
  const status = (await client.get(challenge.url)).body['status'];
  return { reply, status, order: (await client.order(placed.url)).status, who };
}

/** The text is the same whatever is wrong: nobody learns how far a certificate came. */
async function expectRefused(make: Make): Promise<void> {
  const { reply, status, order } = await respond(make);
  expect(reply.body).toEqual({
    ...{ type: 'urn:ietf:params:acme:error:unauthorized', status: 403 },
    detail: 'The response cannot be accepted.',
  });
  expect([status, order]).toEqual(['invalid', 'invalid']);
}

const leaf =
  (details: LeafDetails): Make =>
  ({ names }) =>
    world.byAddress.issue({ names, ...details });

const under =
  (details: CaDetails): Make =>
  async ({ names }) => {
    const issuer = await world.byAddress.authority('Between', details);
    return world.byAddress.issue({ names, issuer });
  };

const { digitalSignature, keyEncipherment } = x509.KeyUsageFlags;
const critical = (oid: string): x509.Extension =>
  new x509.Extension(oid, true, Buffer.from('3000', 'hex'));

describe('a certificate is refused, and ends the challenge', () => {
  it.each<[string, Make]>([
    ['is expired', leaf({ from: -7200, until: -3600 })],
    ['is not valid yet', leaf({ from: 3600, until: 7200 })],
    ['is for servers', leaf({ purposes: ['1.3.6.1.5.5.7.3.1'] })],
    ['is for any purpose', leaf({ purposes: ['2.5.29.37.0'] })],
    ['is for no purpose', leaf({ purposes: [] })],
    ['is not made to sign', leaf({ usages: keyEncipherment })],
    ['does not say what its key is for', leaf({ usages: undefined })],
    ['names somebody else', leaf({ names: [{ type: 'email', value: 'alex@example.test' }] })],
    ['names nobody', leaf({ names: [] })],
    ['has the address in its subject alone', leaf({ names: [], subject: [{ E: ['a@b.test'] }] })],
    ['has what must be understood', leaf({ extensions: [critical('1.2.3.4')] })],
    ['is a CA itself', leaf({ extensions: [new x509.BasicConstraintsExtension(true, 0, true)] })],
    ['comes from what is no CA', under({ isCa: false })],
    ['comes from a CA that may not certify', under({ usages: digitalSignature })],
    ['comes from an expired CA', under({ from: -7200, until: -3600 })],
    ['comes from a CA with name constraints', under({ extensions: [critical('2.5.29.30')] })],
    ['comes from a CA with other constraints', under({ extensions: [critical('2.5.29.36')] })],
  ])('when it %s', async (_name, make) => {
    await expectRefused(make);
  });

  it('when its key is weak', async () => {
    const keys = await newKeys('RSA-1024');
    await expectRefused(({ names }) => world.byAddress.issue({ names, keys }));
  });

  it('when a key on the way is weak', async () => {
    const weak = await newKeys('RSA-1024');
    await expectRefused(async ({ names }) => {
      const issuer = await world.byAddress.authority('Weak', {});
      const certificate = await x509.X509CertificateGenerator.create({
        subject: [{ CN: ['Weak'] }],
        issuer: world.byAddress.root.certificate.subjectName,
        publicKey: weak.publicKey,
        signingKey: world.byAddress.root.keys.privateKey,
        signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
        extensions: [new x509.BasicConstraintsExtension(true, 0, true)],
      });
      const { keys } = issuer;
      const signed = await x509.X509CertificateGenerator.create({
        ...{ subject: [{ CN: ['A'] }], issuer: certificate.subjectName },
        ...{ publicKey: keys.publicKey, signingKey: weak.privateKey },
        extensions: [
          new x509.KeyUsagesExtension(digitalSignature, true),
          new x509.ExtendedKeyUsageExtension(['1.3.6.1.5.5.7.3.2']),
          new x509.SubjectAlternativeNameExtension(names),
        ],
      });
      return { keys, chain: [signed, certificate] };
    });
  });

  it('when it is self-signed, also with the name of a trusted CA', async () => {
    for (const name of ['Nobody', 'Addresses']) {
      const stranger = await ForeignCa.create(() => new Date(), name);
      const { certificate, keys } = stranger.root;
      await expectRefused(() => Promise.resolve({ keys, chain: [certificate] }));
      await expectRefused(async ({ names }) => {
        const issued = await stranger.issue({ names });
        return { ...issued, chain: [...issued.chain, certificate] };
      });
    }
  });

  it('when a part of its chain is missing, or stands in the wrong place', async () => {
    const upper = await world.byAddress.authority('Upper');
    const lower = await world.byAddress.authority('Lower', {}, upper);
    const made = ({ names }: Somebody): Promise<Issued> =>
      world.byAddress.issue({ names, issuer: lower });
    await expectRefused(async (who) => {
      const { chain, ...rest } = await made(who);
      return { ...rest, chain: chain.slice(0, 2) };
    });
    await expectRefused(async (who) => {
      const { chain, ...rest } = await made(who);
      return { ...rest, chain: [chain[0], chain[2], chain[1]].flatMap((one) => one ?? []) };
    });
  });

  it('when there are more CAs below one than it allows', async () => {
    const upper = await world.byAddress.authority('Upper', { pathLength: 0 });
    const lower = await world.byAddress.authority('Lower', { pathLength: 0 }, upper);
    await expectRefused(({ names }) => world.byAddress.issue({ names, issuer: lower }));
  });

  it('when its own key signed for a chain that is another’s', async () => {
    // The chain is somebody's, found on the wire; the key is the sender's own.
    const keys = await newKeys();
    const { reply } = await respond(async ({ names }) => ({
      keys,
      chain: (await world.byAddress.issue({ names })).chain,
    }));
    expect([reply.problem, reply.body['attemptsRemaining']]).toEqual(['incorrectResponse', 2]);
  });

  it('when its key is the key of an account, whosever', async () => {
    const other = await somebody();
    for (const whose of ['own', 'foreign'] as const) {
      await expectRefused(async ({ client, names }) => {
        const { privateKey } = whose === 'own' ? client.keys : other.client.keys;
        const jwk = whose === 'own' ? client.keys.jwk : other.client.keys.jwk;
        const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
        const publicKey = await crypto.subtle.importKey('jwk', jwk, algorithm, true, ['verify']);
        return world.byAddress.issue({ names, keys: { privateKey, publicKey } });
      });
    }
  });

  it('when it is one of this CA’s own that it issued to nobody', async () => {
    const { ca } = world;
    const { privateKey, chain } = ca.documentSigner;
    const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' });
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
    const signing = await crypto.subtle.importKey('pkcs8', pkcs8, algorithm, true, ['sign']);
    const certificates = chain.slice(0, 1).map((der) => new x509.X509Certificate(der));
    await expectRefused(() =>
      Promise.resolve({ keys: { privateKey: signing, publicKey: signing }, chain: certificates }),
    );
  });

  it('when it is one of this CA’s own for a device of the person’s', async () => {
    const { ca, client } = world;
    const { chain, keys } = await enroll(ca, client);
    const credential = credentialOf(chain, keys);
    ca.registry.acceptIssued(ca.alex.id, true);
    await expectRefused(() => Promise.resolve(credential));
  });
});

describe('revocation under an anchor with lists', () => {
  const listed: Make = ({ names }) => world.listed.issue({ names });
  const accepted = async (make: Make): Promise<boolean> =>
    (await respond(make)).reply.status === 200;

  it('is looked up in a list that is the anchor’s, and current', async () => {
    world.list = await world.listed.revocationList([]);
    expect(await accepted(listed)).toBe(true);
  });

  it('refuses what a list names', async () => {
    await expectRefused(async (who) => {
      const credential = await world.listed.issue({ names: who.names });
      world.list = await world.listed.revocationList([credential]);
      return credential;
    });
  });

  it.each<[string, () => Promise<string> | string]>([
    ['is too old', () => world.listed.revocationList([], { from: -7200, until: -1 })],
    ['is of tomorrow', () => world.listed.revocationList([], { from: 3600, until: 7200 })],
    ['is another CA’s', () => world.byAddress.revocationList([])],
    ['is signed by another key', forged],
    ['is no list', () => '-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----\n'],
    ['is not there', () => ''],
  ])('refuses everything while the list %s', async (_name, list) => {
    world.list = await list();
    await expectRefused(listed);
  });

  it('asks for a list of every CA on the way', async () => {
    const between = await world.listed.authority('Between');
    const below: Make = ({ names }) => world.listed.issue({ names, issuer: between });
    world.list = await world.listed.revocationList([]);
    await expectRefused(below);
    const lower = await world.listed.revocationList([], { signer: between });
    world.list += lower;
    expect(await accepted(below)).toBe(true);
    world.list = (await world.listed.revocationList([between])) + lower;
    await expectRefused(below);
  });
});

async function forged(): Promise<string> {
  const stranger = await ForeignCa.create(() => new Date(), 'Lists');
  return stranger.revocationList([]);
}
