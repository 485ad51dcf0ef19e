import 'reflect-metadata';
import { X509Certificate } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCertificateRequest } from '../../certificates/certificate-request.ts';
import { Applicant, errorOf } from '../../testing/applicant.ts';
import { LocalCa, newSigner } from '../../testing/local-ca.ts';
import { RecordedHttp } from '../../testing/recorded-http.ts';
import { startPebble, type Pebble } from '../../testing/pebble.ts';
import { ScriptedAcme } from '../../testing/scripted-acme.ts';
import { AcmeClient } from '../client.ts';
import { obtainCertificate } from '../obtain-certificate.ts';
import type { Order } from '../order.ts';

let local: LocalCa;
let pebble: Pebble;
beforeAll(async () => {
  [local, pebble] = await Promise.all([LocalCa.start(), startPebble()]);
});
afterAll(async () => {
  await Promise.all([local.stop(), pebble.stop()]);
});

const sanOf = (csr: Uint8Array): readonly (readonly [string, string])[] => {
  const request = new x509.Pkcs10CertificateRequest(Buffer.from(csr));
  const names = request.extensions.find(
    (each): each is x509.SubjectAlternativeNameExtension =>
      each instanceof x509.SubjectAlternativeNameExtension,
  );
  return names?.names.items.map(({ type, value }) => [type, value] as const) ?? [];
};
const sorted = (list: readonly unknown[]): readonly string[] =>
  list.map((each) => JSON.stringify(each)).sort();

describe('a finalize request', () => {
  test('has the request in DER as its one member, and it names what was ordered', async () => {
    const http = new RecordedHttp(local.http);
    const alex = new Applicant(local, await local.join({ http }));
    await alex.issued();
    const ordered = http.postsTo(alex.client.directory.newOrder)[0];
    const finalized = http.posts.find(({ payload }) => payload.includes('"csr"'));
    const payload = JSON.parse(finalized?.payload ?? '') as Readonly<Record<string, string>>;
    expect(Object.keys(payload)).toEqual(['csr']);
    const csr = Buffer.from(payload['csr'] ?? '', 'base64url');
    const { identifiers } = JSON.parse(ordered?.payload ?? '') as Pick<Order, 'identifiers'>;
    expect(sorted(sanOf(csr))).toEqual(sorted(identifiers.map(({ type, value }) => [type, value])));
  });

  test('names exactly the identifiers of the order, whichever they are', async () => {
    const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?$/);
    const name = fc.array(label, { minLength: 2, maxLength: 4 }).map((all) => all.join('.'));
    const identifier = fc.oneof(
      name.map((value) => ({ type: 'dns', value })),
      name.map((value) => ({ type: 'dns', value: `*.${value}` })),
      name.map((value) => ({ type: 'email', value: `alex@${value}` })),
      fc.ipV4().map((value) => ({ type: 'ip', value })),
    );
    const signer = newSigner();
    await fc.assert(
      fc.asyncProperty(
        fc.array(identifier, { minLength: 1, maxLength: 8 }),
        async (identifiers) => {
          const csr = await createCertificateRequest({ signer, purpose: 'service', identifiers });
          const wanted = new Set(sorted(identifiers.map(({ type, value }) => [type, value])));
          expect(new Set(sorted(sanOf(csr)))).toEqual(wanted);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('a request of one’s own', () => {
  const ordered = ['a.example', 'b.example'].map((value) => ({ type: 'dns', value }));
  const order = (status: string) => ({
    status,
    identifiers: ordered,
    authorizations: [],
    finalize: '%/finalize/1',
  });

  test.each([
    ['a name less', ['a.example']],
    ['another name', ['a.example', 'c.example']],
    ['a name more', ['a.example', 'b.example', 'c.example']],
  ])('that has %s than the order is not sent', async (_title, names) => {
    const acme = await ScriptedAcme.create();
    const client = await acme.connect(({ path }) => {
      if (path === '/finalize/1') return { body: order('processing') };
      const placed = { status: 201, headers: { Location: '%/order/1' }, body: order('ready') };
      return path === '/new-order' ? placed : undefined;
    });
    const identifiers = names.map((value) => ({ type: 'dns', value }));
    const csr = await createCertificateRequest({ signer: newSigner(), identifiers });
    const wish = { identifiers: ordered, key: { csr }, proofs: [], report: () => undefined };
    const error = await errorOf(obtainCertificate(client, wish));
    const finalized = acme.requests.filter(({ path }) => path === '/finalize/1');
    await acme.close();
    expect(error).toBeInstanceOf(Error);
    expect(finalized).toEqual([]);
  });
});

test('what is listed in any order leads to the same certificate', async () => {
  const identifiers = ['c', 'a', 'b'].map((label) => ({ type: 'dns', value: `${label}.example` }));
  const { directoryUrl, pages } = pebble;
  const http = new RecordedHttp(pebble.http);
  const shuffling = {
    ...{ close: () => undefined },
    request: async (request: Parameters<typeof http.request>[0]) => {
      const response = await http.request(request);
      const type = response.headers.get('content-type') ?? '';
      if (!type.startsWith('application/json')) return response;
      return { ...response, body: reversed(response.body) };
    },
  };
  const client = await AcmeClient.connect({ http: shuffling, directoryUrl, signer: newSigner() });
  await client.account.newAccount({ termsOfServiceAgreed: true });
  const order = await client.orders.newOrder({ identifiers });
  for (const url of order.authorizations) {
    const { challenges } = await client.authorizations.fetch(url);
    const { token = '', url: challenge } =
      challenges.find(({ type }) => type === 'http-01') ?? missing();
    pages.set(`/.well-known/acme-challenge/${token}`, client.challenges.keyAuthorization(token));
    await client.challenges.respond(challenge, {});
    await client.authorizations.poll(url);
  }
  const ready = await client.orders.poll(order);
  const signer = newSigner();
  const csr = await createCertificateRequest({ signer, purpose: 'service', identifiers });
  const issued = await client.orders.poll(await client.orders.finalize(ready, csr));
  const { chain } = await client.certificates.download(issued.certificate ?? '');
  expect(answers).toBeGreaterThan(3);
  const { subjectAltName = '' } = new X509Certificate(chain[0] ?? '');
  expect(subjectAltName.split(', ').sort()).toEqual(
    identifiers.map(({ value }) => `DNS:${value}`).sort(),
  );
});

/** Every other answer lists its identifiers and authorizations the other way round. */
let answers = 0;
function reversed(body: Uint8Array): Uint8Array {
  const json = JSON.parse(Buffer.from(body).toString() || '{}') as Record<string, unknown>;
  if (!Array.isArray(json['authorizations']) || (answers += 1) % 2 === 0) return body;
  for (const member of ['identifiers', 'authorizations']) (json[member] as unknown[]).reverse();
  return Buffer.from(JSON.stringify(json));
}

function missing(): never {
  throw new Error('there is no http-01');
}
