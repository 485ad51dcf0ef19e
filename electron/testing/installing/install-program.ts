import { killedAt } from './killed-at.ts';

// A wallet as a process of its own, that is killed while it puts a credential to a target or takes it away:
//   node install-program.ts <directory> <target> <install|remove> <credential> <step at which it is killed>
// Prints how many steps there were when it was not.

const [directory = '', target = '', deed = '', credentialId = '', last = ''] =
  process.argv.slice(2);
const count = killedAt(Number(last));
const { placesIn, openInstallRooms } = await import('./install-rooms.ts');
const { targetsUnderTest } = await import('./targets-under-test.ts');
const here = targetsUnderTest[target]?.(placesIn(directory));
if (here === undefined) throw new Error(`no target ${target}`);
const rooms = openInstallRooms(directory, [here]);
const steps = count();
if (deed === 'remove') await rooms.credentials.remove(credentialId);
else await rooms.credentials.install(credentialId, here.id);
process.stdout.write(String(steps()));
process.exit(0);
