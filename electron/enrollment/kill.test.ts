import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ResourceName } from '../../ca/fault-kinds.ts';
import { reached, startProving, World } from '../testing/enrollment-world.ts';
import { everyNth } from '../testing/made-up.ts';

let world: World;
let child: ChildProcess | undefined;

beforeEach(async () => {
  world = await World.start();
  writeFileSync(join(world.directory, 'root.pem'), world.ca.rootPem);
});

afterEach(async () => {
  child?.kill('SIGKILL');
  await world.stop();
});

/** Runs the wallet as a program and kills it, without a chance to tidy up, once the CA has acted. */
async function killOnce(resource: ResourceName, code = world.code()): Promise<void> {
  const held = world.ca.faults.arm({ kind: 'hold', resource });
  const program = new URL('../testing/enrollment-program.ts', import.meta.url).pathname;
  const places = ['secrets', 'target', 'root.pem'].map((name) => join(world.directory, name));
  const arguments_ = [program, world.walletDirectory, ...places, code];
  child = spawn(process.execPath, arguments_, { stdio: ['ignore', 'ignore', 'inherit'] });
  await Promise.race([held.reached, once(child, 'exit')]);
  expect(child.exitCode).toBeNull();
  child.kill('SIGKILL');
  await once(child, 'exit');
  held.release();
}

const answered: readonly { resource: ResourceName; needsCode: boolean }[] = [
  { resource: 'challenge', needsCode: false },
  { resource: 'newAccount', needsCode: true },
  { resource: 'newOrder', needsCode: true },
  { resource: 'finalize', needsCode: false },
  { resource: 'certificate', needsCode: false },
];

it.each(everyNth(3, answered))(
  'a wallet killed by the system while $resource is answered goes on where it was',
  async ({ resource, needsCode }) => {
    const first = await world.joined();
    await world.kill(first);
    await killOnce(resource);
    const next = world.open();
    const [state] = next.enrollments.states();
    expect(state?.step).toBe('interrupted');
    const enrollmentId = state?.enrollmentId ?? '';
    await next.enrollments.resume(enrollmentId);
    if (needsCode) {
      const { answer } = await startProving(next, enrollmentId);
      await answer(world.code());
    }
    await reached(next, enrollmentId, 'done');
    for (const once of ['newOrder', 'challenge', 'finalize'] as const) {
      expect(world.ca.requestLog.count({ resource: once, method: 'POST' }), once).toBe(1);
    }
    expect(next.wallet.credentials.list()).toHaveLength(1);
    expect(next.unforeseen).toEqual([]);
  },
);

it(
  'a wallet killed by the system while its certificate is looked at shows it once',
  { tags: ['deep'] },
  async () => {
    const first = await world.joined();
    const proving = await startProving(first);
    await proving.answer(world.code());
    await reached(first, proving.enrollmentId, 'done');
    await first.enrollments.dismiss(proving.enrollmentId);
    await world.kill(first);
    world.ca.registry.acceptIssued(world.personId, true);
    await killOnce('challenge', '');
    const next = world.open();
    const [state] = next.enrollments.states();
    expect(state?.step).toBe('interrupted');
    next.enrollments.resumeAll();
    await reached(next, state?.enrollmentId ?? '', 'done');
    expect(world.ca.requestLog.count({ resource: 'challenge', method: 'POST' })).toBe(2);
    expect(next.wallet.credentials.list()).toHaveLength(2);
    expect(next.unforeseen).toEqual([]);
  },
);
