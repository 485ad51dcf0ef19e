import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Pkcs11Shim, type ShimmedFunction } from '../../testing/tokens/pkcs11-shim.ts';
import { SoftHsm } from '../../testing/tokens/soft-hsm.ts';

let hsm: SoftHsm;
let shim: Pkcs11Shim;
beforeAll(async () => {
  hsm = await SoftHsm.create('work');
  shim = await Pkcs11Shim.around(hsm);
});
afterAll(async () => {
  await shim.stop();
  await hsm.stop();
});

const parentProgram = join(import.meta.dirname, '../../testing/tokens/short-lived-parent.ts');

/** One that ended and that nobody has asked about yet (Z) does not run. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}

describe('a token process', () => {
  it('may write no core file, whatever becomes of its module', async () => {
    shim.reset();
    const parent = spawn(process.execPath, [parentProgram, shim.modulePath], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [said] = (await once(parent.stdout, 'data')) as [Buffer];
    const limits = `/proc/${said.toString().trim()}/limits`;
    await expect.poll(() => readFileSync(limits, 'utf8')).toMatch(/^Max core file size +0 +0 /m);
    parent.kill('SIGKILL');
  });
});

describe('a token process whose parent was killed', () => {
  it.for<[ShimmedFunction, string]>([
    ['C_Initialize', 'while its module hangs'],
    ['C_WaitForSlotEvent', 'while it waits for more'],
  ])('ends (%s, %s)', async ([at]) => {
    shim.reset();
    shim.recordCalls();
    if (at === 'C_Initialize') shim.when(at, { moment: 'before', then: 'hang' });
    const parent = spawn(process.execPath, [parentProgram, shim.modulePath], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [said] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(said.toString());
    await expect.poll(() => shim.calls).toContain(at);
    expect(isRunning(pid)).toBe(true);
    parent.kill('SIGKILL');
    await expect.poll(() => isRunning(pid)).toBe(false);
  });
});
