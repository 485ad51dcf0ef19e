import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AcmeClient } from '../acme/client.ts';
import type { DomainProof } from '../acme/domain-proof.ts';
import { DomainHolder } from '../testing/domain-holder.ts';
import { startKnot, type Knot } from '../testing/knot.ts';
import { newSigner } from '../testing/local-ca.ts';
import { startPebble, type Pebble } from '../testing/pebble.ts';
import { freePorts } from '../testing/server-program.ts';
import { DnsClient } from './dns-client.ts';
import { DnsProof } from './dns-proof.ts';
import { DnsUpdatePublisher } from './dns-update.ts';
import { Http01Responder } from './http-01.ts';
import { TlsAlpn01Responder } from './tls-alpn-01.ts';
import { Visibility } from './visibility.ts';
import { WebrootProof } from './webroot.ts';

let knot: Knot;
let pebble: Pebble;
let port: number;
let tlsPort: number;
let roots: readonly string[];

const host = '127.0.0.1';
const dns = (value: string) => ({ type: 'dns', value });
const ip = (value: string) => ({ type: 'ip', value });

beforeAll(async () => {
  [port = 0, tlsPort = 0] = await freePorts(2);
  knot = await startKnot({
    zones: {
      'example.test': ['@ A 127.0.0.1', 'www A 127.0.0.1', '_acme-challenge.moved CNAME proof'],
    },
  });
  pebble = await startPebble({ dnsServer: knot.address, httpPort: port, tlsPort });
  roots = [await pebble.root()];
});
afterAll(async () => {
  await pebble.stop();
  await knot.stop();
});

async function holder(proof: DomainProof): Promise<DomainHolder> {
  const { http, directoryUrl } = pebble;
  const client = await AcmeClient.connect({ http, directoryUrl, signer: newSigner() });
  await client.account.newAccount({ termsOfServiceAgreed: true });
  return new DomainHolder(client, proof);
}

describe('dns-01 by signed updates', () => {
  const byUpdate = (): DnsProof => {
    const client = new DnsClient();
    const { server, key } = knot;
    return new DnsProof('dns-01', {
      publisher: new DnsUpdatePublisher({ dns: client, server, key }),
      visibility: new Visibility({
        dns: client,
        resolvers: [],
        authorities: [server],
        interval: 100,
      }),
    });
  };

  test.each([
    ['a name', ['www.example.test']],
    ['all names of a level', ['*.example.test']],
    ['a name and all names below it', ['example.test', '*.example.test']],
    ['a name whose proofs are kept elsewhere', ['moved.example.test']],
  ])('ends in a certificate for %s', async (_name, names) => {
    const alex = await holder(byUpdate());
    await alex.obtain(names.map(dns), { roots });
    for (const place of ['_acme-challenge.www', '_acme-challenge', 'proof']) {
      expect(await knot.texts(`${place}.example.test`)).toEqual([]);
    }
  });

  test('fails at the CA when the record is another one', async () => {
    const good = byUpdate();
    const alex = await holder({
      type: good.type,
      suits: (subject) => good.suits(subject),
      prepare: (request) => good.prepare({ ...request, keyAuthorization: 'something else' }),
    });
    const order = await alex.client.orders.newOrder({ identifiers: [dns('bad.example.test')] });
    const [url = ''] = order.authorizations;
    const { status } = await alex.prove(await alex.client.authorizations.fetch(url));
    expect(status).toBe('invalid');
  });
});

describe('http-01', () => {
  test.each([
    ['a name', [dns('www.example.test')]],
    ['two names', [dns('www.example.test'), dns('example.test')]],
    ['an address', [ip(host)]],
  ])('by our own responder ends in a certificate for %s', async (_name, identifiers) => {
    const alex = await holder(new Http01Responder({ port, host }));
    await alex.obtain(identifiers, { roots });
  });

  test('by a file below a web root ends in a certificate', async () => {
    const root = await mkdtemp(join(tmpdir(), 'countersign-root-'));
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      void readFile(join(root, request.url ?? '')).then(
        (file) => response.end(file),
        () => response.writeHead(404).end(),
      );
    });
    await new Promise<void>((resolve) => server.listen(port, host, resolve));
    const alex = await holder(new WebrootProof(root));
    await alex.obtain([dns('www.example.test')], { roots });
    expect(asked.some((path) => path.startsWith('/.well-known/acme-challenge/'))).toBe(true);
    await new Promise((resolve) => server.close(resolve));
    await rm(root, { recursive: true });
  });
});

describe('tls-alpn-01', () => {
  test.each([
    ['a name', [dns('www.example.test')]],
    ['an address', [ip(host)]],
  ])('by our own responder ends in a certificate for %s', async (_name, identifiers) => {
    const alex = await holder(new TlsAlpn01Responder({ port: tlsPort, host }));
    await alex.obtain(identifiers, { roots });
  });
});
