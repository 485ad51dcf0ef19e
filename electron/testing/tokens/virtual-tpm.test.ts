import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { VirtualTpm } from './virtual-tpm.ts';

const program = join(import.meta.dirname, 'signing-program.ts');

// Programs that load the libraries of a TPM take long on a busy machine.
const timeout = 180_000;

let tpm: VirtualTpm;
let other: VirtualTpm;
beforeAll(async () => {
  tpm = await VirtualTpm.start('chip');
  other = await VirtualTpm.start('other');
}, 180_000);
afterAll(async () => {
  await tpm.stop();
  await other.stop();
});

// tpm2-pkcs11 and the libraries under it are kept out of the process of the tests.
const sign = async (pin: string): Promise<string> => {
  const env = { ...process.env, ...tpm.env };
  const { stdout } = await promisify(execFile)(process.execPath, [program, tpm.modulePath, pin], {
    env,
  });
  return stdout;
};

test(
  'programs make keys in the TPM and sign with them, one after the other',
  { timeout },
  async () => {
    for (const said of [await sign(tpm.pin), await sign(tpm.pin)]) {
      expect(said).toBe('logged in\nsigned 64\n');
    }
  },
);

test(
  'wrong PINs lock the token until the owner of the computer clears that',
  { timeout },
  async () => {
    for (const name of ['CKR_PIN_INCORRECT', 'CKR_PIN_INCORRECT', 'CKR_PIN_INCORRECT']) {
      await expect(sign('000000')).rejects.toThrow(name);
    }
    await expect(sign(tpm.pin)).rejects.toThrow('CKR_PIN_LOCKED');
    await tpm.clearLockout();
    expect(await sign(tpm.pin)).toContain('signed 64');
  },
);

test('two TPMs know nothing of each other, and stopping takes one away', { timeout }, async () => {
  expect(await other.run('tpm2_ptool', 'listtokens', '--pid=1')).not.toContain('chip');
  await other.stop();
  expect(existsSync(other.env['TPM2_PKCS11_STORE'] ?? '')).toBe(false);
  expect(await sign(tpm.pin)).toContain('signed 64');
});
