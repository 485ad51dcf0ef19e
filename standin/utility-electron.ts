// What `import 'electron'` gives within a utility process.
import type Electron from 'electron';
import { createCrashReporter } from './fakes/crash-reporter.ts';
import { guarded, unsupported } from './guard.ts';

export const { parentPort } = process as unknown as { parentPort: Electron.ParentPort };
export const net = guarded('net', {
  fetch: (input: string | Request, init?: RequestInit) => fetch(input, init),
  isOnline: () => true,
  online: true,
} satisfies Pick<Electron.Net, 'fetch' | 'isOnline' | 'online'>);
export const crashReporter = createCrashReporter();
export const systemPreferences = unsupported('systemPreferences');

const electron = guarded('electron', { crashReporter, net, parentPort, systemPreferences });
export default electron;
export { electron as 'module.exports' };
