import type { InstallTarget } from '../../install/install-target.ts';
import { NssTarget } from '../../install/nss.ts';
import { linuxPlatform } from '../../platform/linux.ts';

export interface PlacesOfTest {
  readonly home: string;
  /** Beside the home: what is killed may leave something there. */
  readonly temporaryDirectory: string;
}

/** Real targets on the home of a test; those that are killed at each step, and have to leave no trace. */
export const targetsUnderTest = {
  nss: ({ home, temporaryDirectory }: PlacesOfTest): InstallTarget =>
    new NssTarget({
      platform: linuxPlatform({ env: { HOME: home }, osRelease: 'ID=debian\n' }),
      ...{ searchPath: '/usr/bin:/bin', temporaryDirectory, environment: {} },
      now: () => new Date(),
    }),
} as const;
export type TargetUnderTest = keyof typeof targetsUnderTest;
