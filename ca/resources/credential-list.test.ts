import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newKeyPair } from '../testing/acme-client.ts';
import type { AcmeClient, AcmeReply } from '../testing/acme-client.ts';
import { connectBound, readyOrder, startTestCa } from '../testing/enrollment.ts';
import type { TestCa } from '../testing/enrollment.ts';
import { credentialsUrl, givePasskey, keyRegistration, proveByCode } from '../testing/passkeys.ts';

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

const post = (payload: object | '', by: AcmeClient = client): Promise<AcmeReply> =>
  by.post(credentialsUrl(by), payload);

const prove = () => proveByCode(ca, client);
const passkeys = () => ca.people.credentials.passkeysOf(ca.alex.id);
const keys = () => ca.people.credentials.keysOf(ca.alex.id);

describe('a key pair', () => {
  it('is registered by a proof for this account', async () => {
    await prove();
    const pair = await newKeyPair('EdDSA');
    const reply = await post(await keyRegistration(client, pair));
    const [key] = keys();
    expect(reply.status).toBe(201);
    expect(reply.body).toEqual({ type: 'key', id: key?.thumbprint, thumbprint: key?.thumbprint });
    expect(key?.jwk).toEqual(pair.jwk);
    expect((await post(await keyRegistration(client, pair))).status).toBe(409);
  });

  it('is not registered by a proof for another account, of another kind or by another key', async () => {
    await prove();
    const other = await connectBound(ca);
    const pair = await newKeyPair();
    const wrong = [
      await keyRegistration(other, pair),
      await keyRegistration(client, pair, { typ: 'acme-ppkp-01+jws' }),
      await keyRegistration(client, pair, { url: 'https://localhost:1/acme/new-credential' }),
      { ...(await keyRegistration(client, await newKeyPair())), jwk: pair.jwk },
    ];
    for (const payload of wrong) {
      expect((await post(payload)).problem).toBe('incorrectResponse');
    }
    expect(keys()).toEqual([]);
    other.close();
  });

  it('is not that of an account, this one or another', async () => {
    await prove();
    const other = await connectBound(ca);
    for (const { keys: pair } of [client, other]) {
      const reply = await post(await keyRegistration(client, pair));
      expect(reply.problem).toBe('badPublicKey');
    }
    other.close();
  });

  it('is fit to sign with', async () => {
    await prove();
    const pair = await newKeyPair('RS256');
    const payload = { ...(await keyRegistration(client, pair)), jwk: { ...pair.jwk, e: 'Aw' } };
    expect((await post(payload)).problem).toBe('badPublicKey');
  });
});

describe('the list', () => {
  it('has what the person has, and says until when more may be added', async () => {
    expect((await post('')).body).toEqual({ credentials: [] });
    const { passkey } = await givePasskey(ca, ca.alex);
    const { jwk } = await newKeyPair();
    const { thumbprint } = ca.people.credentials.addKey({
      ...{ personId: ca.alex.id, jwk, name: 'Wallet' },
    });
    await readyOrder(ca, client);
    const { body } = await post('');
    const created = expect.stringMatching(/^\d{4}-.*Z$/) as string;
    expect(body['credentials']).toEqual([
      { type: 'webauthn', id: passkey.id, name: 'Test key', created },
      { type: 'key', id: thumbprint, thumbprint, name: 'Wallet', created },
    ]);
    const until = new Date(String(body['mayAddUntil'])).getTime() - ca.clock().getTime();
    expect(until).toBe(9 * 60_000);
  });

  it('loses what is removed, for good and only one’s own', async () => {
    const sam = ca.people.register({ name: 'Sam Second', email: 'sam@example.test' });
    const theirs = await givePasskey(ca, sam);
    const { passkey } = await givePasskey(ca, ca.alex);
    const foreign = await post({ type: 'webauthn', remove: theirs.passkey.id });
    expect(foreign.status).toBe(404);
    expect(ca.people.credentials.passkeysOf(sam.id)).toHaveLength(1);
    expect((await post({ type: 'key', remove: passkey.id })).status).toBe(404);
    expect((await post({ type: 'webauthn', remove: passkey.id })).status).toBe(204);
    expect((await post({ type: 'webauthn', remove: passkey.id })).status).toBe(404);
    expect(passkeys()).toEqual([]);
  });
});
