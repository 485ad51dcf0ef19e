import type { InstallTargetId } from '../../shared/models/credential.ts';
import type { NssLocation } from '../platform/platform.ts';
import { databaseDirectory } from './nss-location.ts';

/** A directory in which programs have an NSS database, or would make one. */
export interface NssPlace {
  readonly directory: string;
  /** False: its programs run shut off from the rest of the computer, and reach none of its PKCS #11 modules. */
  readonly loadsModules: boolean;
}

/** The databases of one target. */
export interface NssPlaces {
  readonly target: InstallTargetId;
  /** Those that programs read now. */
  readonly current: () => Promise<readonly NssPlace[]>;
  /** Those too that they read at another time: nothing of ours may stay behind there. */
  readonly all: () => Promise<readonly NssPlace[]>;
  /** A database that cannot be written to now is found out before anything is ordered, and stops it. */
  readonly isRequired: boolean;
}

/** The one database that Chromium and its relatives share. */
export function sharedDatabase(location: NssLocation | null): NssPlaces {
  const placeOf = (directory: string): NssPlace => ({ directory, loadsModules: true });
  return {
    target: 'nss',
    isRequired: true,
    current: async () => (location ? [placeOf(await databaseDirectory(location))] : []),
    // Browsers may have changed theirs since.
    all: () => Promise.resolve((location?.databaseDirectories ?? []).map(placeOf)),
  };
}
