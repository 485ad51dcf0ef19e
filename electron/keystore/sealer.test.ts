import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { MemorySecretStore } from '../testing/memory-secret-store.ts';
import { AesGcmSealer, type MasterKeyRecord } from './sealer.ts';

let secrets: MemorySecretStore;
let record: RememberedKey;
let sealer: AesGcmSealer;
const plaintext = Buffer.from('a private key');

interface RememberedKey extends MasterKeyRecord {
  id: string | null;
}

function recordOf(secretName: string): RememberedKey {
  const made: RememberedKey = {
    secretName,
    id: null,
    read: () => made.id,
    write: (id) => {
      made.id = id;
    },
  };
  return made;
}

beforeEach(() => {
  secrets = new MemorySecretStore();
  record = recordOf('master-key');
  sealer = new AesGcmSealer({ secrets, record });
});

const damaged = expect.objectContaining({ code: 'keystore', reason: 'damaged' }) as unknown;

describe('sealing', () => {
  test('gives back exactly what was sealed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 5000 }),
        fc.string({ unit: 'binary' }),
        async (bytes, context) => {
          const sealed = await sealer.seal(bytes, context);
          expect(await sealer.unseal(sealed, context)).toEqual(bytes);
        },
      ),
      { numRuns: 50 },
    );
  });

  test('makes a master key of 32 bytes on the first seal, keeps it, and records which', async () => {
    expect(await secrets.read('master-key')).toBeNull();
    await sealer.seal(plaintext, 'one');
    const first = await secrets.read('master-key');
    expect(first).toHaveLength(32);
    expect(record.id).toMatch(/^[0-9a-f]{32}$/);
    await sealer.seal(plaintext, 'two');
    expect(await secrets.read('master-key')).toEqual(first);
  });

  test('makes one master key when many first seals come at once', async () => {
    const contexts = Array.from({ length: 20 }, (_, index) => `context ${index}`);
    const sealed = await Promise.all(contexts.map((context) => sealer.seal(plaintext, context)));
    for (const [index, context] of contexts.entries()) {
      expect(await sealer.unseal(sealed[index] ?? new Uint8Array(), context)).toEqual(
        Uint8Array.from(plaintext),
      );
    }
  });

  test('never repeats itself and shows nothing of what is inside', async () => {
    const one = await sealer.seal(plaintext, 'same');
    const two = await sealer.seal(plaintext, 'same');
    expect(one.subarray(1, 13)).not.toEqual(two.subarray(1, 13));
    expect(Buffer.from(one).includes(plaintext)).toBe(false);
  });

  test('survives a restart between keeping the master key and recording it', async () => {
    const kept = randomBytes(32);
    await secrets.write('master-key', kept);
    const sealed = await sealer.seal(plaintext, 'context');
    expect(await secrets.read('master-key')).toEqual(Uint8Array.from(kept));
    expect(await sealer.unseal(sealed, 'context')).toEqual(Uint8Array.from(plaintext));
  });

  test('refuses to trust a store that does not keep what it is given', async () => {
    secrets.write = () => Promise.resolve();
    await expect(sealer.seal(plaintext, 'context')).rejects.toEqual(
      expect.objectContaining({ reason: 'denied' }),
    );
    expect(record.id).toBeNull();
  });

  test('fails as the store fails, and works again when the store does', async () => {
    secrets.fault = 'locked';
    await expect(sealer.seal(plaintext, 'context')).rejects.toEqual(
      expect.objectContaining({ reason: 'locked' }),
    );
    secrets.fault = null;
    await expect(sealer.seal(plaintext, 'context')).resolves.toBeInstanceOf(Uint8Array);
  });
});

describe('a changed seal', () => {
  test('is damaged whichever byte was touched, cut or added', async () => {
    const sealed = await sealer.seal(plaintext, 'context');
    for (const index of sealed.keys()) {
      const touched = sealed.slice();
      touched[index] = (touched[index] ?? 0) ^ 1;
      await expect(sealer.unseal(touched, 'context'), `byte ${index}`).rejects.toEqual(damaged);
      await expect(sealer.unseal(sealed.slice(0, index), 'context')).rejects.toEqual(damaged);
    }
    await expect(sealer.unseal(Buffer.concat([sealed, sealed]), 'context')).rejects.toEqual(
      damaged,
    );
  });

  test('is damaged when moved to another context', async () => {
    const sealed = await sealer.seal(plaintext, 'key a');
    await expect(sealer.unseal(sealed, 'key b')).rejects.toEqual(damaged);
    await expect(sealer.unseal(sealed, '')).rejects.toEqual(damaged);
  });

  test('does not tell what was inside', async () => {
    const sealed = await sealer.seal(plaintext, 'context');
    const error: unknown = await sealer
      .unseal(sealed.fill(0, -1), 'other')
      .catch((thrown: unknown) => thrown);
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('private');
  });
});

describe('a master key that is gone', () => {
  beforeEach(async () => {
    await sealer.seal(plaintext, 'context');
  });

  test('is never replaced by a new one', async () => {
    await secrets.remove('master-key');
    await expect(sealer.seal(plaintext, 'context')).rejects.toEqual(damaged);
    expect(await secrets.read('master-key')).toBeNull();
  });

  test.each([
    ['another key', randomBytes(32)],
    ['a shorter one', randomBytes(16)],
    ['nothing', Buffer.alloc(0)],
  ])('is damage when the store holds %s', async (_title, other) => {
    await secrets.write('master-key', other);
    await expect(sealer.seal(plaintext, 'context')).rejects.toEqual(damaged);
    expect(await secrets.read('master-key')).toEqual(Uint8Array.from(other));
  });

  test('is damage for what it sealed, too', async () => {
    const sealed = await sealer.seal(plaintext, 'context');
    await secrets.write('master-key', randomBytes(32));
    await expect(sealer.unseal(sealed, 'context')).rejects.toEqual(damaged);
    await secrets.remove('master-key');
    await expect(sealer.unseal(sealed, 'context')).rejects.toEqual(damaged);
  });
});

test('bytes under the name that are no key are not adopted', async () => {
  await secrets.write('master-key', Buffer.from('someone else was here'));
  await expect(sealer.seal(plaintext, 'context')).rejects.toEqual(damaged);
  expect(record.id).toBeNull();
});

test('every copy of the master key that was read is zero-filled after use', async () => {
  const read: Uint8Array[] = [];
  const original = secrets.read.bind(secrets);
  secrets.read = async (name) => {
    const secret = await original(name);
    if (secret) read.push(secret);
    return secret;
  };
  const sealed = await sealer.seal(plaintext, 'context');
  await sealer.unseal(sealed, 'context');
  await expect(sealer.unseal(sealed, 'other')).rejects.toThrow();
  expect(read.length).toBeGreaterThan(3);
  for (const secret of read) expect(secret).toEqual(new Uint8Array(secret.length));
});
