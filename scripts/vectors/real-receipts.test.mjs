import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  approvalChallenge,
  approvalKeyAuthorization,
  approveByCard,
  approveByPasskey,
  createApprovalWorld,
  issueCard,
  requestApproval,
} from '../../ca/testing/approval-world.ts';
import { newKeyPair } from '../../ca/testing/acme-client.ts';
import { credentialsUrl, keyRegistration, proveKey } from '../../ca/testing/passkeys.ts';
import { documentedSteps, followed } from './documented-steps.mjs';

// The steps are tried on the vectors by another test; here, that the CA's own receipts are what the document says.
const steps = await documentedSteps();

let world;
beforeAll(async () => {
  world = await createApprovalWorld();
});
afterAll(() => world.stop());

const requested = async () => (await requestApproval(world.alex.client)).url;

async function receiptOf({ client }, url) {
  const { decisions } = (await client.get(url)).body;
  return (await client.get(decisions[0].receipt)).bytes;
}

const ways = {
  async passkey() {
    const url = await requested();
    await approveByPasskey(world.kim, url);
    return receiptOf(world.kim, url);
  },
  async key() {
    const { sam } = world;
    const url = await requested();
    const keys = await registeredKey(sam);
    const challenge = await approvalChallenge(sam.client, url);
    const payload = await approvalKeyAuthorization(sam, challenge);
    const sig = await proveKey({ keys, typ: 'acme-ppkp-01+jws', url: challenge.url, payload });
    await sam.client.post(challenge.url, { sig });
    return receiptOf(sam, url);
  },
  async certificate() {
    const url = await requested();
    await approveByCard(world.robin, url, await issueCard(world, world.robin));
    return receiptOf(world.robin, url);
  },
  async account() {
    const { kim, ca } = world;
    const url = await requested();
    const { digest } = ca.approvals.find(url);
    await kim.client.post(url, { decline: { digest, reason: 'Wrong „branch“, "sorry" 🔏' } });
    return receiptOf(kim, url);
  },
};

async function registeredKey({ client, held, person }) {
  const keys = await newKeyPair();
  const identifiers = [{ type: 'email', value: person.email }];
  const { body } = await client.post(client.directory.newOrder, { identifiers });
  const challenge = await client.challenge(body, 'ppkp-01');
  const credential = held.authenticator.get(challenge.publicKey, { origin: world.ca.origin });
  await client.post(challenge.url, { credential });
  await client.post(credentialsUrl(client), {
    ...(await keyRegistration(client, keys)),
    name: 'Key',
  });
  return keys;
}

/** As an auditor reads it. */
async function wholeLog({ client }) {
  const list = await client.get(client.directory.meta.approvals);
  const { log } = list.body.organizations[0];
  const { body, headers } = await client.get(log);
  expect(headers['link'] ?? '').not.toContain('next');
  return body;
}

describe('the steps of docs/approvals.md, on what the CA makes', () => {
  // Of the others, the vectors are tried in the first tier.
  const rows = Object.keys(ways).map((type) => [type, type === 'account' ? [] : ['deep']]);
  describe.each(rows)('hold for a receipt by %s', (type, tags) => {
    it('and its entry in the log', { tags }, async () => {
      const receipt = await ways[type]();
      const found = await followed(`${steps.receipt(type)}${steps.log}`, {
        ...{ 'receipt.p7s': receipt, 'root.pem': world.ca.rootPem },
        'log.json': JSON.stringify(await wholeLog(world.audrey)),
      });
      expect(found.said).toContain('The receipt holds.');
      expect(found.said).toContain('The log holds.');
      expect(found.holds).toBe(true);
    });
  });

  it('do not with one octet changed', async () => {
    const receipt = await ways.passkey();
    for (const at of [26, 400, receipt.length / 2, receipt.length - 3].map(Math.floor)) {
      const changed = Buffer.from(receipt);
      changed[at] ^= 1;
      const files = { 'receipt.p7s': changed, 'root.pem': world.ca.rootPem };
      expect((await followed(steps.receipt('passkey'), files)).holds).toBe(false);
    }
  });
});
