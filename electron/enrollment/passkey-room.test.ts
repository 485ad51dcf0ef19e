import { expect, it } from 'vitest';
import type { KeyUse } from '../keys/key-ring.ts';
import { passkeyRoom, type RegisteredKey } from './passkey-room.ts';
import { proofOf } from './proof-use.ts';
import { Run } from './run.ts';

type Wallet = ConstructorParameters<typeof Run>[0]['wallet'];

it('asks for the PIN of each signature, whatever else the token is unlocked for', async () => {
  const record = {
    credentialId: 'credential',
    plan: { organizationId: 'org.example', directoryUrl: 'https://ca.example/directory' },
  };
  const wallet = { organizations: { find: () => undefined } } as unknown as Wallet;
  const run = new Run({
    ...{ record: record as Run['record'], wallet, isUnattended: true },
    ...{ now: () => new Date(), changed: () => undefined },
  });
  const uses: KeyUse[] = [];
  const signer = (_keyId: string, use: KeyUse) => {
    uses.push(use);
    return Promise.reject(new Error('nobody signs'));
  };
  type Rooms = Parameters<typeof passkeyRoom>[1];
  const room = passkeyRoom(
    { proof: () => proofOf(run), directoryUrl: run.record.plan.directoryUrl },
    { wallet, keys: { signer } as unknown as Rooms['keys'] },
  );
  const { signal } = new AbortController();
  await expect(room.signer({ keyId: 'k' } as RegisteredKey, signal)).rejects.toThrow('nobody');
  expect(uses).toMatchObject([{ signal, isUnattended: true, hold: { uses: 1 } }]);
  // By the name of the credential, a login is held for the key that is to be certified.
  expect(uses[0]?.owner).not.toBe(JSON.stringify(['org.example', 'credential']));
});
