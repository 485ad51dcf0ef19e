import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { approvedOffer, Approvers } from '../testing/approved-orders.ts';
import { commandIn } from '../testing/command-in-process.ts';
import { organizationId, World, type Process } from '../testing/enrollment-world.ts';
import { windowsProgram } from '../testing/program-samples.ts';
import { requireProgram } from '../testing/server-program.ts';
import { readCommandLine } from './command-line.ts';
import type { SignOnceCommand } from './sign-command-line.ts';
import { signOnce } from './sign-once.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const run = promisify(execFile);

let world: World;
let approvers: Approvers;
let folder: string;

beforeAll(async () => {
  requireProgram('osslsigncode', 'osslsigncode');
  world = await World.start();
  world.service = 'build';
  approvers = await Approvers.of(world);
  const process = await world.joined({
    ...approvedOffer,
    timestamp: { url: world.ca.timestampUrl },
  });
  await world.kill(process);
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-once-'));
  return () => rm(folder, { recursive: true });
});

afterAll(async () => {
  approvers.stop();
  await world.stop();
});

async function program(name: string): Promise<string> {
  await writeFile(join(folder, name), windowsProgram());
  return join(folder, name);
}

/** A build that runs now, with the wallet of this computer. */
function build(files: readonly string[], more: readonly string[] = []) {
  const { rooms, ...inside } = commandIn(world);
  const words = ['sign', '--once', '--with', 'osslsigncode', '--organization', organizationId];
  const line = [...words, '--offer', 'wifi', ...more, ...files];
  return { ...inside, ended: signOnce(readCommandLine(line) as SignOnceCommand, rooms) };
}

/** What a wallet that is opened now has of one that signed and is gone. */
async function leftBehind(keyIds: readonly string[]) {
  const process = world.open();
  const { wallet, keys } = process;
  await expect.poll(() => wallet.enrollments.list()).toEqual([]);
  const found = {
    credentials: wallet.credentials.list(),
    keys: keyIds.filter((id) => keys.has(id)),
    activity: wallet.activity.entries().map(({ event }) => event),
  };
  await world.kill(process);
  return found;
}

const keyOf = ({ wallet }: Process): string => wallet.enrollments.list()[0]?.keyId ?? '';

describe('signing once', () => {
  it('goes on until what was agreed beforehand is used up, and leaves nothing', async () => {
    const standing = await approvers.agreeTo(2);
    const files = [await program('a.exe'), await program('b.exe')];
    const first = build(files);
    await expect.poll(() => keyOf(first.process)).not.toBe('');
    const keyId = keyOf(first.process);
    expect(await first.ended).toBe('done');
    expect(await approvers.read(standing)).toMatchObject({ status: 'approved', remaining: 1 });
    expect(JSON.parse(first.said.out)).toMatchObject({
      files: [{ out: join(folder, 'a.signed.exe') }, { out: join(folder, 'b.signed.exe') }],
    });

    // By somebody else, as of when the certificate is long over.
    const root = join(folder, 'root.pem');
    await writeFile(root, world.ca.rootPem);
    const later = String(Math.floor(Date.now() / 1000) + 3 * 86_400);
    const trusting = ['-CAfile', root, '-TSA-CAfile', root, '-time', later];
    const judge = run('osslsigncode', ['verify', ...trusting, '-in', join(folder, 'a.signed.exe')]);
    expect((await judge).stdout).toContain('Signature verification: ok');

    expect(await leftBehind([keyId])).toMatchObject({ credentials: [], keys: [] });
    expect(await build([files[0] ?? ''], ['--out', join(folder, 'c.exe')]).ended).toBe('done');
    expect(await approvers.read(standing)).toMatchObject({ status: 'spent', remaining: 0 });
    const third = build([files[0] ?? ''], ['--out', join(folder, 'd.exe')]);
    await expect(third.ended).rejects.toMatchObject({
      ...{ outcome: 'not-approved', message: expect.stringContaining('--wait') as string },
    });
    expect(existsSync(join(folder, 'd.exe'))).toBe(false);
    const { activity } = await leftBehind([]);
    const used = activity.filter((event) => event === 'thrown-away' || event === 'program-signed');
    expect(used.toSorted()).toEqual([
      ...Array.from({ length: 3 }, () => 'program-signed'),
      ...Array.from({ length: 2 }, () => 'thrown-away'),
    ]);
  });

  it('asks others when it is told to, and waits for them', async () => {
    const { process, said, ended } = build(
      [await program('a.exe')],
      ['--wait', '--reason', 'Hotfix'],
    );
    const isWaiting = (): boolean => said.error.includes('awaiting-approval');
    await expect.poll(isWaiting).toBe(true);
    const { approvalUrl = '' } = process.wallet.enrollments.list()[0] ?? {};
    expect((await approvers.read(approvalUrl)).document).toMatchObject({ reason: 'Hotfix' });
    await approvers.approve(approvalUrl);
    expect(await ended).toBe('done');
  });

  it('gets nothing under what is withdrawn while its certificate is asked for', async () => {
    const standing = await approvers.agreeTo(1);
    const files = [await program('a.exe')];
    world.between = (http) => ({
      ...{ close: () => undefined },
      request: async (asked) => {
        if (asked.method === 'POST' && asked.url.includes('/finalize')) {
          await approvers.withdraw(standing);
        }
        return http.request(asked);
      },
    });
    const { ended } = build(files);
    world.between = (http) => http;
    await expect(ended).rejects.toMatchObject({ outcome: 'not-approved' });
    expect(await readdir(folder)).toEqual(['a.exe']);
    expect(await leftBehind([])).toMatchObject({ credentials: [] });
  });

  it('throws everything away when the program signs nothing', async () => {
    const standing = await approvers.agreeTo(1);
    const broken = join(folder, 'broken.exe');
    await writeFile(broken, 'MZ and nothing else');
    const { process, ended } = build([broken]);
    await expect.poll(() => keyOf(process)).not.toBe('');
    const keyId = keyOf(process);
    await expect(ended).rejects.toMatchObject({ outcome: 'failed' });
    expect((await approvers.read(standing)).status).toBe('spent');
    expect(await leftBehind([keyId])).toMatchObject({ credentials: [], keys: [] });
    expect(await readdir(folder)).toEqual(['broken.exe']);
  });

  it.each(['working', 'installing', 'done'] as const)(
    'leaves nothing to the next start when it is killed while it is %s',
    async (step) => {
      await approvers.agreeTo(1);
      const { process, stop, ended } = build([await program('a.exe')]);
      ended.catch(() => undefined);
      await expect.poll(() => process.reported.some((state) => state.step === step)).toBe(true);
      const keyId = keyOf(process);
      await world.kill(process);
      // Whatever it still does reaches no disk.
      stop.abort();
      await ended.catch(() => undefined);
      expect(await leftBehind([keyId])).toMatchObject({ credentials: [], keys: [] });
    },
  );
});
