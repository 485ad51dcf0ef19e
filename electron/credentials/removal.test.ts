import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { InstallError } from '../install/install-target.ts';
import { DirectoryTarget } from '../testing/directory-target.ts';
import { InstallWorld } from '../testing/installing/install-world.ts';

let world: InstallWorld;

beforeEach(async () => {
  world = await InstallWorld.create();
});
afterEach(() => world[Symbol.dispose]());

it('says of a refused removal all that the target said, with the link that broke', async () => {
  const target = new DirectoryTarget(join(world.directory, 'target'));
  const rooms = world.open(target);
  await world.issue(rooms, { id: 'one' });
  await rooms.credentials.install('one', 'nss');
  target.remove = () =>
    Promise.reject(new InstallError('nss', 'proof-failed', 'the list', { link: 'not-listed' }));
  await expect(rooms.credentials.remove('one')).rejects.toMatchObject({
    ...{ code: 'install', target: 'nss', reason: 'proof-failed' },
    ...{ detail: 'the list', link: 'not-listed' },
  });
});
