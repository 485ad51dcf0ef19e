import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyChain } from '../certificates/chain.ts';
import { derOf } from '../certificates/pem.ts';
import { Applicant, errorOf } from '../testing/applicant.ts';
import { LocalCa, newSigner } from '../testing/local-ca.ts';
import { TestAuthority } from '../testing/test-authority.ts';

let local: LocalCa;

beforeAll(async () => {
  local = await LocalCa.start({ ordersPerPage: 2 });
});
afterAll(() => local.stop());

const join = async (): Promise<Applicant> => new Applicant(local, await local.join());

describe('an enrolment by one-time code', () => {
  test('ends in a certificate of the ordered kind', async () => {
    const alex = await join();
    const { client, identifiers } = alex;
    const signer = newSigner();
    const { order, authorization, challenge } = await alex.ask();
    expect(order).toMatchObject({ status: 'pending', identifiers, profile: 'employee' });
    expect(authorization).toMatchObject({ status: 'pending', identifier: identifiers[0] });
    expect(challenge).toMatchObject({ status: 'pending', digits: 6, period: 30 });
    expect(challenge.prompt).toContain('alex@example.test');
    expect((await alex.respond(challenge)).status).toBe('valid');
    const issued = await client.orders.poll(await alex.finalize(order, signer));
    const { chain } = await client.certificates.download(issued.certificate ?? '');
    verifyChain({
      chain,
      leafSpki: signer.publicSpki,
      roots: [local.ca.rootPem],
      now: local.now,
      identifiers,
      purpose: 'client',
    });
  });

  test('takes five requests of a known account, and few polls', async () => {
    const alex = await join();
    local.ca.requestLog.clear();
    const { order, challenge } = await alex.ask();
    await alex.respond(challenge);
    const { certificate } = await alex.client.orders.poll(await alex.finalize(order));
    await alex.client.certificates.download(certificate ?? '');
    const asked = local.ca.requestLog.entries().map(({ resource }) => resource);
    expect(asked.filter((resource) => resource !== 'order')).toEqual([
      'newOrder',
      'authorization',
      'challenge',
      'finalize',
      'certificate',
    ]);
    expect(asked.length - 5).toBeLessThanOrEqual(5);
  });

  test('goes on after a wrong code, and says how many tries are left', async () => {
    const alex = await join();
    const { authorization, challenge } = await alex.ask();
    const wrong = alex.client.challenges.respond(challenge.url, { otp: local.wrongCode() });
    expect(await errorOf(wrong)).toMatchObject({
      type: 'incorrectResponse',
      status: 403,
      document: { attemptsRemaining: 4 },
    });
    const after = await alex.client.authorizations.fetch(authorization.url);
    expect(after.status).toBe('pending');
    expect((await alex.respond(challenge)).status).toBe('valid');
    expect((await alex.client.authorizations.poll(authorization.url)).status).toBe('valid');
  });

  test('is over after five wrong codes', async () => {
    const alex = await join();
    const { order, challenge } = await alex.ask();
    for (const attemptsRemaining of [4, 3, 2, 1, 0]) {
      const wrong = alex.client.challenges.respond(challenge.url, { otp: local.wrongCode() });
      expect(await errorOf(wrong)).toMatchObject({ document: { attemptsRemaining } });
    }
    expect((await alex.client.orders.poll(order)).status).toBe('invalid');
  });
});

describe('an account', () => {
  test('shows that it is bound', async () => {
    const client = await local.connect();
    expect(client.directory.meta.externalAccountRequired).toBe(true);
    const account = await client.account.newAccount({
      termsOfServiceAgreed: true,
      externalAccountBinding: local.invite(),
    });
    expect(account).toMatchObject({ status: 'valid', externalAccountBound: true });
    expect(client.accountUrl).toBe(account.url);
  });

  test('is refused without an invitation, and with one that was used', async () => {
    const stranger = await local.connect();
    expect(
      await errorOf(stranger.account.newAccount({ termsOfServiceAgreed: true })),
    ).toMatchObject({
      type: 'externalAccountRequired',
    });
    const details = { termsOfServiceAgreed: true, externalAccountBinding: local.invite() };
    await (await local.connect()).account.newAccount(details);
    expect(await errorOf((await local.connect()).account.newAccount(details))).toMatchObject({
      code: 'acme-problem',
      type: 'unauthorized',
    });
  });

  test('lists its orders over several pages', async () => {
    const alex = await join();
    const placed: string[] = [];
    for (let count = 0; count < 5; count += 1) placed.push((await alex.order()).url);
    expect([...((await alex.client.account.orders()) ?? [])].sort()).toEqual(placed.sort());
  });

  test('is used by a client that knows its URL', async () => {
    const signer = newSigner();
    const { accountUrl = '' } = await local.join({ signer });
    const client = await local.connect({ signer, accountUrl });
    expect((await client.account.fetch()).url).toBe(accountUrl);
  });

  test('changes its key, and learns who has a key already', async () => {
    const taken = newSigner();
    const other = await local.join({ signer: taken });
    const alex = await join();
    expect(await errorOf(alex.client.account.keyChange(taken))).toMatchObject({
      code: 'acme-key-in-use',
      account: other.accountUrl,
    });
    await alex.client.account.keyChange(newSigner());
    expect((await alex.issued()).status).toBe('valid');
  });
});

describe('a certificate', () => {
  test('comes with the chain to the preferred root', async () => {
    const alex = await join();
    const { certificate = '' } = await alex.issued();
    for (const preferredRoot of [local.ca.rootPem, local.ca.alternateRootPem]) {
      const policy = { prefer: 'root', certificate: preferredRoot } as const;
      const { chain, alternates, choice } = await alex.client.certificates.download(
        certificate,
        policy,
      );
      expect(choice).toBe('preferred');
      expect(alternates.length).toBeGreaterThan(0);
      const root = new X509Certificate(preferredRoot);
      expect(new X509Certificate(chain.at(-1) ?? '').checkIssued(root)).toBe(true);
    }
  });

  test('comes with the default chain when nobody offers the preferred root', async () => {
    const alex = await join();
    const { certificate = '' } = await alex.issued();
    const root = (await TestAuthority.root()).certificate;
    const policy = { prefer: 'root', certificate: root } as const;
    const byDefault = await alex.client.certificates.download(certificate);
    const unserved = await alex.client.certificates.download(certificate, policy);
    expect(byDefault.choice).toBe('default');
    expect(unserved).toEqual({ ...byDefault, choice: 'not-offered' });
  });

  test('is revoked, once', async () => {
    const alex = await join();
    const { client } = alex;
    const order = await alex.issued();
    const { chain } = await client.certificates.download(order.certificate ?? '');
    const certificate = derOf(chain[0] ?? '');
    await client.certificates.revoke({ certificate, reason: 'keyCompromise' });
    expect(await errorOf(client.certificates.revoke({ certificate }))).toMatchObject({
      type: 'alreadyRevoked',
    });
  });
});

describe('a pre-authorization', () => {
  const identifier = { type: 'email', value: 'alex@example.test' };

  test('is proven once and then good for an order', async () => {
    const alex = await join();
    const authorization = await alex.client.authorizations.newAuthz(identifier);
    const challenge = authorization.challenges.find(({ type }) => type === 'totp-01');
    if (!challenge) throw new Error('there is no totp-01');
    await alex.respond(challenge);
    expect((await alex.order()).status).toBe('ready');
  });

  test('is given back', async () => {
    const { client } = await join();
    const { url } = await client.authorizations.newAuthz(identifier);
    expect((await client.authorizations.deactivate(url)).status).toBe('deactivated');
  });

  test('is refused by problem, or known not to be offered', async () => {
    const { client } = await join();
    local.ca.faults.arm({ kind: 'newAuthzForbidden' });
    expect(await errorOf(client.authorizations.newAuthz(identifier))).toMatchObject({
      status: 403,
    });
    local.ca.faults.arm({ kind: 'noNewAuthz' });
    const without = await local.join();
    expect(without.directory.newAuthz).toBeUndefined();
    expect(await errorOf(without.authorizations.newAuthz(identifier))).toMatchObject({
      code: 'acme-protocol',
      reason: 'resource-missing',
    });
  });
});
