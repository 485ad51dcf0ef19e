import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { firefoxTarget } from '../../install/firefox.ts';
import type { InstallTarget } from '../../install/install-target.ts';
import { NssTarget } from '../../install/nss.ts';
import { wpaSupplicantTarget } from '../../install/wpa-supplicant.ts';
import { linuxPlatform } from '../../platform/linux.ts';

export interface PlacesOfTest {
  readonly home: string;
  /** Beside the home: what is killed may leave something there. */
  readonly temporaryDirectory: string;
}

export type TargetOfTest = (places: PlacesOfTest) => InstallTarget;

/** Real targets on the home of a test; those that are killed at each step, and have to leave no trace. */
export const targetsUnderTest: Readonly<Record<string, TargetOfTest>> = {
  nss: (places) => new NssTarget(surroundings(places)),
  firefox: (places) => {
    const root = join(places.home, '.mozilla', 'firefox');
    mkdirSync(join(root, 'alex.default'), { recursive: true });
    const profiles = '[Profile0]\nName=default\nIsRelative=1\nPath=alex.default\nDefault=1\n';
    writeFileSync(join(root, 'profiles.ini'), profiles);
    return firefoxTarget(surroundings(places));
  },
  'wpa-supplicant': (places) => {
    const directory = join(places.home, 'etc');
    return wpaSupplicantTarget({
      ...{ ...surroundings(places), homeDirectory: places.home, directory },
      isAdministrator: true,
    });
  },
};

const surroundings = ({ home, temporaryDirectory }: PlacesOfTest) => ({
  platform: linuxPlatform({ env: { HOME: home }, osRelease: 'ID=debian\n' }),
  ...{ searchPath: '/usr/bin:/bin', temporaryDirectory, environment: {} },
  now: () => new Date(),
});
