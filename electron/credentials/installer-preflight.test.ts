import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { InstallFault } from '../../shared/failure.ts';
import type { InstallTargetId } from '../../shared/models/credential.ts';
import { InstallError, type InstallTarget, type InstallWish } from '../install/install-target.ts';
import { DirectoryTarget } from '../testing/directory-target.ts';
import { InstallWorld } from '../testing/installing/install-world.ts';
import { openInstallRooms } from '../testing/installing/install-rooms.ts';

let world: InstallWorld;
beforeEach(async () => {
  world = await InstallWorld.create();
});
afterEach(() => world[Symbol.dispose]());

/** Looks before anything is ordered at places that answer so. */
async function look(
  answers: Partial<Record<InstallTargetId, InstallFault | 'fine'>>,
  more: readonly InstallTargetId[] = [],
): Promise<readonly InstallWish[]> {
  const heard: InstallWish[] = [];
  const targets = Object.entries(answers).map(([id, answer]) =>
    answering(id as InstallTargetId, answer, heard),
  );
  const { installer, wallet } = openInstallRooms(world.directory, targets);
  try {
    const wish: InstallWish = { onToken: false, keyType: 'P-256', networks: [] };
    await installer.preflight([...more, ...targets.map(({ id }) => id)], wish);
    return heard;
  } finally {
    wallet.close();
  }
}

function answering(
  id: InstallTargetId,
  answer: InstallFault | 'fine',
  heard: InstallWish[],
): InstallTarget {
  const target: InstallTarget = new DirectoryTarget(join(world.directory, id));
  return {
    id,
    preflight: (wish = { onToken: false }) => {
      heard.push(wish);
      return answer === 'fine'
        ? Promise.resolve()
        : Promise.reject(new InstallError(id, answer, 'as a test wants it'));
    },
    list: (known) => target.list(known),
    install: (credential) => target.install(credential),
    prove: (installed, probes) => target.prove(installed, probes),
    rebind: (from, to, remaining) => target.rebind(from, to, remaining),
    remove: (installed, remaining) => target.remove(installed, remaining),
  };
}

test('each place is told what is wanted of it', async () => {
  const heard = await look({ nss: 'fine', iwd: 'fine' });
  expect(heard).toEqual(Array(2).fill({ onToken: false, keyType: 'P-256', networks: [] }));
});

test.each(['unsuitable', 'not-running'] as const)(
  'a place that is %s is no cause to have no credential for the others',
  async (reason) => {
    await expect(look({ nss: 'fine', iwd: reason })).resolves.toHaveLength(2);
    await expect(look({ iwd: reason })).rejects.toMatchObject({ target: 'iwd', reason });
    const alike = { firefox: 'unsuitable', iwd: reason } as const;
    await expect(look(alike)).rejects.toMatchObject({ target: 'firefox' });
  },
);

test('the token that has the key is no other place', async () => {
  await expect(look({ iwd: 'not-running' }, ['token'])).rejects.toMatchObject({ target: 'iwd' });
});

test('what can be mended is mended before anything is ordered', async () => {
  for (const reason of ['tool-missing', 'store-not-writable', 'store-locked', 'refused'] as const) {
    const answers = { nss: 'fine', 'network-manager': reason } as const;
    await expect(look(answers)).rejects.toMatchObject({ reason });
  }
});
