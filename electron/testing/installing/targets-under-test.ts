import type { InstallTarget } from '../../install/install-target.ts';
import { NssTarget } from '../../install/nss.ts';
import { linuxPlatform } from '../../platform/linux.ts';

export interface PlacesOfTest {
  readonly home: string;
  /** Beside the home: what is killed may leave something there. */
  readonly temporaryDirectory: string;
}

export type TargetOfTest = (places: PlacesOfTest) => InstallTarget;

/** Real targets on the home of a test; those that are killed at each step, and have to leave no trace. */
export const targetsUnderTest: Readonly<Record<string, TargetOfTest>> = {
  nss: ({ home, temporaryDirectory }) =>
    new NssTarget({
      platform: linuxPlatform({ env: { HOME: home }, osRelease: 'ID=debian\n' }),
      ...{ searchPath: '/usr/bin:/bin', temporaryDirectory, environment: {} },
      now: () => new Date(),
    }),
};
