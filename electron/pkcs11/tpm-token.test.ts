import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import type { KeyType } from '../../shared/models/enrollment-profile.ts';
import { derOf } from '../certificates/pem.ts';
import { TestAuthority } from '../testing/test-authority.ts';
import { pinOf, TokenWorld } from '../testing/tokens/token-world.ts';
import { VirtualTpm } from '../testing/tokens/virtual-tpm.ts';

it(
  'makes keys in a TPM, and keeps their certificates beside them',
  { timeout: 120_000 },
  async () => {
    await using tpm = await VirtualTpm.start('chip');
    await using world = new TokenWorld({ modulePaths: [tpm.modulePath], env: tpm.env });
    const token = await world.reference();
    const hold = { seconds: 600, uses: 100 };
    const logIn = () =>
      world.tokens.login(token, { pin: pinOf('123456'), acceptFinalTry: false, hold });
    expect((await world.tokens.lockOf(token)).kind).toBe('tpm');
    const authority = await TestAuthority.root();
    for (const type of ['P-256', 'RSA-2048'] satisfies KeyType[]) {
      await logIn();
      const key = { token, id: randomBytes(20).toString('hex') };
      const made = await world.tokens.generateKeyPair(token, { type, id: key.id, label: 'mine' });
      const length = type === 'P-256' ? 64 : 256;
      expect(await world.tokens.sign(key, { type, data: randomBytes(30) })).toHaveLength(length);
      const certificate = derOf(await authority.issue({ spki: made.publicSpki }));
      const written = { label: 'mine', certificate, chain: [derOf(authority.certificate)] };
      await world.tokens.writeCertificates(key, written);
      expect(await world.tokens.findKey(key)).toEqual(made);
      // The issuer stays, so the next objects come between others.
      await world.tokens.remove(key);
      await logIn();
      expect(await world.tokens.findKey(key)).toBe(null);
    }
  },
);
