import { withRemoteModule } from '../signing/remote-module.ts';

// Run as a process of its own, because a test cannot kill itself:
//   node remote-module-program.ts <directory> <module>
// Says that the module is there, and then waits for ever.

const [directory = '', modulePath = ''] = process.argv.slice(2);
const wish = { directory, modulePath, home: directory, searchPath: '/usr/bin:/bin' };
const { signal } = new AbortController();
await withRemoteModule({ ...wish, environment: process.env, signal }, () => {
  console.log('there');
  return new Promise<never>(() => setInterval(() => undefined, 60_000));
});
