import type Electron from 'electron';
import { guarded } from '../guard.ts';

/** `crashReporter`: keeps its parameters and never reports. */
export function createCrashReporter() {
  const parameters = new Map<string, string>();
  return guarded('crashReporter', {
    start: () => undefined,
    addExtraParameter: (key: string, value: string) => {
      parameters.set(key, value);
    },
    removeExtraParameter: (key: string) => {
      parameters.delete(key);
    },
    getParameters: () => Object.fromEntries(parameters),
    getLastCrashReport: () => null,
    getUploadedReports: () => [],
    getUploadToServer: () => false,
    setUploadToServer: () => undefined,
  } satisfies Electron.CrashReporter);
}
