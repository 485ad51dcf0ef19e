import { tmpdir } from 'node:os';
import { InstallError } from '../install/install-target.ts';
import { NssTarget } from '../install/nss.ts';
import { linuxPlatform } from '../platform/linux.ts';

// Run as a process of its own, because only a new process can have fewer rights than the test:
//   HOME=… node nss-preflight-program.ts
// Prints why the NSS target would not work, or `ready`.

const target = new NssTarget({
  platform: linuxPlatform({ env: process.env, osRelease: null }),
  searchPath: '/usr/bin:/bin',
  temporaryDirectory: tmpdir(),
  environment: {},
  now: () => new Date(),
});

try {
  await target.preflight();
  console.log('ready');
} catch (error) {
  if (!(error instanceof InstallError)) throw error;
  console.log(error.reason);
}
