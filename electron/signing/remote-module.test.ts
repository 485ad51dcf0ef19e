import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { windowsProgram } from '../testing/program-samples.ts';
import { requireProgram, temporaryDirectory } from '../testing/server-program.ts';
import { SigningWorld } from '../testing/signing-world.ts';
import { SoftHsm } from '../testing/tokens/soft-hsm.ts';
import { VirtualTpm } from '../testing/tokens/virtual-tpm.ts';
import { signPrograms } from './sign-programs.ts';

test('osslsigncode signs with a key in the TPM, whose module runs in a process of its own', async () => {
  await using tpm = await VirtualTpm.start('chip');
  await using world = await SigningWorld.create(tpm);
  const credentialId = await world.credential('P-256');
  const source = await world.file('app.exe', windowsProgram());
  const destination = world.path('signed.exe');
  await signPrograms(
    {
      ...{ tool: 'osslsigncode', credentialId, files: [{ source, destination }] },
      ...{ signal: new AbortController().signal, signed: () => undefined },
    },
    world.rooms,
  );
  const verified = await world.judge('osslsigncode', 'verify', '-CAfile', 'root.pem', destination);
  expect(verified).toMatchObject({ code: 0 });
  expect(world.asked).toHaveLength(1);
});

/** Processes that were told of a directory. */
async function toldOf(directory: string): Promise<readonly string[]> {
  const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    // One that has ended meanwhile.
    processes.map((each) => readFile(`/proc/${each}/cmdline`, 'utf8').catch(() => '')),
  );
  return lines.filter((line) => line.includes('p11-kit') && line.includes(directory));
}

test('the process of a module ends with the wallet, also with one that is killed', async () => {
  requireProgram('setpriv', 'util-linux');
  await using hsm = await SoftHsm.create('left behind');
  const { path, remove } = await temporaryDirectory('remote-module');
  const program = join(import.meta.dirname, '..', 'testing', 'remote-module-program.ts');
  const wallet = spawn(process.execPath, [program, path, hsm.modulePath], {
    env: { ...process.env, ...hsm.env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(wallet, 'exit');
  try {
    await once(wallet.stdout, 'data');
    expect(await toldOf(path)).toHaveLength(1);
    wallet.kill('SIGKILL');
    await ended;
    await expect.poll(() => toldOf(path)).toEqual([]);
  } finally {
    wallet.kill('SIGKILL');
    await remove();
  }
});
