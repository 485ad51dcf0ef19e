import { describe, expect, it } from 'vitest';
import { documentedSteps, followed } from './documented-steps.mjs';
import { named, readVectors } from './read.mjs';

const steps = await documentedSteps();
const { given, good, refused, byId } = readVectors('approvals');
const pem = (base64) =>
  `-----BEGIN CERTIFICATE-----\n${base64.match(/.{1,64}/g).join('\n')}\n-----END CERTIFICATE-----\n`;
const root = pem(given.root);
const isReceipt = ({ id }) => id.startsWith('receipt-');
const octets = (base64) => Buffer.from(base64, 'base64');

const follow = (receipt, type, root_ = root) =>
  followed(steps.receipt(type), { 'receipt.p7s': receipt, 'root.pem': root_ });

/** It stands in it in clear. */
const typeIn = (receipt) => /"type":"(passkey|key|certificate|account)"/.exec(receipt)[1];

/** Each is a shell with some fifty programs; the rest is for the second tier. */
const first = ['passkey', 'account', 'of-ordered', 'document', 'public-key'];
const inTiers = (vectors) =>
  named(vectors.filter(isReceipt)).map(([id, vector]) => {
    const tags = first.includes(id.replace('receipt-', '')) ? [] : ['deep'];
    return { id, vector, tags };
  });

describe('the steps of docs/approvals.md', () => {
  for (const { id, vector, tags } of inTiers(good)) {
    it(`find that ${id} holds`, { tags }, async () => {
      const { by, decision, evidence } = JSON.parse(vector.input.content);
      const found = await follow(octets(vector.output.receipt), evidence.type);
      expect(found.said).toContain('The receipt holds.');
      expect(found.said).toContain(`${by.name} <${by.email}>: ${decision}, `);
      expect(found.holds).toBe(true);
    });
  }

  for (const { id, vector, tags } of inTiers(refused)) {
    it(`refuse ${id}`, { tags }, async () => {
      const receipt = octets(vector.input.receipt);
      expect((await follow(receipt, typeIn(receipt))).holds).toBe(false);
    });
  }

  it('believe no other root', async () => {
    const other = pem(readVectors('certificates').byId.stranger.output.certificate);
    const receipt = octets(byId['receipt-passkey'].output.receipt);
    expect((await follow(receipt, 'passkey', other)).holds).toBe(false);
  });

  it.each(['passkey', 'key', 'certificate', 'account'])(
    'refuse a receipt by %s when they are taken for another kind of evidence',
    { tags: ['deep'] },
    async (type) => {
      const receipt = octets(byId[`receipt-${type}`].output.receipt);
      const others = ['passkey', 'key', 'certificate', 'account'].filter((each) => each !== type);
      for (const other of others) expect((await follow(receipt, other)).holds).toBe(false);
    },
  );
});

/** The positions of those octets that were changed without being found out. */
async function unnoticed(receipt, type, positions) {
  const slipped = [];
  for (const at of positions) {
    const changed = Buffer.from(receipt);
    changed[at] ^= 1;
    if ((await follow(changed, type)).holds) slipped.push(at);
  }
  return slipped;
}

const every = (length, step) =>
  Array.from({ length: Math.ceil(length / step) }, (_, i) => i * step);

describe('a receipt with one octet changed', () => {
  const receipt = octets(byId['receipt-passkey'].output.receipt);
  // What OpenSSL alone lets pass: versions, the type of the content, the algorithm's name, the root that came along.
  const certificate = octets(given.root);
  const inRoot = receipt.indexOf(certificate);
  const algorithm = receipt.lastIndexOf(Buffer.from('2a8648ce3d040302', 'hex'));
  const signed = receipt.indexOf(Buffer.from('2a864886f70d010701', 'hex'));
  const weak = [25, signed, signed + 8, inRoot + 20, inRoot + 400, inRoot + certificate.length - 1];

  it('does not hold, wherever it is', async () => {
    const positions = [...every(receipt.length, 1801), ...weak];
    expect(await unnoticed(receipt, 'passkey', positions)).toEqual([]);
  });

  it('does not hold, with any of every fifth', { tags: ['deep'], timeout: 900_000 }, async () => {
    const positions = [...every(receipt.length, 5), algorithm, algorithm + 7];
    expect(await unnoticed(receipt, 'passkey', positions)).toEqual([]);
  });
});

describe('the steps for the log', () => {
  const { input } = byId.log;
  const content = (id) => byId[id].input.content;
  const follow = (entries, id = 'receipt-passkey') =>
    followed(steps.log, {
      ...{ 'content.json': content(id), 'log.json': JSON.stringify({ entries }) },
    });

  it.each(['entries', 'asAuditor'])('find that it holds with its receipt: %s', async (which) => {
    expect(JSON.parse(content('receipt-passkey')).log).toEqual(input.entries[3]);
    expect((await follow(input[which])).said).toContain('The log holds.');
  });

  it.each(named(refused.filter(({ id }) => id.startsWith('log-'))))(
    'find that %s was changed, and where',
    async (_id, { input: { entries }, refusal }) => {
      const { holds, said } = await follow(entries);
      expect(holds).toBe(false);
      expect(said).toMatch(new RegExp(`entry (${refusal.as.join('|')}) of the log`));
    },
  );

  it('take no digest that is none', async () => {
    const [first, , ...rest] = input.entries;
    const { holds, said } = await follow([first, { sequence: 2, digest: '' }, ...rest]);
    expect({ holds, said }).toMatchObject({
      holds: false,
      said: expect.stringContaining('no log'),
    });
  });

  it('miss the entry of a receipt where it is another', async () => {
    const found = await follow(input.entries, 'receipt-certificate');
    expect(found.said).toContain('the log has another entry');
    expect(found.holds).toBe(false);
  });
});
