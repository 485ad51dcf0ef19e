import { ipcMain, type IpcMainInvokeEvent, type WebContents } from 'electron';
import type { Failure } from '../../shared/failure.ts';
import type { Handlers } from '../../shared/ipc-contract.ts';
import { openBorder } from './border.ts';
import { isMainFrameOf } from './sender.ts';

export interface ElectronBorderOptions {
  readonly handlers: () => Promise<Handlers>;
  /** The page that may ask; nobody while there is no window. */
  readonly page: () => WebContents | null;
  /** Where that page must have come from, e.g. `app://wallet`. */
  readonly origin: string;
  readonly toFailure: (error: unknown) => Failure | Promise<Failure>;
}

/** Opens the border on Electron's `ipcMain`; no other file uses that. */
export function openElectronBorder(options: ElectronBorderOptions): void {
  const { handlers, page, origin, toFailure } = options;
  openBorder<IpcMainInvokeEvent>(handlers, {
    handle: (channel, listener) => ipcMain.handle(channel, listener),
    isOurMainFrame: (event) => isMainFrameOf(page(), origin, event),
    toFailure,
  });
}
