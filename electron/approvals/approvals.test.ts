import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ApprovalRequest } from '../../shared/models/approval.ts';
import { AcmeClient } from '../acme/client.ts';
import {
  organizationId,
  startProving,
  reached,
  World,
  type Process,
} from '../testing/enrollment-world.ts';
import { HttpError, type HttpRequest } from '../http/http-client.ts';
import { readChain } from '../certificates/pem.ts';
import { newSigner } from '../testing/local-ca.ts';
import { SoftwareAuthenticator } from '../testing/passkeys/software-authenticator.ts';
import { SoftwareCeremonies } from '../testing/passkeys/software-ceremonies.ts';

// A wallet without a window and the real CA: an approver who has a key pair and a certificate, and no passkey.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const domain = 'corp.example';
const corporation = 'Example Corp';

const ceremonies = new SoftwareCeremonies(new SoftwareAuthenticator());
let world: World;
let process: Process;
let requester: AcmeClient;
let corporationId: string;
/** Which requests of the wallet do not arrive. */
let breaks: (request: HttpRequest) => boolean;

beforeAll(async () => {
  world = await World.start();
  const { organizations, people } = world.ca;
  corporationId = organizations.create({ name: corporation, domains: [domain] }).id;
  const sam = people.register({ name: 'Sam Example', email: `sam@${domain}` });
  organizations.addMember(corporationId, `person:${sam.id}`, 'requester');
  organizations.addMember(corporationId, `person:${world.personId}`, 'approver');
  for (const profile of ['ev-document-signing', 'one-time-code-signing']) {
    const rule = { required: 1, by: ['ppkp-01', 'cert-01'], hardware: false, hours: 24 } as const;
    organizations.setRule(corporationId, profile, rule);
  }
  requester = await accountOf(sam.id);
  // Decided at each request: a process keeps the way that it was opened with.
  world.between = (http) => ({
    request: (request) => {
      const isLost = breaks(request);
      return isLost
        ? Promise.reject(new HttpError('refused', 'ca', { sent: false }))
        : http.request(request);
    },
    close: () => undefined,
  });
  world.passkeys = { ceremonies, ways: ['window'] };
  process = await world.joined();
});
afterAll(async () => {
  expect(process.unforeseen).toEqual([]);
  await world.stop();
});
beforeEach(() => {
  breaks = () => false;
});

async function accountOf(personId: string): Promise<AcmeClient> {
  const client = await AcmeClient.connect({
    ...{ http: world.http, directoryUrl: world.ca.directoryUrl, signer: newSigner() },
  });
  await client.account.newAccount({
    termsOfServiceAgreed: true,
    externalAccountBinding: world.ca.people.invite({ for: { personId } }),
  });
  return client;
}

/** The URL of a request of Sam's. */
async function request(reason = 'Contracts of this winter'): Promise<string> {
  const order = await requester.orders.newOrder({
    identifiers: [{ type: 'dns', value: domain }],
    profile: 'ev-document-signing',
    approval: {
      reason,
      key: {
        spki: Buffer.from(newSigner().publicSpki).toString('base64url'),
        ...{ place: 'token', neverExtractable: true, local: true },
        token: { manufacturer: 'Yubico', model: 'YubiKey 5C', serial: '24680' },
      },
    },
  });
  const all = await Promise.all(
    order.authorizations.map((url) => requester.authorizations.fetch(url)),
  );
  const url = all.find(({ approval }) => approval !== undefined)?.approval;
  if (url === undefined) throw new Error('nobody is asked');
  return url;
}

const open = (approvalId: string): Promise<ApprovalRequest> =>
  process.approvals.open({ organizationId, approvalId });

const events = (): readonly string[] => process.wallet.activity.entries().map(({ event }) => event);

const failureOf = (attempt: Promise<unknown>): Promise<unknown> =>
  attempt.then(
    () => 'it was done',
    (error: unknown) => (error as { failure?: unknown }).failure ?? error,
  );

describe('the inbox', () => {
  it('makes the account of an approver who was only invited once they look, and tells of each request once', async () => {
    expect(process.approvals.view.status).toBe('unknown');
    const news: number[] = [];
    const leave = process.approvals.onNews(({ count }) => news.push(count));
    const approvalId = await request();
    await process.approvals.watch();
    expect(process.approvals.view).toMatchObject({ status: 'ready', unopened: [organizationId] });
    expect(process.wallet.accounts.list()).toEqual([]);
    await process.approvals.refresh();
    expect(process.approvals.view.unopened).toEqual([]);
    expect(process.wallet.accounts.list()).toHaveLength(1);
    const { status, organizations, requests, failures } = process.approvals.view;
    expect({ status, failures }).toEqual({ status: 'ready', failures: [] });
    expect(organizations).toMatchObject([
      { organizationId, name: corporation, roles: ['approver'], domains: [domain] },
    ]);
    expect(requests).toMatchObject([
      { approvalId, status: 'pending', mayDecide: true, document: { organization: corporation } },
    ]);
    await process.approvals.refresh();
    expect(news).toEqual([1]);
    leave();
  });

  it('says of an organisation that cannot be asked why, and keeps what it knew', async () => {
    const before = process.approvals.view.requests.length;
    breaks = () => true;
    await process.approvals.refresh();
    expect(process.approvals.view.failures).toMatchObject([
      { organizationId, failure: { code: 'network' } },
    ]);
    expect(process.approvals.view).toMatchObject({ status: 'ready' });
    expect(process.approvals.view.requests).toHaveLength(before);
    breaks = () => false;
    await process.approvals.refresh();
    expect(process.approvals.view.failures).toEqual([]);
  });
});

describe('an approver', () => {
  it('approves by a certificate that they have, once, and keeps a receipt that holds', async () => {
    const first = await startProving(process);
    await first.answer(world.code());
    const { credentialId } = await reached(process, first.enrollmentId, 'done');
    const [pem = ''] = readChain(process.wallet.credentials.find(credentialId)?.chain ?? '');
    world.ca.registry.addCertificate(`person:${world.personId}`, pem);
    const approvalId = await request();
    const shown = await open(approvalId);
    const challenge = shown.challenges.find(({ kind }) => kind === 'certificate');
    if (challenge?.kind !== 'certificate') throw new Error('no certificate is asked for');
    const [candidate] = challenge.candidates;
    expect(candidate).toMatchObject({ credentialId });
    const decision = {
      ...{ organizationId, approvalId, digest: shown.digest, challengeId: challenge.challengeId },
      answer: { by: 'certificate', candidateId: candidate?.candidateId ?? '' },
    } as const;
    const receipt = await process.approvals.approve(decision);
    expect(receipt).toMatchObject({ approvalId, decision: 'approve', method: 'certificate' });
    expect(receipt.checks.map(({ passed }) => passed)).toEqual([true, true, true, true, true]);
    expect(process.approvals.view.receipts[0]).toEqual(receipt);
    expect(process.approvals.receiptFile(receipt.receiptId).length).toBeGreaterThan(1000);
    expect(events()).toContain('approved');
    // Once more: it was decided.
    expect(await failureOf(process.approvals.approve(decision))).toEqual({
      ...{ code: 'approval', reason: 'over' },
    });
    const { decisions, status } = await open(approvalId);
    expect(status).toBe('approved');
    expect(decisions).toMatchObject([{ decision: 'approve', receiptId: receipt.receiptId }]);
  });

  it('approves by a key pair that is registered', async () => {
    await process.registrations.registerKey({ organizationId, keyPlace: { in: 'software' } });
    const approvalId = await request();
    const shown = await open(approvalId);
    const challenge = shown.challenges.find(({ kind }) => kind === 'passkey');
    if (challenge?.kind !== 'passkey') throw new Error('no key is asked for');
    expect(shown.proposed).toBe(challenge.challengeId);
    const receipt = await process.approvals.approve({
      ...{ organizationId, approvalId, digest: shown.digest, challengeId: challenge.challengeId },
      answer: { by: 'key', thumbprint: challenge.keys[0]?.thumbprint ?? '' },
    });
    expect(receipt).toMatchObject({ decision: 'approve', method: 'key' });
  });

  it('can stop a passkey’s ceremony, which sends nothing, and use it once more', async () => {
    await process.registrations.registerPasskey({ organizationId, way: 'window', name: 'Pocket' });
    const approvalId = await request();
    const shown = await open(approvalId);
    const challenge = shown.challenges.find(({ kind }) => kind === 'passkey');
    const decision = {
      ...{ organizationId, approvalId, digest: shown.digest },
      challengeId: challenge?.challengeId ?? '',
      answer: { by: 'passkey', way: 'window' },
    } as const;
    const waiting = ceremonies.dawdle();
    const attempt = failureOf(process.approvals.approve(decision));
    await waiting;
    expect((await open(approvalId)).challenges).toMatchObject([{ underWay: 'window' }, {}]);
    expect(await failureOf(process.approvals.approve(decision))).toEqual({
      code: 'invalid-request',
    });
    await process.approvals.stopApproving({ organizationId, approvalId });
    expect(await attempt).toMatchObject({ name: 'AbortError' });
    expect((await open(approvalId)).decisions).toEqual([]);
    ceremonies.hurry();
    const receipt = await process.approvals.approve(decision);
    expect(receipt).toMatchObject({ method: 'passkey', decision: 'approve' });
    expect((await open(approvalId)).status).toBe('approved');
  });

  it('is told why the CA refuses, and not how, when they were removed as an approver meanwhile', async () => {
    const approvalId = await request();
    const shown = await open(approvalId);
    const challenge = shown.challenges.find(({ kind }) => kind === 'passkey');
    const { organizations } = world.ca;
    const subject = `person:${world.personId}` as const;
    breaks = ({ url, method }) => {
      const isAnswer = method === 'POST' && url === challenge?.challengeId;
      if (isAnswer) organizations.removeMember(corporationId, subject, 'approver');
      return false;
    };
    const attempt = process.approvals.approve({
      ...{ organizationId, approvalId, digest: shown.digest },
      challengeId: challenge?.challengeId ?? '',
      answer: { by: 'passkey', way: 'window' },
    });
    const failure = await failureOf(attempt);
    organizations.addMember(corporationId, subject, 'approver');
    expect(failure).toMatchObject({ code: 'approval', reason: 'not-permitted' });
  });

  it('declines with a reason, which the receipt has', async () => {
    const approvalId = await request();
    const { digest } = await open(approvalId);
    const reason = 'Not this winter';
    const receipt = await process.approvals.decline({ organizationId, approvalId, digest, reason });
    expect(receipt).toMatchObject({ decision: 'decline', method: 'account', reason, isOwn: true });
    expect((await open(approvalId)).status).toBe('declined');
    expect(events()).toContain('declined');
  });

  it('has a receipt that did not come in time as soon as it comes', async () => {
    const approvalId = await request();
    const { digest } = await open(approvalId);
    breaks = ({ url }) => url.includes('/receipt/');
    const attempt = process.approvals.decline({
      ...{ organizationId, approvalId, digest, reason: 'Never' },
    });
    expect(await failureOf(attempt)).toMatchObject({ code: 'http', reason: 'refused' });
    breaks = () => false;
    await process.approvals.refresh();
    const kept = process.approvals.view.receipts.filter((each) => each.approvalId === approvalId);
    expect(kept).toMatchObject([{ decision: 'decline', reason: 'Never', isOwn: true }]);
    expect(events()).not.toContain('receipt-refused');
  });

  it('has receipts of what others decided, as theirs', async () => {
    const robin = world.ca.people.register({ name: 'Robin', email: `robin@${domain}` });
    world.ca.organizations.addMember(corporationId, `person:${robin.id}`, 'approver');
    const other = await accountOf(robin.id);
    const approvalId = await request();
    const { digest } = await open(approvalId);
    await other.approvals.decline(approvalId, { digest, reason: 'Not mine to have' });
    await process.approvals.refresh();
    const kept = process.approvals.view.receipts.filter((each) => each.approvalId === approvalId);
    expect(kept).toMatchObject([{ isOwn: false, by: { name: 'Robin' }, decision: 'decline' }]);
    world.ca.organizations.removeMember(corporationId, `person:${robin.id}`, 'approver');
  });

  it('asks back', async () => {
    const approvalId = await request();
    await process.approvals.message({ organizationId, approvalId, text: 'Which winter is that?' });
    const { messages } = await open(approvalId);
    expect(messages).toMatchObject([{ text: 'Which winter is that?' }]);
  });

  it('proposes, approves and withdraws a standing pre-authorization', async () => {
    const until = new Date(world.now().getTime() + 86_400_000).toISOString();
    const { approvalId } = await process.approvals.propose({
      ...{ organizationId, domain, requester: { email: `sam@${domain}` } },
      ...{ profile: 'one-time-code-signing', count: 3, until, reason: 'Nightly builds' },
    });
    const shown = await open(approvalId);
    expect(shown.document).toMatchObject({ kind: 'standing', count: 3 });
    const challenge = shown.challenges.find(({ kind }) => kind === 'passkey');
    if (challenge?.kind !== 'passkey') throw new Error('no key is asked for');
    await process.approvals.approve({
      ...{ organizationId, approvalId, digest: shown.digest, challengeId: challenge.challengeId },
      answer: { by: 'key', thumbprint: challenge.keys[0]?.thumbprint ?? '' },
    });
    expect(await open(approvalId)).toMatchObject({ status: 'approved', remaining: 3 });
    await process.approvals.withdraw({ organizationId, approvalId, reason: 'Built by hand' });
    expect((await open(approvalId)).status).toBe('withdrawn');
    expect(events()).toEqual(expect.arrayContaining(['standing-proposed', 'approval-withdrawn']));
  });

  it('is asked for nothing when they are an approver no longer', async () => {
    const approvalId = await request();
    const { digest } = await open(approvalId);
    const { organizations } = world.ca;
    const subject = `person:${world.personId}` as const;
    organizations.removeMember(corporationId, subject, 'approver');
    const attempt = process.approvals.decline({
      ...{ organizationId, approvalId, digest, reason: 'Never' },
    });
    expect(await failureOf(attempt)).toMatchObject({ code: 'approval', reason: 'not-permitted' });
    organizations.addMember(corporationId, subject, 'approver');
  });

  it('finds nothing where there is nothing', async () => {
    const { origin } = new URL(await request());
    const nowhere = `${origin}/acme/approval/${randomBytes(16).toString('base64url')}`;
    expect(await failureOf(open(nowhere))).toMatchObject({ reason: 'not-permitted' });
    await expect(open('https://elsewhere.example/acme/approval/1')).rejects.toMatchObject({
      reason: 'foreign-url',
    });
  });
});

describe('a link', () => {
  it('leads to a request of an organisation that was joined, and asks nobody', async () => {
    const approvalId = await request();
    const count = (): number => world.ca.requestLog.count({});
    const before = count();
    const query = new URLSearchParams({ from: world.ca.directoryUrl, approval: approvalId });
    process.approvals.openLink(`countersign://approve?${query.toString()}`);
    expect(process.approvals.view).toMatchObject({
      ...{ asked: { organizationId, approvalId }, linkFailure: null },
    });
    const elsewhere = new URLSearchParams({ from: 'https://evil.example/d', approval: approvalId });
    process.approvals.openLink(`countersign://approve?${elsewhere.toString()}`);
    expect(process.approvals.view).toMatchObject({
      ...{ asked: null, linkFailure: { code: 'approval', reason: 'foreign-link' } },
    });
    expect(count()).toBe(before);
    process.approvals.dismissAsked();
    expect(process.approvals.view.linkFailure).toBeNull();
  });
});
