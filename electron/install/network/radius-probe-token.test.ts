import { randomBytes, randomUUID, X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProofLink } from '../../../shared/failure.ts';
import type { Proof } from '../../../shared/models/credential.ts';
import type { TokenKeyRecord } from '../../keys/token-key-record.ts';
import { TokenKeys } from '../../keys/token-keys.ts';
import type { KeyUse } from '../../keys/key-ring.ts';
import { EapWorld } from '../../testing/eap-world.ts';
import { SmartCardReader } from '../../testing/tokens/smart-card-reader.ts';
import { SoftHsm } from '../../testing/tokens/soft-hsm.ts';
import { pinOf, TokenWorld } from '../../testing/tokens/token-world.ts';
import { VirtualTpm } from '../../testing/tokens/virtual-tpm.ts';
import type { TokenKey } from '../install-target.ts';
import { writeKeyMaterial } from './key-files.ts';
import { proveByRadius } from './radius-probe.ts';

const target = 'wpa-supplicant';
const use: KeyUse = { owner: 'one', reason: 'prove' };

let world: EapWorld;
beforeAll(async () => {
  world = await EapWorld.start();
});
afterAll(() => world[Symbol.asyncDispose]());

interface Hardware {
  readonly modulePath: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A key that the wallet has made there, and a certificate for it. */
async function onToken(hardware: Hardware, tokenWorld: TokenWorld, existing?: string) {
  const { tokens } = tokenWorld;
  const stored = new Map<string, TokenKeyRecord>();
  const keys = new TokenKeys({
    ...{ tokens, randomBytes },
    store: {
      list: () => [...stored.values()],
      find: (id) => stored.get(id),
      save: (record) => void stored.set(record.id, record),
      remove: (id) => void stored.delete(id),
    },
    askPin: () =>
      Promise.resolve({ pin: pinOf('123456'), acceptFinalTry: false, tried: () => undefined }),
  });
  const reference = await tokenWorld.reference();
  await keys.ensure({ id: 'key', type: 'P-256', token: reference, label: 'mine', existing }, use);
  const record = stored.get('key');
  if (!record?.spki) throw new Error('no key was made');
  const certificate = new X509Certificate(await world.issue({ spki: record.spki })).raw;
  const token: TokenKey = {
    ...{ token: reference, keyId: record.key.id, modulePath: hardware.modulePath },
    ...{ moduleName: 'token', checkModule: () => Promise.resolve() },
    sign: async (data) => (await keys.signer('key', use)).sign(data),
    lendPin: (work) => keys.lendPin('key', use, work),
  };
  return { token, certificate };
}

async function prove(
  hardware: Hardware,
  { token, certificate }: Awaited<ReturnType<typeof onToken>>,
  pin: Uint8Array,
): Promise<Proof | null> {
  const network = world.network();
  const credential = { credentialId: randomUUID(), certificate, chain: [], token };
  const written = await writeKeyMaterial(
    { ...credential, exportPkcs8: null, networks: [network] },
    { homeDirectory: world.home, target },
  );
  if (written.key.kind !== 'token') throw new Error('not on a token');
  return proveByRadius(
    {
      ...{ target, network, certificate, issuers: [world.rootDer], probe: world.radius.probe },
      ...{ signIn: { ...written, key: written.key }, pin },
    },
    // A program that waits for another PIN waits in vain.
    world.surroundings({ environment: { ...process.env, ...hardware.env }, seconds: 1 }),
  );
}

const proven = { status: 'proven', method: 'eap-tls' };
const failedAt = (link: ProofLink) => ({ status: 'failed', failure: { link } });

describe('signing in with a key on a token', () => {
  it('works with the PIN that is lent, and says when it is the PIN', async () => {
    const hsm = await SoftHsm.create('work');
    await using tokens = new TokenWorld({ modulePaths: [hsm.modulePath], env: hsm.env });
    const credential = await onToken(hsm, tokens);
    const right = await credential.token.lendPin((pin) => prove(hsm, credential, pin ?? pinOf('')));
    expect(right).toMatchObject(proven);
    expect(await prove(hsm, credential, pinOf('654321'))).toMatchObject(failedAt('pin'));
    const gone = { ...credential, token: { ...credential.token, keyId: 'ffff' } };
    expect(await prove(hsm, gone, pinOf('123456'))).toMatchObject(failedAt('key'));
    await hsm.stop();
  });

  it('works with one in a TPM', { tags: ['deep'] }, async () => {
    await using tpm = await VirtualTpm.start('chip');
    await using tokens = new TokenWorld({ modulePaths: [tpm.modulePath], env: tpm.env });
    const credential = await onToken(tpm, tokens);
    const right = await credential.token.lendPin((pin) => prove(tpm, credential, pin ?? pinOf('')));
    expect(right).toMatchObject(proven);
  });

  it('works with one on a card', { tags: ['deep'] }, async () => {
    await using card = await SmartCardReader.start();
    await card.insert();
    await using tokens = new TokenWorld({ modulePaths: [card.modulePath], env: card.env });
    const credential = await onToken(card, tokens, '01');
    const right = await credential.token.lendPin((pin) =>
      prove(card, credential, pin ?? pinOf('')),
    );
    expect(right).toMatchObject(proven);
  });
});
