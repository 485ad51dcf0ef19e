import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ResourceName } from '../ca/fault-kinds.ts';
import { expect, offer, person, reachProof, test, type OpenWallet, type Stage } from './journey.ts';

// The CA acts and then keeps silent: the wallet has journalled what it was about to do and nothing of the outcome.
const beforeTheCode: readonly ResourceName[] = ['newOrder', 'newAccount', 'authorization'];
const afterTheCode: readonly ResourceName[] = ['finalize', 'challenge', 'certificate'];
/** Of each kind the first is enough for every day: electron/enrollment/kill.test.ts has all of them. */
const tagOf = (index: number) => (index === 0 ? [] : ['@deep']);

test.describe('A wallet that was killed', () => {
  for (const [index, resource] of beforeTheCode.entries()) {
    const tag = tagOf(index);
    test(`while ${resource} was on its way goes on where it was`, { tag }, async ({ stage }) => {
      const wallet = await stage.open();
      const held = stage.localCa.ca.faults.arm({ kind: 'hold', resource });
      await askForCredential(wallet);
      await held.reached;
      await wallet.kill();
      held.release();

      const again = await stage.open();
      await goOn(again);
      await again.screens.prove.answer(await stage.code());
      await expectOneWorkingCredential(stage, again);
    });
  }

  for (const [index, resource] of afterTheCode.entries()) {
    const tag = tagOf(index);
    test(`while ${resource} was on its way asks for no second code`, { tag }, async ({ stage }) => {
      const wallet = await stage.open();
      await reachProof(wallet);
      const held = stage.localCa.ca.faults.arm({ kind: 'hold', resource });
      await wallet.screens.prove.answer(await stage.code());
      await held.reached;
      await wallet.kill();
      held.release();

      const again = await stage.open();
      await goOn(again);
      await expectOneWorkingCredential(stage, again);
      expect(challengesAnswered(stage)).toBe(1);
    });
  }

  test('while the code was awaited asks for it again', { tag: '@deep' }, async ({ stage }) => {
    const wallet = await stage.open();
    await reachProof(wallet);
    await wallet.kill();
    const again = await stage.open();
    await goOn(again);
    await again.screens.prove.answer(await stage.code());
    await expectOneWorkingCredential(stage, again);
  });

  test('while it installed installs what was issued', async ({ stage, folder }) => {
    const slow = await slowTool(join(folder, 'slow'), 'pk12util');
    const wallet = await stage.open({
      env: { PATH: `${slow.directory}:${process.env['PATH'] ?? ''}` },
    });
    await reachProof(wallet);
    await wallet.screens.prove.answer(await stage.code());
    await expect.poll(() => stage.localCa.ca.requestLog.count({ resource: 'certificate' })).toBe(1);
    await expect(
      wallet.page.getByRole('heading', { name: 'Putting it in its place' }),
    ).toBeVisible();
    await wallet.kill();

    const again = await stage.open();
    await goOn(again);
    await expectOneWorkingCredential(stage, again);
    expect(stage.localCa.ca.requestLog.count({ resource: 'certificate' })).toBe(1);
  });
});

async function askForCredential({ screens }: OpenWallet): Promise<void> {
  await screens.welcome.tryLocalCa.click();
  await screens.organization.accept.click();
  await screens.choose.offer(offer).check();
  await screens.choose.start.click();
}

/** Back in the wallet: what needs nobody goes on by itself, the rest waits to be resumed. */
async function goOn({ screens }: OpenWallet): Promise<void> {
  const { home, prove, install } = screens;
  const somewhere = home.resume.or(home.show).or(home.fine).or(prove.code).or(install.ready);
  await somewhere.first().waitFor();
  if (await home.resume.isVisible()) await home.resume.click();
  else if (await home.show.isVisible()) await home.show.click();
}

async function expectOneWorkingCredential(stage: Stage, { screens }: OpenWallet): Promise<void> {
  const { install, home } = screens;
  await install.ready.or(home.fine).first().waitFor();
  if (await install.ready.isVisible()) await install.done.click();
  await expect(home.fine).toBeVisible();
  await expect(home.credential(offer)).toHaveCount(1);
  const { requestLog } = stage.localCa.ca;
  expect(created(stage, 'newOrder')).toBe(1);
  expect(created(stage, 'newAccount')).toBe(1);
  expect(requestLog.count({ resource: 'finalize' })).toBe(1);
  const visitor = await stage.signIn();
  expect(visitor.body).toContain(person);
}

/** How often the CA made one: 201, or acted and could not say so because the wallet was gone (logged as 0). */
function created(stage: Stage, resource: ResourceName): number {
  return stage.localCa.ca.requestLog
    .entries()
    .filter((entry) => entry.resource === resource && [0, 201].includes(entry.status)).length;
}

/** POSTs to a challenge that were judged; looking at it again is a POST too, but reads only. */
function challengesAnswered(stage: Stage): number {
  return stage.localCa.ca.requestLog.count({ resource: 'challenge' });
}

/** What the wallet asks the tool before it imports is answered by the real one. */
function importsForever(name: string): string {
  return `#!/bin/sh
for argument in "$@"; do [ "$argument" = -i ] && exec sleep 60; done
exec /usr/bin/${name} "$@"
`;
}

/** A tool whose imports never come to an end, found before the real one. */
async function slowTool(directory: string, name: string): Promise<{ readonly directory: string }> {
  await mkdir(directory);
  const path = join(directory, name);
  await writeFile(path, importsForever(name));
  await chmod(path, 0o755);
  return { directory };
}
