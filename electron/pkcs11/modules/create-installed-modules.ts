import { readManagedPolicy } from '../../platform/managed-policy.ts';
import type { Platform } from '../../platform/platform.ts';
import type { AddedModules } from './added-modules.ts';
import { InstalledModules } from './installed-modules.ts';
import { LibraryCheck, type Person } from './library-check.ts';
import { P11Kit } from './p11-kit.ts';

/** By which name p11-kit may be told to leave a module to others. */
const program = 'countersign';

/** The modules of the computer on which this process runs, for the person who runs it. */
export function createInstalledModules(options: {
  readonly platform: Pick<Platform, 'pkcs11' | 'managedPolicyFile'>;
  readonly added: AddedModules;
  readonly report: (doing: string, error: unknown) => void;
}): InstalledModules {
  const { platform, added, report } = options;
  const { pkcs11: location } = platform;
  const person = personOfProcess();
  const libraryPath = process.env['LD_LIBRARY_PATH'] ?? '';
  const check = new LibraryCheck({ location, person, libraryPath });
  const p11Kit =
    location.p11Kit === null
      ? null
      : new P11Kit({ location: location.p11Kit, program, isRoot: person?.userId === 0, report });
  return new InstalledModules({
    wellKnown: location.moduleFiles,
    fromP11Kit: () => p11Kit?.modules() ?? Promise.resolve([]),
    readPolicy: () => readManagedPolicy(platform.managedPolicyFile),
    ...{ added, check, report },
  });
}

/** Windows has no such numbers. */
function personOfProcess(): Person | null {
  const userId = process.getuid?.();
  const groupId = process.getgid?.();
  return userId === undefined || groupId === undefined ? null : { userId, groupId };
}
