import { execFile } from 'node:child_process';
import { createHash, createPublicKey, verify, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { calculateJwkThumbprint, compactVerify, flattenedVerify, importX509 } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonicalJson } from '../canonical-json.ts';
import type { Json as Canonical } from '../canonical-json.ts';
import { newKeyPair } from '../testing/acme-client.ts';
import type { Json } from '../testing/acme-client.ts';
import {
  approvalChallenge,
  approvalKeyAuthorization,
  approveByCard,
  approveByPasskey,
  createApprovalWorld,
  digestOf,
  issueCard,
  readRequest,
  requestApproval,
} from '../testing/approval-world.ts';
import type { ApprovalWorld, Approver } from '../testing/approval-world.ts';
import { credentialsUrl, keyRegistration, proveKey } from '../testing/passkeys.ts';

const run = promisify(execFile);

let world: ApprovalWorld;
let directory: string;
let root: string;

beforeAll(async () => {
  world = await createApprovalWorld();
  directory = mkdtempSync(join(tmpdir(), 'receipts-'));
  root = join(directory, 'root.pem');
  writeFileSync(root, world.ca.rootPem);
});

afterAll(async () => {
  await world.stop();
  rmSync(directory, { recursive: true });
});

type Receipt = {
  readonly digest: string;
  readonly approval: Canonical;
  readonly decision: string;
  readonly reason?: string;
  readonly by: { readonly email: string; readonly account: string };
  readonly at: string;
  readonly evidence: Readonly<Record<string, string>>;
  readonly log: Canonical & Readonly<Record<string, Canonical>>;
};

/** What OpenSSL finds in a receipt, with the CA's root alone. */
async function verifyByOpenSsl(receipt: Buffer): Promise<string> {
  const file = join(directory, `${createHash('sha256').update(receipt).digest('hex')}.der`);
  writeFileSync(file, receipt);
  const options = ['-verify', '-inform', 'DER', '-in', file, '-CAfile', root, '-purpose', 'any'];
  return (await run('openssl', ['cms', ...options])).stdout;
}

async function receiptOf({ client }: Approver, url: string, place = 0): Promise<Buffer> {
  const { decisions } = (await client.get(url)).body as { decisions: { receipt: string }[] };
  const reply = await client.get(decisions[place]?.receipt ?? '');
  expect(reply.headers['content-type']).toBe('application/cms');
  return reply.bytes;
}

async function openReceipt(approver: Approver, url: string): Promise<Receipt> {
  const text = await verifyByOpenSsl(await receiptOf(approver, url));
  const receipt = JSON.parse(text) as Receipt;
  expect(canonicalJson(receipt as unknown as Canonical)).toBe(text);
  return receipt;
}

/** The members that all have, the digests between them, and the place in the log. */
async function checkCommon(receipt: Receipt, approver: Approver, url: string): Promise<void> {
  const { approval } = await readRequest(world.audrey, url);
  expect(receipt.approval).toEqual(approval);
  expect(receipt.digest).toBe(digestOf(receipt.approval));
  const { client, person } = approver;
  expect(receipt).toMatchObject({
    ...{ version: 1, directory: world.ca.directoryUrl },
    by: { email: person.email, account: await calculateJwkThumbprint(client.keys.jwk) },
  });
  expect(receipt.log).toMatchObject({
    ...{ event: 'decided', request: url, by: person.email, at: receipt.at },
    data: {
      ...{ decision: receipt.decision, digest: receipt.digest },
      evidence: digestOf(receipt.evidence),
    },
  });
  const entries = world.ca.organizations.log.entries(Number(receipt.log['sequence']) - 1, 2);
  expect(entries[0]).toEqual(receipt.log);
}

function spki(text = '') {
  return createPublicKey({ key: Buffer.from(text, 'base64url'), format: 'der', type: 'spki' });
}

describe('a receipt', () => {
  it('of a passkey convinces by WebAuthn', async () => {
    const { alex, kim } = world;
    const { url } = await requestApproval(alex.client);
    await approveByPasskey(kim, url);
    const receipt = await openReceipt(kim, url);
    await checkCommon(receipt, kim, url);
    const { evidence } = receipt;
    expect(evidence['type']).toBe('passkey');
    const client = Buffer.from(evidence['clientDataJSON'] ?? '', 'base64url');
    const keyAuthorization = evidence['keyAuthorization'] ?? '';
    const challenge = createHash('sha256').update(keyAuthorization).digest('base64url');
    expect(JSON.parse(client.toString())).toMatchObject({ type: 'webauthn.get', challenge });
    const signed = Buffer.concat([
      Buffer.from(evidence['authenticatorData'] ?? '', 'base64url'),
      createHash('sha256').update(client).digest(),
    ]);
    const signature = Buffer.from(evidence['signature'] ?? '', 'base64url');
    expect(verify('sha256', signed, spki(evidence['publicKey']), signature)).toBe(true);
    const [, digest, account] = keyAuthorization.split('.');
    expect([digest, account]).toEqual([receipt.digest, receipt.by.account]);
  });

  it('of a registered key pair convinces by its JWS', async () => {
    const { ca, alex, sam } = world;
    const keys = await newKeyPair();
    const { url } = await requestApproval(alex.client);
    await registerKey(sam, keys);
    const challenge = await approvalChallenge(sam.client, url);
    const payload = await approvalKeyAuthorization(sam, challenge);
    const typ = 'acme-ppkp-01+jws';
    const sig = await proveKey({ keys, typ, url: challenge.url, payload });
    expect((await sam.client.post(challenge.url, { sig })).status).toBe(200);
    const receipt = await openReceipt(sam, url);
    await checkCommon(receipt, sam, url);
    expect(receipt.evidence).toMatchObject({ type: 'key', keyAuthorization: payload, sig });
    const key = spki(receipt.evidence['publicKey']);
    const verified = await compactVerify(receipt.evidence['sig'] ?? '', key);
    expect(Buffer.from(verified.payload).toString()).toBe(payload);
    expect(ca.approvals.find(url)?.decisions[0]).toMatchObject({ method: 'ppkp-01' });
  });

  it('of a card convinces by its JWS and chain', async () => {
    const { alex, robin } = world;
    const { url } = await requestApproval(alex.client);
    const card = await issueCard(world, robin);
    await approveByCard(robin, url, card);
    const receipt = await openReceipt(robin, url);
    await checkCommon(receipt, robin, url);
    const { sig = '', keyAuthorization } = receipt.evidence;
    expect(receipt.evidence['type']).toBe('certificate');
    const header = JSON.parse(Buffer.from(sig.split('.')[0] ?? '', 'base64url').toString()) as {
      alg: string;
      x5c: string[];
    };
    const leaf = new X509Certificate(Buffer.from(header.x5c[0] ?? '', 'base64'));
    const verified = await compactVerify(sig, await importX509(leaf.toString(), header.alg));
    expect(Buffer.from(verified.payload).toString()).toBe(keyAuthorization);
    expect(leaf.verify(new X509Certificate(world.cards.pem).publicKey)).toBe(true);
  });

  it('of a refusal convinces by the request that declined', async () => {
    const { ca, alex, kim } = world;
    const { url } = await requestApproval(alex.client);
    const decline = { digest: ca.approvals.find(url)?.digest, reason: 'Wrong branch' };
    await kim.client.post(url, { decline });
    const receipt = await openReceipt(kim, url);
    await checkCommon(receipt, kim, url);
    expect(receipt).toMatchObject({ decision: 'decline', reason: 'Wrong branch' });
    const { publicKey, type, ...jws } = receipt.evidence;
    expect(type).toBe('account');
    const { protected: header = '', payload = '', signature = '' } = jws;
    const signed = await flattenedVerify(
      { protected: header, payload, signature },
      spki(publicKey),
    );
    expect(JSON.parse(Buffer.from(signed.payload).toString())).toEqual({ decline });
    expect(signed.protectedHeader).toMatchObject({ url, kid: kim.client.kid });
  });

  it('is signed by a certificate for nothing else, and has the chain in it', async () => {
    const { alex, kim } = world;
    const { url } = await requestApproval(alex.client);
    await approveByPasskey(kim, url);
    const [file, chain] = [join(directory, 'one.der'), join(directory, 'chain.pem')];
    writeFileSync(file, await receiptOf(kim, url));
    const options = ['-verify', '-noverify', '-inform', 'DER', '-in', file, '-certsout', chain];
    await run('openssl', ['cms', ...options]);
    const blocks = readFileSync(chain, 'utf8').split(/(?<=-----END CERTIFICATE-----\n)/);
    const certificates = blocks.filter((one) => one !== '').map((one) => new X509Certificate(one));
    const signer = certificates.find(({ subject }) => subject.includes('CN=Local CA Approvals'));
    expect(signer?.keyUsage).toEqual(['1.3.6.1.5.5.7.3.36']);
    expect(certificates).toHaveLength(3);
    const pem = certificates.map((one) => one.toString());
    for (const other of [world.ca.issuerPem, world.ca.rootPem]) expect(pem).toContain(other);
  });

  it('that is changed, anywhere, is none', async () => {
    const { alex, kim } = world;
    const { url } = await requestApproval(alex.client);
    await approveByPasskey(kim, url);
    const receipt = await receiptOf(kim, url);
    const content = receipt.indexOf('"approval"');
    const places = [content + 20, receipt.indexOf('"evidence"') + 40, receipt.length - 10];
    for (const place of places) {
      const changed = Buffer.from(receipt);
      changed[place] = (changed[place] ?? 0) ^ 1;
      await expect(verifyByOpenSsl(changed)).rejects.toThrow();
    }
  });
});

async function registerKey(
  { client, held }: Approver,
  keys: Awaited<ReturnType<typeof newKeyPair>>,
) {
  const identifiers = [{ type: 'email', value: world.sam.person.email }];
  const { body } = await client.post(client.directory.newOrder, { identifiers });
  const challenge = await client.challenge(body as never, 'ppkp-01');
  const { publicKey } = challenge as unknown as {
    publicKey: Parameters<typeof held.authenticator.get>[0];
  };
  const credential = held.authenticator.get(publicKey, { origin: world.ca.origin });
  await client.post(challenge.url, { credential });
  const payload: Json = await keyRegistration(client, keys);
  const reply = await client.post(credentialsUrl(client), { ...payload, name: 'Key' });
  expect(reply.status).toBe(201);
}
