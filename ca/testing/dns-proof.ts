import { createHash } from 'node:crypto';
import { calculateJwkThumbprint } from 'jose';
import type {
  AcmeClient,
  AuthorizationObject,
  ChallengeObject,
  OrderObject,
} from './acme-client.ts';
import type { DnsServer } from './dns-server.ts';
import { makeRequest, placeOrder } from './enrollment.ts';

export const dns = (value: string) => ({ type: 'dns', value });

/** The challenge of a type in an authorization. */
export function challengeOf(
  { challenges }: Pick<AuthorizationObject, 'challenges'>,
  type: string,
): ChallengeObject {
  const found = challenges.find((challenge) => challenge.type === type);
  if (found === undefined) throw new Error(`the authorization offers no ${type}`);
  return found;
}

/** What dns-01 and dns-account-01 want to see (RFC 8555 §8.4). */
export async function digestFor({ keys }: AcmeClient, token: string): Promise<string> {
  const keyAuthorization = `${token}.${await calculateJwkThumbprint(keys.jwk)}`;
  return createHash('sha256').update(keyAuthorization).digest('base64url');
}

/** Responds to a challenge, and polls until the authorization is decided. */
export async function decide(
  client: AcmeClient,
  authorizationUrl: string,
  challenge: ChallengeObject,
): Promise<AuthorizationObject> {
  const reply = await client.post(challenge.url, {});
  if (reply.status !== 200) throw new Error(`the response got ${reply.bytes.toString()}`);
  for (;;) {
    const found = await client.authorization(authorizationUrl);
    if (found.status !== 'pending') return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Proves control of the name in an authorization by dns-01. */
export async function proveByDns(
  client: AcmeClient,
  dnsServer: DnsServer,
  authorizationUrl: string,
): Promise<AuthorizationObject> {
  const authorization = await client.authorization(authorizationUrl);
  const challenge = challengeOf(authorization, 'dns-01');
  const name = `_acme-challenge.${String(authorization.identifier['value'])}`;
  const others = dnsServer.texts.get(name) ?? [];
  dnsServer.texts.set(name, [...others, [await digestFor(client, challenge.token)]]);
  return decide(client, authorizationUrl, challenge);
}

export type Finalized = { readonly url: string; readonly order: OrderObject };

/** Orders, proves every name by dns-01 and finalizes; the order as it ends. */
export async function obtain(
  client: AcmeClient,
  dnsServer: DnsServer,
  names: readonly string[],
  members: object = {},
): Promise<Finalized> {
  const placed = await placeOrder(client, { identifiers: names.map(dns), ...members });
  for (const url of placed.order.authorizations) {
    const { status } = await client.authorization(url);
    if (status === 'pending') await proveByDns(client, dnsServer, url);
  }
  return finalizeOrder(client, placed, names);
}

export async function finalizeOrder(
  client: AcmeClient,
  { url, order }: { readonly url: string; readonly order: OrderObject },
  names: readonly string[],
): Promise<Finalized> {
  const { csr } = await makeRequest({ names: names.map(dns) as { type: 'dns'; value: string }[] });
  const reply = await client.post(order.finalize, { csr });
  if (reply.status !== 200) throw new Error(`finalize got ${reply.bytes.toString()}`);
  let done = reply.body as OrderObject;
  while (done.status === 'processing') {
    await new Promise((resolve) => setTimeout(resolve, 10));
    done = await client.order(url);
  }
  return { url, order: done };
}
