import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { generateKeyPairSync } from 'node:crypto';
import type { JsonWebKey } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';
import type { ChallengeAnchor } from '../../ca/challenges/anchors.ts';
import type { MemberRole, Organization } from '../../ca/organizations.ts';
import type { Person } from '../../ca/people-types.ts';
import type { RunningCa } from '../../ca/running-ca.ts';
import { ForeignCa } from '../../ca/testing/foreign-ca.ts';
import type { Issued } from '../../ca/testing/foreign-ca.ts';
import { givePasskey } from '../../ca/testing/passkeys.ts';
import { publicJwk } from '../acme/jws.ts';

/** With what the suite is run: what the CA has to be started with, and what is then written for it. */
export type Equipment = {
  readonly challengeAnchors: readonly ChallengeAnchor[];
  /** Registers people who have everything, in a CA that knows none of them, and writes what they have into a folder. */
  writeFor(ca: RunningCa, folder: string): Promise<EquipmentFiles>;
};

export type EquipmentFiles = { readonly credentialsFile: string; readonly rootFile: string };

/** Four to be tried, and two to be locked. */
const names = ['ada', 'ben', 'cleo', 'dora', 'emil', 'fay'] as const;
const expendable: readonly string[] = ['emil', 'fay'];

export async function createEquipment(): Promise<Equipment> {
  const cards = await createCardIssuer();
  return {
    challengeAnchors: [
      // The issuer of cards: a rule that wants hardware takes what it certifies.
      { pem: cards.pem, maps: 'person-email', crl: () => cards.lists, onToken: true },
      { pem: cards.unlisted.pem, maps: 'certificate' },
    ],
    async writeFor(ca, folder) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const credentialsFile = join(folder, 'credentials.json');
      const rootFile = join(folder, 'root.pem');
      const subjects = [];
      for (const name of names) subjects.push(await subjectOf(name, ca, cards));
      const approvals = await partiesOf(ca, cards);
      await cards.publish();
      const neighbours = [
        { identifier: { type: 'dns', value: 'www.example.test' }, profile: 'server' },
        { identifier: { type: 'dns', value: 'api.example.test' } },
      ];
      // What an earlier run kept is about another CA.
      rmSync(join(folder, 'credentials.state.json'), { force: true });
      const credentials = { subjects, neighbours, approvals };
      writeFileSync(credentialsFile, JSON.stringify(credentials, undefined, 2), { mode: 0o600 });
      writeFileSync(rootFile, ca.rootPem);
      return { credentialsFile, rootFile };
    },
  };
}

async function subjectOf(name: string, ca: RunningCa, cards: CardIssuer): Promise<object> {
  const email = `${name}@example.test`;
  const person = ca.people.register({ name, email });
  const spare = expendable.includes(name) ? { expendable: true } : {};
  const { kid, macKey } = ca.people.invite({ for: { personId: person.id }, reusable: true });
  return {
    name,
    identifier: { type: 'email', value: email },
    profile: 'employee',
    externalAccounts: [{ kid, hmac: macKey, reusable: true }],
    ...codesOf(person, ca, spare),
    cert: { ...(await cards.chainsFor(email)), ...spare },
    ppkp: { ...(await keysOf(person, ca)), ...spare },
  };
}

const domain = 'corp.example';

/** An organisation with everybody whom approvals take, and another beside it, of which the log tells nothing. */
async function partiesOf(ca: RunningCa, cards: CardIssuer): Promise<object> {
  const organization = ca.organizations.create({ name: 'Example Corp', domains: [domain] });
  const member = async (name: string, ...roles: readonly MemberRole[]): Promise<object> => {
    const subject = await subjectOf(name, ca, cards);
    const person = ca.people.findByEmail(`${name}@example.test`);
    if (person === undefined) throw new Error('the member is nobody');
    for (const role of roles)
      ca.organizations.addMember(organization.id, `person:${person.id}`, role);
    return subject;
  };
  // Who asks may approve as well, only not this.
  const requester = await member('gil', 'requester', 'approver');
  const approvers = [];
  for (const name of ['hana', 'ivan', 'jo']) approvers.push(await member(name, 'approver'));
  const auditor = await member('kim', 'auditor');
  const other = ca.organizations.create({ name: 'Other Corp', domains: ['other.example'] });
  ca.organizations.addDomain(other.id, 'more.example');
  return {
    ...{ identifier: { type: 'dns', value: domain }, profile: 'ev-code-signing' },
    ...{ root: 'root.pem', requester, approvers, auditor },
    key: {
      place: 'token',
      token: { manufacturer: 'Conformance', model: 'Card', serial: '1' },
      neverExtractable: true,
      local: true,
    },
    refusedKey: { place: 'software', neverExtractable: false, local: true },
    standing: serviceOf(ca, organization),
  };
}

function serviceOf(ca: RunningCa, { id }: Organization): object {
  const service = 'build';
  const { kid, macKey } = ca.people.invite({ for: { service }, reusable: true });
  ca.organizations.addMember(id, `service:${service}`, 'requester');
  return {
    ...{ profile: 'one-time-code-signing', requester: { service } },
    account: {
      name: service,
      externalAccounts: [{ kid, hmac: macKey, reusable: true }],
    },
  };
}

function codesOf({ id }: Person, { people }: RunningCa, spare: object): object {
  const { secret, digits, period } = people.totpSetup(id);
  people.codes.setUpHotp(id);
  people.codes.setUpOcra(id, 'OCRA-1:HOTP-SHA256-8:QN08');
  const hotp = people.codes.hotp(id);
  const ocra = people.codes.otp(id);
  if (hotp === undefined || ocra?.kind !== 'ocra') throw new Error('the codes were not set up');
  return {
    totp: { secret, digits, period, ...spare },
    hotp: { secret: hotp.secret, digits: hotp.digits, counter: hotp.counter, ...spare },
    otp: { ocra: { suite: ocra.suite, key: ocra.secret }, profile: 'contractor', ...spare },
  };
}

async function keysOf(person: Person, ca: RunningCa): Promise<object> {
  const { authenticator } = await givePasskey(ca, person);
  const [held] = authenticator.credentials;
  if (held === undefined) throw new Error('there is no passkey');
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = publicJwk(privateKey);
  ca.people.credentials.addKey({ personId: person.id, jwk, name: 'Key' });
  const { id, rpId, userHandle, signCount } = held;
  const privateJwk = (key: typeof privateKey): JsonWebKey => key.export({ format: 'jwk' });
  return {
    passkey: { credentialId: id, key: privateJwk(held.privateKey), rpId, userHandle, signCount },
    key: privateJwk(privateKey),
  };
}

type CardIssuer = {
  readonly pem: string;
  readonly unlisted: ForeignCa;
  /** PEM of what is revoked. */
  lists: string;
  /** PEM of a good chain with its key, and of those that are not to be accepted. */
  chainsFor(email: string): Promise<object>;
  /** Revokes what is to be revoked. */
  publish(): Promise<void>;
};

async function createCardIssuer(): Promise<CardIssuer> {
  const now = (): Date => new Date();
  const [cards, unlisted] = [
    await ForeignCa.create(now, 'Cards'),
    await ForeignCa.create(now, 'Unlisted'),
  ];
  const issuer = await cards.authority('Cards 1');
  const revoked: Issued[] = [];
  const lasting = { until: 30 * 86_400 };
  const listing = async (): Promise<string> =>
    [
      await cards.revocationList([], lasting),
      await cards.revocationList(revoked, { ...lasting, signer: issuer }),
    ].join('\n');
  const self: CardIssuer = {
    ...{ pem: cards.pem, unlisted, lists: await listing() },
    async chainsFor(email) {
      const names: x509.JsonGeneralNames = [{ type: 'email', value: email }];
      const person = { issuer, names };
      const lost = await cards.issue(person);
      revoked.push(lost);
      return {
        ...(await written(await cards.issue(person))),
        expired: await written(await cards.issue({ ...person, until: -60 })),
        revoked: await written(lost),
        unlisted: await written(await unlisted.issue({ names })),
      };
    },
    async publish() {
      self.lists = await listing();
    },
  };
  return self;
}

async function written({ chain, keys }: Issued): Promise<object> {
  const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return {
    chain: chain.map((one) => one.toString('pem')).join('\n'),
    key: x509.PemConverter.encode(key, 'PRIVATE KEY'),
  };
}
