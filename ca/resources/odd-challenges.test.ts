import { afterEach, beforeEach, expect, it } from 'vitest';
import type { StrayPasskey } from '../fault-kinds.ts';
import type { AcmeClient } from '../testing/acme-client.ts';
import { connectBound, placeOrder, startTestCa } from '../testing/enrollment.ts';
import type { TestCa } from '../testing/enrollment.ts';
import { givePasskey } from '../testing/passkeys.ts';

let ca: TestCa;
let client: AcmeClient;

beforeEach(async () => {
  ca = await startTestCa();
  client = await connectBound(ca);
});

afterEach(async () => {
  client.close();
  await ca.stop();
});

it.each<[StrayPasskey, object]>([
  ['otherHost', { publicKey: { rpId: 'elsewhere.example' } }],
  ['otherChallenge', { publicKey: { challenge: 'A'.repeat(43) } }],
  ['otherPage', { webauthnUrl: 'https://elsewhere.example/portal/passkey' }],
])('a stray request for a passkey has %s, once', async (by, members) => {
  await givePasskey(ca, ca.alex);
  const [url = ''] = (await placeOrder(client)).order.authorizations;
  const right = await client.authorization(url);
  ca.faults.arm({ kind: 'strayPasskey', by });
  const { challenges } = await client.authorization(url);
  expect(challenges.find(({ type }) => type === 'ppkp-01')).toMatchObject(members);
  expect(challenges.find(({ type }) => type === 'totp-01')).not.toHaveProperty('webauthnUrl');
  expect(await client.authorization(url)).toEqual(right);
});
