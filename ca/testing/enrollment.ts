import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { generateSync } from 'otplib/functional';
import type { Person } from '../people-types.ts';
import type { RunningCa } from '../running-ca.ts';
import { startCa } from '../server.ts';
import type { CaOptions } from '../running-ca.ts';
import { AcmeClient } from './acme-client.ts';
import type { AcmeReply, OrderObject } from './acme-client.ts';

/** A time that stands still until a test moves it. */
export type TestClock = { (): Date; advance(seconds: number): void };

export function createTestClock(): TestClock {
  // Ten seconds into a time step of TOTP: no code changes while a test is not looking.
  let time = Math.floor(Date.now() / 30_000) * 30_000 + 10_000;
  return Object.assign((): Date => new Date(time), {
    advance(seconds: number) {
      time += seconds * 1000;
    },
  });
}

export type TestCa = RunningCa & { readonly clock: TestClock; readonly alex: Person };

/** A CA in memory that knows Alex, and whose time can be moved. */
export async function startTestCa(options: CaOptions = {}): Promise<TestCa> {
  const clock = createTestClock();
  const ca = await startCa({ demoPerson: true, clock, ...options });
  const alex = ca.people.findByEmail('alex@example.test');
  if (alex === undefined) throw new Error('the demo person is missing');
  return { ...ca, clock, alex };
}

/** A client whose account is bound to a person. */
export async function connectBound(ca: TestCa, person: Person = ca.alex): Promise<AcmeClient> {
  const client = await AcmeClient.connect(ca);
  await client.register(ca.people.invite({ for: { personId: person.id } }));
  return client;
}

/** A client whose account is bound to a service. */
export async function connectService(ca: RunningCa): Promise<AcmeClient> {
  const client = await AcmeClient.connect(ca);
  await client.register(ca.people.invite({ for: { service: 'web' } }));
  return client;
}

/** The person's code, now or so many time steps away. */
export function codeOf(ca: TestCa, person: Person = ca.alex, stepsAway = 0): string {
  const { secret, digits, period } = ca.people.totpSetup(person.id);
  const epoch = Math.floor(ca.clock().getTime() / 1000) + stepsAway * period;
  return generateSync({ strategy: 'totp', secret, digits, period, epoch });
}

/** A code of the right length that none of the accepted time steps has. */
export function wrongCode(ca: TestCa, person: Person = ca.alex): string {
  const near = [-2, -1, 0, 1, 2].map((steps) => codeOf(ca, person, steps));
  const candidates = ['000000', '111111', '222222', '333333', '444444', '555555'];
  return candidates.find((code) => !near.includes(code)) ?? '';
}

export const alexIdentifier = { type: 'email', value: 'alex@example.test' } as const;

export type PlacedOrder = { readonly url: string; readonly order: OrderObject };

export async function placeOrder(
  client: AcmeClient,
  payload: object = { identifiers: [alexIdentifier] },
): Promise<PlacedOrder> {
  const reply = await client.post(client.directory.newOrder, payload);
  if (reply.status !== 201) throw new Error(`newOrder answered ${reply.bytes.toString()}`);
  return { url: reply.location ?? '', order: reply.body as OrderObject };
}

/** An order whose code was accepted: ready to be finalized. */
export async function readyOrder(
  ca: TestCa,
  client: AcmeClient,
  person: Person = ca.alex,
): Promise<PlacedOrder> {
  const placed = await placeOrder(client, {
    identifiers: [{ type: 'email', value: person.email }],
  });
  const { url } = await client.challenge(placed.order, 'totp-01');
  await client.post(url, { otp: codeOf(ca, person) });
  // The next order needs a code that was not used.
  ca.clock.advance(60);
  return placed;
}

export type Requested = { readonly csr: string; readonly keys: webcrypto.CryptoKeyPair };

export type RequestOptions = {
  readonly names?: x509.JsonGeneralNames;
  readonly commonName?: string;
  readonly keys?: webcrypto.CryptoKeyPair;
  readonly extensions?: readonly x509.Extension[];
};

const ecdsa = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** A certification request, made by a library that the CA does not use. */
export async function makeRequest(options: RequestOptions = {}): Promise<Requested> {
  const keys =
    options.keys ?? (await webcrypto.subtle.generateKey(ecdsa, true, ['sign', 'verify']));
  const names = options.names ?? [{ type: 'email', value: alexIdentifier.value }];
  const san = names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(names)];
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    ...(options.commonName === undefined ? {} : { name: `CN=${options.commonName}` }),
    keys,
    signingAlgorithm: { hash: 'SHA-256', saltLength: 32, ...keys.privateKey.algorithm },
    extensions: [...san, ...(options.extensions ?? [])],
  });
  return { csr: Buffer.from(request.rawData).toString('base64url'), keys };
}

export type Issued = {
  readonly url: string;
  /** Leaf first. */
  readonly chain: string;
  readonly keys: webcrypto.CryptoKeyPair;
  readonly reply: AcmeReply;
  readonly order: OrderObject;
};

/** From an order to a certificate for the person, Alex when not said. */
export async function enroll(
  ca: TestCa,
  client: AcmeClient,
  person: Person = ca.alex,
): Promise<Issued> {
  const { order } = await readyOrder(ca, client, person);
  const { csr, keys } = await makeRequest({ names: [{ type: 'email', value: person.email }] });
  const finalized = (await client.post(order.finalize, { csr })).body as OrderObject;
  const url = finalized.certificate ?? '';
  const reply = await client.get(url);
  return { url, chain: reply.bytes.toString(), keys, reply, order: finalized };
}

export async function privateKeyPem(keys: webcrypto.CryptoKeyPair): Promise<string> {
  const der = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return x509.PemConverter.encode(der, 'PRIVATE KEY');
}
