import { randomBytes } from 'node:crypto';
import type { TokenKey } from '../install/install-target.ts';
import type { KeyUse } from '../keys/key-ring.ts';
import type { TokenKeyRecord } from '../keys/token-key-record.ts';
import { TokenKeys } from '../keys/token-keys.ts';
import { pinOf, type TokenWorld } from './tokens/token-world.ts';

const use: KeyUse = { owner: 'one', reason: 'prove' };

/** A key that the wallet has made on the only token of that world, as targets know it, and its SubjectPublicKeyInfo (DER). */
export async function keyOnToken(
  world: TokenWorld,
  modulePath: string,
): Promise<{ readonly token: TokenKey; readonly spki: Uint8Array }> {
  const stored = new Map<string, TokenKeyRecord>();
  const keys = new TokenKeys({
    ...{ tokens: world.tokens, randomBytes },
    store: {
      list: () => [...stored.values()],
      find: (id) => stored.get(id),
      save: (record) => void stored.set(record.id, record),
      remove: (id) => void stored.delete(id),
    },
    askPin: () =>
      Promise.resolve({ pin: pinOf('123456'), acceptFinalTry: false, tried: () => undefined }),
  });
  const reference = await world.reference();
  await keys.ensure(
    { id: 'key', type: 'P-256', token: reference, label: 'mine', existing: undefined },
    use,
  );
  const record = stored.get('key');
  if (!record?.spki) throw new Error('no key was made');
  const token: TokenKey = {
    ...{ token: reference, keyId: record.key.id, modulePath, moduleName: 'token' },
    checkModule: () => Promise.resolve(),
    sign: async (data) => (await keys.signer('key', use)).sign(data),
    lendPin: (work) => keys.lendPin('key', use, work),
  };
  return { token, spki: record.spki };
}
