import type Electron from 'electron';
import { guarded } from '../guard.ts';

/** `clipboard`, the app's own: neither the person's nor the pages'. */
export function createClipboard() {
  let text = '';
  return guarded('clipboard', {
    clear: () => {
      text = '';
    },
    has: (type: string) => Promise.resolve(type === 'text/plain' && text !== ''),
    readText: () => Promise.resolve(text),
    writeText: (value: string) => {
      text = value;
      return Promise.resolve();
    },
  } satisfies Pick<Electron.Clipboard, 'clear' | 'has' | 'readText' | 'writeText'>);
}
