import type { ChallengeAnchor } from '../challenges/anchors.ts';
import type { Person } from '../people-types.ts';
import { AcmeClient } from './acme-client.ts';
import type { ChallengeObject } from './acme-client.ts';
import { alexIdentifier, connectBound, placeOrder, startTestCa } from './enrollment.ts';
import type { PlacedOrder, TestCa } from './enrollment.ts';
import { ForeignCa } from './foreign-ca.ts';

export const alexMail = [{ type: 'email', value: 'alex@example.test' }] as const;
/** A policy that the anchor for addresses takes in place of clientAuth. */
export const provingPolicy = '1.3.6.1.4.1.99999.1';

/** Other CAs, each trusted in another way, and a CA that trusts them. */
export type CertificateWorld = {
  readonly ca: TestCa;
  /** Bound to Alex. */
  readonly client: AcmeClient;
  /** By the mail address in the certificate. */
  readonly byAddress: ForeignCa;
  /** By the certificate that is registered. */
  readonly byCertificate: ForeignCa;
  /** By the key that is registered. */
  readonly byKey: ForeignCa;
  /** By address, and revoked by its list. */
  readonly listed: ForeignCa;
  /** By address, with keys on cards alone. */
  readonly cards: ForeignCa;
  /** By the serial number of a device. */
  readonly maker: ForeignCa;
  /** What the list of `listed` says. */
  list: string;
  /** Opens an order and its cert-01. */
  open(by?: AcmeClient, payload?: object): Promise<OpenChallenge>;
  connect(person?: Person): Promise<AcmeClient>;
  stop(): Promise<void>;
};

export type OpenChallenge = { readonly placed: PlacedOrder; readonly challenge: ChallengeObject };

const now = (): Date => new Date();

export async function createCertificateWorld(): Promise<CertificateWorld> {
  const [byAddress, byCertificate, byKey, listed, cards, maker] = await Promise.all(
    (['Addresses', 'Register', 'Keys', 'Lists', 'Cards', 'Maker'] as const).map((name) =>
      ForeignCa.create(now, name),
    ),
  );
  if (!byAddress || !byCertificate || !byKey || !listed || !cards || !maker) {
    throw new Error('a CA is missing');
  }
  const clients: AcmeClient[] = [];
  const lists = { list: await listed.revocationList([]) };
  const challengeAnchors: readonly ChallengeAnchor[] = [
    { pem: byAddress.pem, maps: 'person-email', purposes: [provingPolicy] },
    { pem: byCertificate.pem, maps: 'certificate' },
    { pem: byKey.pem, maps: 'key' },
    { pem: listed.pem, maps: 'person-email', crl: () => lists.list },
    { pem: cards.pem, maps: 'person-email', onToken: true },
    { pem: maker.pem, maps: 'device-serial' },
  ];
  const ca = await startTestCa({ challengeAnchors });
  const connect = async (person?: Person): Promise<AcmeClient> => {
    const client = await connectBound(ca, person);
    clients.push(client);
    return client;
  };
  const client = await connect();
  return Object.assign(lists, {
    ...{ ca, client, byAddress, byCertificate, byKey, listed, cards, maker, connect },
    async open(by: AcmeClient = client, payload: object = { identifiers: [alexIdentifier] }) {
      const placed = await placeOrder(by, payload);
      return { placed, challenge: await by.challenge(placed.order, 'cert-01') };
    },
    async stop() {
      clients.forEach((one) => one.close());
      await ca.stop();
    },
  });
}
