import { createHash } from 'node:crypto';
import type { webcrypto } from 'node:crypto';
import { calculateJwkThumbprint } from 'jose';
import { canonicalJson } from '../canonical-json.ts';
import type { Json as Canonical } from '../canonical-json.ts';
import type { Organization } from '../organizations.ts';
import type { Person } from '../people-types.ts';
import type { CaOptions } from '../running-ca.ts';
import type { AcmeClient, AcmeReply, ChallengeObject, Json, OrderObject } from './acme-client.ts';
import { signProof } from './certificate-proof.ts';
import { connectBound, makeRequest, startTestCa } from './enrollment.ts';
import type { TestCa } from './enrollment.ts';
import { ForeignCa, newKeys } from './foreign-ca.ts';
import type { Issued, KeyKind, Keys } from './foreign-ca.ts';
import { givePasskey } from './passkeys.ts';
import type { HeldPasskey, PasskeyChallenge } from './passkeys.ts';

export const corp = { type: 'dns', value: 'corp.example' } as const;
export const corpNames = [{ type: 'dns', value: corp.value }] as const;

/** Somebody with an account and a passkey. */
export type Approver = {
  readonly person: Person;
  readonly client: AcmeClient;
  readonly held: HeldPasskey;
};

/** An organisation whose code is signed once two of three people have approved. */
export type ApprovalWorld = {
  readonly ca: TestCa;
  readonly organization: Organization;
  /** Cards of its people come from here. */
  readonly cards: ForeignCa;
  /** Requester. */
  readonly alex: Approver;
  /** Approvers. */
  readonly kim: Approver;
  readonly robin: Approver;
  readonly sam: Approver;
  /** Auditor. */
  readonly audrey: Approver;
  join(person: Person): Promise<Approver>;
  register(name: string): Person;
  stop(): Promise<void>;
};

export async function createApprovalWorld(options: CaOptions = {}): Promise<ApprovalWorld> {
  const cards = await ForeignCa.create(() => new Date(), 'Cards');
  const challengeAnchors = [{ pem: cards.pem, maps: 'person-email', onToken: true }] as const;
  const ca = await startTestCa({ challengeAnchors, ...options });
  const joined: Approver[] = [];
  const register = (name: string): Person =>
    ca.people.register({ name: `${name} Example`, email: `${name.toLowerCase()}@corp.example` });
  const join = async (person: Person): Promise<Approver> => {
    const client = await connectBound(ca, person);
    const approver = { person, client, held: await givePasskey(ca, person) };
    joined.push(approver);
    return approver;
  };
  const organization = ca.organizations.create({ name: 'Example Corp', domains: [corp.value] });
  const member = async (name: string, role: 'requester' | 'approver' | 'auditor') => {
    const person = register(name);
    ca.organizations.addMember(organization.id, `person:${person.id}`, role);
    return join(person);
  };
  return {
    ...{ ca, organization, cards, join, register },
    alex: await member('Alex', 'requester'),
    kim: await member('Kim', 'approver'),
    robin: await member('Robin', 'approver'),
    sam: await member('Sam', 'approver'),
    audrey: await member('Audrey', 'auditor'),
    async stop() {
      joined.forEach(({ client }) => client.close());
      await ca.stop();
    },
  };
}

/** A key to be certified, and what is said of it in an order. */
export type OrderedKey = { readonly keys: Keys; readonly key: Json };

export async function orderedKey(details: Json = {}, kind: KeyKind = 'P-256'): Promise<OrderedKey> {
  const keys = await newKeys(kind);
  return { keys, key: { spki: await spkiOf(keys), ...onToken, ...details } };
}

const onToken = {
  place: 'token',
  token: { manufacturer: 'Yubico', model: 'YubiKey 5C', serial: '24680' },
  ...{ neverExtractable: true, local: true },
};

export async function spkiOf({ publicKey }: webcrypto.CryptoKeyPair): Promise<string> {
  const spki = await crypto.subtle.exportKey('spki', publicKey);
  return Buffer.from(spki).toString('base64url');
}

export type Requested = OrderedKey & {
  readonly reply: AcmeReply;
  readonly order: OrderObject;
  readonly orderUrl: string;
  /** URL of the authorization that waits. */
  readonly awaiting: string;
  /** URL of the request. */
  readonly url: string;
};

/** Orders code signing, EV when nothing else is said; the order waits for others. */
export async function requestApproval(
  client: AcmeClient,
  { profile = 'ev-code-signing', reason = 'Release 4.2', ...members }: Json = {},
  ordered?: OrderedKey,
): Promise<Requested> {
  const made = ordered ?? (await orderedKey());
  const reply = await client.post(client.directory.newOrder, {
    ...{ identifiers: [corp], profile, approval: { reason, key: made.key }, ...members },
  });
  if (reply.status !== 201) throw new Error(`newOrder answered ${reply.bytes.toString()}`);
  const order = reply.body as OrderObject;
  const awaiting = order.authorizations.at(-1) ?? '';
  const { body } = await client.get(awaiting);
  const orderUrl = reply.location ?? '';
  return { ...made, reply, order, orderUrl, awaiting, url: String(body['approval']) };
}

export type ApprovalChallenge = PasskeyChallenge & { readonly approval: Canonical };

export async function newApproval(client: AcmeClient, url: string): Promise<AcmeReply> {
  return client.post(client.directory.newAuthz, { identifier: corp, approval: url });
}

/** The challenge of a type by which somebody approves a request. */
export async function approvalChallenge(
  client: AcmeClient,
  url: string,
  type = 'ppkp-01',
): Promise<ApprovalChallenge> {
  const reply = await newApproval(client, url);
  return challengeIn(reply, type);
}

export function challengeIn(reply: AcmeReply, type = 'ppkp-01'): ApprovalChallenge {
  const { challenges = [] } = reply.body as { challenges?: readonly ChallengeObject[] };
  const found = challenges.find((challenge) => challenge.type === type);
  if (found === undefined) throw new Error(`no ${type} in ${reply.bytes.toString()}`);
  return found as ApprovalChallenge;
}

/** KA′ by the words of docs/approvals.md §4. */
export async function approvalKeyAuthorization(
  { client }: Pick<Approver, 'client'>,
  { token, approval }: Pick<ApprovalChallenge, 'token' | 'approval'>,
): Promise<string> {
  const thumbprint = await calculateJwkThumbprint(client.keys.jwk);
  return `${token}.${digestOf(approval)}.${thumbprint}`;
}

export function digestOf(document: Canonical): string {
  return createHash('sha256').update(canonicalJson(document)).digest('base64url');
}

/** Answers by passkey, over KA′ or whatever else is said. */
export async function signByPasskey(
  approver: Approver,
  challenge: ApprovalChallenge,
  keyAuthorization?: string,
): Promise<AcmeReply> {
  const { client, held } = approver;
  const signed = keyAuthorization ?? (await approvalKeyAuthorization(approver, challenge));
  const over = createHash('sha256').update(signed).digest('base64url');
  const request = { ...challenge.publicKey, challenge: over };
  const { origin } = new URL(challenge.url);
  const credential = held.authenticator.get(request, { origin });
  return client.post(challenge.url, { credential });
}

/** Begins and ends an approval by passkey. */
export async function approveByPasskey(approver: Approver, url: string): Promise<AcmeReply> {
  return signByPasskey(approver, await approvalChallenge(approver.client, url));
}

/** Begins and ends an approval by a card. */
export async function approveByCard(
  approver: Approver,
  url: string,
  card: Pick<Issued, 'chain' | 'keys'>,
): Promise<AcmeReply> {
  const challenge = await approvalChallenge(approver.client, url, 'cert-01');
  const keyAuthorization = await approvalKeyAuthorization(approver, challenge);
  const sig = await signProof(card, { url: challenge.url, keyAuthorization });
  return approver.client.post(challenge.url, { sig });
}

/** A card of somebody's, by the organisation's CA for cards. */
export function issueCard({ cards }: ApprovalWorld, { person }: Approver, keys?: Keys) {
  const name = { type: 'email', value: person.email } as const;
  return cards.issue({ names: [name], ...(keys === undefined ? {} : { keys }) });
}

/** The requester's own proof, in the first authorization of the order. */
export async function proveOneself(requester: Approver, order: OrderObject): Promise<AcmeReply> {
  const { client, held } = requester;
  const challenge = (await client.challenge(order, 'ppkp-01')) as PasskeyChallenge;
  const { origin } = new URL(challenge.url);
  const credential = held.authenticator.get(challenge.publicKey, { origin });
  return client.post(challenge.url, { credential });
}

export async function finalizeWith(
  client: AcmeClient,
  { order, keys }: Pick<Requested, 'order' | 'keys'>,
): Promise<AcmeReply> {
  const { csr } = await makeRequest({ names: [...corpNames], keys });
  return client.post(order.finalize, { csr });
}

/** What a request is now, as somebody reads it. */
export async function readRequest({ client }: Approver, url: string): Promise<Json> {
  return (await client.get(url)).body;
}
